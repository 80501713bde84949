"""All pairs of 64-bit hashes within 12 bits, beside a BK-tree and two brute forces.

    .venv/bin/python -m benchmarks.duplicates [--hashes 400000] [--workers 2]

The hashes are made from a seed, with near pairs and crowds of alike frames among them. The peers
look up a sample of them among all; the time they need for all is that time, times hashes by
sample, divided by the workers. The sample also proves that nothing is missed. The peers from
imagededup are left out where it is not installed:

    .venv/bin/pip install --no-deps imagededup
"""

import argparse
import importlib
import importlib.util
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from flux_assets.vision.hamming_pairs import Hashes, Pairs, joined, pairs_between, pairs_within

_RADIUS = 12
_REQUIRED_SECONDS, _REQUIRED_GIB = 60, 2.0
_NEW_DAY = 500
_SAMPLES = {"brute force, numpy": 1000, "brute force, imagededup": 40, "BK-tree, imagededup": 20}

Found = set[tuple[int, int]]


def main() -> None:
    """Print seconds, ratios and memory, and whether all agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hashes", type=int, default=400_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    hashes = planted(options.hashes)

    started = time.perf_counter()
    pairs, complete_to = joined(
        pairs_within(hashes, _RADIUS, workers=options.workers), _RADIUS, len(hashes) * 100
    )
    seconds = time.perf_counter() - started
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    assert complete_to == _RADIUS
    started = time.perf_counter()
    day = pairs_between(hashes[:_NEW_DAY], hashes[_NEW_DAY:], _RADIUS, workers=options.workers)
    added = sum(len(block.first) for block in day)
    day_seconds = time.perf_counter() - started

    print(f"{len(hashes):,} hashes, {len(pairs.first):,} pairs within {_RADIUS} bits")
    print(f"{'flux':<26} {seconds:12,.1f} s   peak {gib:.2f} GiB, {options.workers} workers")
    for name, lookup in _peers(hashes).items():
        sample = np.random.default_rng(1).choice(len(hashes), _SAMPLES[name], replace=False)
        started = time.perf_counter()
        found = lookup(sample.tolist())
        spent = time.perf_counter() - started
        whole = spent * len(hashes) / len(sample) / options.workers
        agrees = "agrees" if found == _of(pairs, sample) else "DISAGREES"
        print(
            f"{name:<26} {whole:12,.1f} s   {whole / seconds:,.0f} times as long, from"
            f" {len(sample)} look-ups in {spent:.1f} s; {agrees} on {len(found)} pairs"
        )
    print(f"{'a new day':<26} {day_seconds:12,.1f} s   {_NEW_DAY} hashes, {added} pairs")
    print(f"required: under {_REQUIRED_SECONDS} s and {_REQUIRED_GIB:.0f} GiB on 2 cores")


def planted(count: int) -> Hashes:
    """Random hashes, of which a quarter lie near another, and a hundredth in crowds of 1000."""
    random = np.random.default_rng(0)
    hashes = random.integers(0, 2**64, count, dtype=np.uint64)
    quarter, crowded = count // 4, count // 100
    hashes[:quarter] = _flipped(hashes[quarter : 2 * quarter], 9, random)
    crowds = np.repeat(random.integers(0, 2**64, crowded // 1000 + 1, dtype=np.uint64), 1000)
    hashes[-crowded:] = _flipped(crowds[:crowded], 5, random)
    return random.permutation(hashes)


def _flipped(hashes: Hashes, most: int, random: np.random.Generator) -> Hashes:
    """Each hash with none to `most` of its bits flipped."""
    flips = random.integers(0, most + 1, len(hashes))
    for flip in range(most):
        bit = np.uint64(1) << random.integers(0, 64, len(hashes), dtype=np.uint64)
        hashes = np.where(flip < flips, hashes ^ bit, hashes)
    return hashes


def _of(pairs: Pairs, sample: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Found:
    """Pairs of which one is in the sample, smaller position first."""
    chosen = pairs.only(np.isin(pairs.first, sample) | np.isin(pairs.second, sample))
    return set(zip(chosen.first.tolist(), chosen.second.tolist(), strict=True))


def _peers(hashes: Hashes) -> dict[str, Callable[[list[int]], Found]]:
    """What looks up some positions, and gives their pairs with smaller positions first."""
    peers = {"brute force, numpy": lambda sample: _brute_force(hashes, sample)}
    if importlib.util.find_spec("imagededup") is None:
        print("imagededup is not installed: its brute force and its BK-tree are left out")
        return peers
    handlers = "imagededup.handlers.search"
    brute_force = importlib.import_module(f"{handlers}.brute_force_cython").BruteForceCython
    bk_tree = importlib.import_module(f"{handlers}.bktree").BKTree
    named = {str(position): f"{value:016x}" for position, value in enumerate(hashes.tolist())}
    search = brute_force(named, _hamming)
    peers["brute force, imagededup"] = lambda sample: _searched(search, named, sample)
    started = time.perf_counter()
    tree = bk_tree(named, _hamming)
    print(f"{'BK-tree: to build it':<26} {time.perf_counter() - started:12,.1f} s")
    peers["BK-tree, imagededup"] = lambda sample: _searched(tree, named, sample)
    return peers


def _brute_force(hashes: Hashes, sample: list[int]) -> Found:
    found: Found = set()
    for position in sample:
        near = np.flatnonzero(np.bitwise_count(hashes ^ hashes[position]) <= _RADIUS)
        found |= {(min(position, other), max(position, other)) for other in near.tolist()}
    return {pair for pair in found if pair[0] != pair[1]}


def _searched(search: Any, named: dict[str, str], sample: list[int]) -> Found:
    found: Found = set()
    for position in sample:
        answer = search.search(named[str(position)], tol=_RADIUS)
        others = (int(name.decode() if isinstance(name, bytes) else name) for name, _ in answer)
        found |= {(min(position, other), max(position, other)) for other in others}
    return {pair for pair in found if pair[0] != pair[1]}


def _hamming(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


if __name__ == "__main__":
    main()
