"""What it costs to judge, collapse and shape answers, beside reading the vectors once.

    .venv/bin/python -m benchmarks.answers [--photographs 400000] [--dimensions 768]

Vectors are made from a seed, in clusters; a third of the photographs stands in folds of three. The
ratio compares with one pass over all vectors (a dot product with one query) in the same run.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from flux_assets.search.answers.arithmetic import Part, compose
from flux_assets.search.answers.background import measure_background
from flux_assets.search.answers.calibration import judge, with_percentiles
from flux_assets.search.answers.clusters import cluster_looks
from flux_assets.search.answers.collapse import collapse, page
from flux_assets.search.answers.echoes import MOST_LOOKS, find_echoes
from flux_assets.search.answers.motifs import find_motifs
from flux_assets.search.answers.timeline import find_evolution, periods_between
from flux_assets.vision.folds import fold_groups
from flux_resources.vectors import Vectors

_TEXTS = 128
_HITS = 500
_IN_PLACE = 0.1
_ON_THE_QUERY_PATH, _SHAPES = 100, 2000  # milliseconds


def main() -> None:
    """Print milliseconds and ratios, and the most memory that was in use."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=int, default=400_000)
    parser.add_argument("--dimensions", type=int, default=768)
    options = parser.parse_args()
    vectors = _clustered(options.photographs, options.dimensions)
    texts = _clustered(_TEXTS, options.dimensions, seed=1)
    photos = _photos(options.photographs)
    started = time.perf_counter()
    background = measure_background([vectors], texts, sample=20_000)
    print(f"background, once per archive: {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    folds = fold_groups(photos, photos, photos)
    print(f"folds, once per archive: {time.perf_counter() - started:.1f} s, {folds.height:,} rows")

    query = texts[0]
    one_pass = _milliseconds(lambda: vectors @ query)
    near = np.argsort(-(vectors @ query))[:_HITS]
    hits = photos[near].select("photo_id", "captured_at").with_columns(
        score=pl.Series((vectors[near] @ query).astype(np.float64))
    )  # fmt: skip
    ids, best = photos["photo_id"], vectors[near]
    made_there = int(_IN_PLACE * len(vectors))
    here_ids, here = ids[:made_there], vectors[:made_there]
    periods = periods_between(datetime(2022, 1, 1), datetime(2027, 12, 31))

    def echoes() -> object:
        looks = cluster_looks(here, most=MOST_LOOKS)
        sample = background.sample
        return find_echoes("Rome", here_ids, here, looks, ids, vectors, archive=sample, limit=36)

    parts = [Part("a", texts[0]), Part("b", best[0]), Part("c", texts[2], -0.5)]
    rows: dict[str, tuple[int, Callable[[], object]]] = {
        "compose": (_ON_THE_QUERY_PATH, lambda: compose(parts, background.sample)),
        "judge": (
            _ON_THE_QUERY_PATH,
            lambda: judge(query, best[:50], background, among=len(vectors), cut_off=0.6),
        ),
        "percentiles": (
            _ON_THE_QUERY_PATH,
            lambda: with_percentiles(hits, query, background),
        ),
        "collapse, page": (
            _ON_THE_QUERY_PATH,
            lambda: page(collapse(hits, folds), sort="time", limit=12),
        ),
        "echoes of a tenth": (_SHAPES, echoes),
        "motifs": (_SHAPES, lambda: find_motifs(hits, best)),
        "evolution": (_SHAPES, lambda: find_evolution(hits, periods)),
    }
    print(f"{'one pass, numpy':<20} {one_pass:9.1f} ms")
    for name, (most, work) in rows.items():
        spent = _milliseconds(work)
        print(f"{name:<20} {spent:9.1f} ms {spent / one_pass:8.2f} passes   at most {most} ms")
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak {gib:.2f} GiB, of which the vectors {vectors.nbytes / 2**30:.2f} GiB")


def _clustered(count: int, dimensions: int, seed: int = 0) -> Vectors:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(200, dimensions)).astype(np.float32)
    made = np.empty((count, dimensions), np.float32)
    for part in _parts(count):
        size = len(made[part])
        noise = random.standard_normal((size, dimensions), np.float32)
        drawn = centres[random.integers(len(centres), size=size)] + noise
        made[part] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return made


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, start + 50_000) for start in range(0, count, 50_000))


def _photos(count: int) -> pl.DataFrame:
    """Every third photograph begins a burst of three, in a third of the archive."""
    number = pl.int_range(count)
    burst = pl.when(number < count // 3).then(number // 3)
    return pl.select(
        photo_id=pl.format("{}", number.cast(pl.String).str.zfill(7)),
        captured_at=pl.lit(datetime(2022, 1, 1)) + pl.duration(minutes=number * 7),
        pair_id=pl.lit(None, pl.String),
        burst_id=burst.cast(pl.String),
        is_best=pl.when(number < count // 3).then(number % 3 == 1),
        group_id=pl.lit(None, pl.String),
        relation=pl.lit("near"),
        keep=pl.lit(False),
    )


def _milliseconds(work: Callable[[], Any]) -> float:
    """Median of five, warm."""
    times = []
    for _ in range(6):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return float(np.median(times[1:]))


if __name__ == "__main__":
    main()
