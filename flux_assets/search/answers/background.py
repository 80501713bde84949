"""What an archive answers to questions about things that are not in it, for one model.

A cosine alone says little: an archive of 400,000 photographs has a fairly good answer to anything.
So texts about things that hardly anybody photographs are asked as well, and counts are kept of the
scores that all photographs reach. Measured once per model and state of the archive, in one pass
over the vectors; for 400,000 of them this takes some seconds and 200 MB.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from flux_resources.files import atomic_file
from flux_resources.vectors import Vectors

Counts = np.ndarray[Any, np.dtype[np.int64]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]

BACKGROUND_VERSION = "1"
BEST = 5  # hits that are looked at: one alone is an accident
_QUERIES = Path(__file__).with_name("background_queries.txt")
_BINS = 2048
_BLOCK = 16_384


@dataclass(frozen=True)
class Background:
    """Scores of unrelated texts, and a fixed sample of the archive.

    `queries` is float32 `(b, d)`, `sample` float32 `(m, d)`, both of unit length. `cosines` and
    `margins` are int64 `(b, bins)`: how many photographs each text scores so much on, over -1 to
    1. A margin is a cosine less the mean of all unrelated texts on the same photograph, which
    discounts pictures that are near to every text.
    """

    queries: Vectors
    sample: Vectors
    cosines: Counts
    margins: Counts

    @property
    def photographs(self) -> int:
        return int(self.cosines[0].sum())


@lru_cache(maxsize=1)
def background_queries() -> tuple[str, ...]:
    """The unrelated texts, to be encoded with the model of the vectors."""
    return tuple(_QUERIES.read_text(encoding="utf-8").splitlines())


def measure_background(
    blocks: Iterable[Vectors], queries: Vectors, *, sample: int, seed: int = 0
) -> Background:
    """Go through all vectors of an archive once.

    Args:
        blocks: float32 `(n, d)` of unit length; the same order gives the same sample.
        queries: float32 `(b, d)`, of `background_queries`.
        sample: photographs to keep at most.
    """
    random = np.random.default_rng(seed)
    common = queries.mean(axis=0)
    cosines, margins = np.zeros((2, len(queries), _BINS), np.int64)
    kept, keys = np.empty((0, queries.shape[1]), np.float32), np.empty(0)
    for block in _cut(blocks):
        scores = block @ queries.T
        cosines += _histogram(scores)
        margins += _histogram(scores - (block @ common)[:, None])
        kept, keys = np.vstack([kept, block]), np.append(keys, random.random(len(block)))
        if len(keys) > sample:
            chosen = np.sort(np.argpartition(keys, sample)[:sample])
            kept, keys = kept[chosen], keys[chosen]
    return Background(queries, kept, cosines, margins)


def _cut(blocks: Iterable[Vectors]) -> Iterable[Vectors]:
    for block in blocks:
        for start in range(0, len(block), _BLOCK):
            yield block[start : start + _BLOCK]


def _histogram(scores: Vectors) -> Counts:
    """Counts `(b, bins)` of each column of `(n, b)`."""
    bins = np.clip((scores + 1) * (_BINS / 2), 0, _BINS - 1).astype(np.int32)
    texts = scores.shape[1]
    bins += np.arange(texts, dtype=np.int32) * _BINS
    return np.bincount(bins.ravel(), minlength=texts * _BINS).reshape(texts, _BINS)


def middles() -> Numbers:
    """The score that each bin stands for, `(bins,)`."""
    return np.linspace(-1, 1, _BINS, endpoint=False) + 1 / _BINS


def expected_best(counts: Counts, share: float) -> Numbers:
    """Mean score of the best hits of each text `(b,)` among a random share of all photographs."""
    above = counts[:, ::-1].cumsum(axis=1)
    ranks = (np.arange(BEST) + 0.5) / share
    from_above = np.stack([(above >= rank).argmax(axis=1) for rank in ranks])
    return np.asarray(middles()[::-1][from_above].mean(axis=0), np.float64)


def background_version(model: str) -> str:
    """Digest of what a background was measured with, beside the vectors."""
    content = f"{BACKGROUND_VERSION}|{model}|{background_queries()!r}"
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def write_background(background: Background, file: Path, version: str) -> None:
    """Keep it in a file."""
    with atomic_file(file) as temporary, temporary.open("wb") as opened:
        np.savez(opened, version=np.array(version), **vars(background))


def read_background(file: Path, version: str) -> Background | None:
    """What was kept, unless it was measured with something else or cannot be read."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["version"]) != version:
                return None
            names = ("queries", "sample", "cosines", "margins")
            return Background(*(kept[name] for name in names))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
