"""The keeper model on planted taste: time, memory, and how near it comes to who knows the rule.

    .venv/bin/python -m benchmarks.keepers [--photographs 400000] [--dimensions 768] [--seed 0]

The rule, in `flux_tests/keepers/taste/planted.py`, seed 0: the worth of a photograph is its
standing along one fixed direction of its vector (in standard deviations), plus 1 if it stands
highest in its burst. The 3.75 % worth most after normal noise of 0.5 are keepers; then one keeper
in twenty changes places with a photograph drawn at random. The oracle scores by the worth.

All precisions are average precision on the test split. `--bonus`, `--noise`, `--swapped` and
`--own` (the share of a vector that frames of one burst do not have in common) plant another rule.
The limit of speed is to read all vectors once, for one product with one vector. Scoring counts the
best of five times.
"""

import argparse
import resource
import time
from collections.abc import Callable
from typing import TypeVar

from flux_assets.keepers.taste.evaluation import Evaluation
from flux_assets.keepers.taste.training import evaluate_held_out, train
from flux_resources.settings_sections import KeeperModelSettings
from flux_tests.keepers.taste.planted import Planted, Rule, plant

_SCORED = 100_000
_REQUIRED = (
    "required: 600 s, 8 GiB, 100,000 rows/s on 2 cores; 0.9 of the oracle, no baseline above"
)

T = TypeVar("T")


def main() -> None:
    """Print seconds, memory, rows per second, and the precisions beside the oracle's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=int, default=400_000)
    parser.add_argument("--dimensions", type=int, default=768)
    parser.add_argument("--workers", type=int, default=2)
    for name in ("bonus", "noise", "swapped", "own", "seed"):
        default = getattr(Rule(), name)
        parser.add_argument(f"--{name}", type=type(default), default=default)
    options = vars(parser.parse_args())
    count, dimensions = options.pop("photographs"), options.pop("dimensions")
    settings = KeeperModelSettings(workers=options.pop("workers"))
    planted = plant(count, dimensions, Rule(**options))
    print(f"{count:,} photographs, {planted.training['keeper'].sum():,} keepers; {Rule(**options)}")

    seconds, trained = timed(
        lambda: train(planted.known, planted.vectors, planted.training, settings=settings)
    )
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    read, _ = timed(lambda: planted.vectors @ planted.vectors[0])
    print(
        f"training   {seconds:8.1f} s, both splits; {seconds / read:,.0f} times reading the vectors"
    )
    print(f"memory     {gib:8.2f} GiB at the peak, {planted.vectors.nbytes / 2**30:.2f} of vectors")
    some = planted.known.head(_SCORED)
    vectors = planted.vectors[:_SCORED]
    spent = min(timed(lambda: trained.model.score(some, vectors))[0] for _ in range(5))
    read = min(timed(lambda: vectors @ vectors[0])[0] for _ in range(5))
    print(
        f"scoring    {some.height / spent:8,.0f} rows/s; "
        f"{spent / read:,.0f} times reading the vectors"
    )
    print(_REQUIRED)
    report("test split", trained.evaluations, planted, "split")
    report("forward in time", trained.forward, planted, "forward_split")
    print("chosen: " + ", ".join(f"{name} {value}" for name, value in trained.tried.items()))


def timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


def report(title: str, evaluations: list[Evaluation], planted: Planted, split: str) -> None:
    oracle = evaluate_held_out(
        "oracle", planted.oracle, planted.known, planted.training, split=split
    )
    print(
        f"\n{title:<22} {'precision':>9} {'of oracle':>9} {'lift 1%':>8} {'burst':>6} {'Brier':>8}"
    )
    for one in (oracle, *evaluations):
        share = one.average_precision / oracle.average_precision
        brier = "" if one is oracle else f"{one.brier:8.5f}"
        print(
            f"{one.name:<22} {one.average_precision:9.4f} {share:9.3f} {one.lift['1%']:8.1f} "
            f"{one.burst_top1 or 0:6.3f} {brier}"
        )


if __name__ == "__main__":
    main()
