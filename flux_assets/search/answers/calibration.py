"""How good an answer is: against the archive for each hit, against unrelated texts as a whole.

A hit has a percentile: the share of the archive that suits the question less. A question has a
strength: the share of unrelated texts that find less in this archive. Measured on the five best
hits, in standard deviations of the unrelated texts:

    margin = mean over the best of (cosine - mean cosine of the unrelated texts on that picture)
    height = (mean cosine of the best - mean cosine of the archive) / its standard deviation
    evidence = z(margin) + max(z(height), 0)

The margin tells what the pictures show more of than of anything else. The height rescues rare
words, whose cosines are low everywhere; frequent things do not stand out, so it never counts
against. Both hold for texts only: pictures score much higher on pictures. How well it works is
measured by `python -m benchmarks.nothing_found`.

Products go row by row (`np.vecdot`): the matrix product of BLAS wakes threads that stay at a core
for many milliseconds, and what comes after a search waits for them.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from flux_assets.search.answers.background import (
    BEST,
    Background,
    Counts,
    Numbers,
    expected_best,
    middles,
)
from flux_assets.search.answers.reasons import with_reason
from flux_resources.vectors import Vectors

_FEWEST = 50  # photographs; fewer are no background


class Verdict(NamedTuple):
    """Whether there is an answer; `strength` is 0-1, None where nothing can be said."""

    found: bool
    strength: float | None
    why: str


def percentiles(scores: Numbers, query: Vectors, background: Background) -> Numbers:
    """Share in percent `(k,)` of the archive's sample that scores less than each of `scores`."""
    archive = np.sort(np.vecdot(background.sample, query))
    less = np.searchsorted(archive, scores.astype(np.float32), side="left")
    return np.asarray(100 * less / len(archive), np.float64)


def with_percentiles(hits: pl.DataFrame, query: Vectors, background: Background) -> pl.DataFrame:
    """Add `percentile`, null in tiny archives, and a reason to hits: `photo_id, score`."""
    if background.photographs < _FEWEST:
        unknown = hits.with_columns(pl.lit(None, pl.Float64).alias("percentile"))
        return with_reason(unknown, pl.format("cosine {}", pl.col("score").round(2)))
    found = percentiles(hits["score"].to_numpy(), query, background)
    shown = pl.min_horizontal(pl.col("percentile").round(2), 99.99)
    return with_reason(
        hits.with_columns(pl.Series("percentile", found, pl.Float64)),
        pl.format("suits the question better than {} % of the archive", shown),
    )


def judge(
    query: Vectors, best: Vectors, background: Background, *, among: int, cut_off: float
) -> Verdict:
    """Whether the hits of a text answer it.

    Args:
        query: float32 `(d,)`, of texts alone.
        best: float32 `(k, d)`, vectors of the hits of highest cosine, 50 or all there are.
        among: photographs that passed the filters.
        cut_off: the strength from which on something is found; 0 finds always.
    """
    share = among / max(background.photographs, 1)
    if among < _FEWEST or background.photographs < _FEWEST or not len(best):
        return Verdict(len(best) > 0, None, "too few photographs to say how good the answer is")
    margins, heights = _unrelated(background, min(share, 1.0))
    archive = np.vecdot(background.sample, query)
    cosines = np.vecdot(best, query)
    margin = _top(cosines - np.vecdot(best, background.queries.mean(axis=0)))
    height = (_top(cosines) - archive.mean()) / max(float(archive.std()), 1e-6)
    evidence = _z(margin, margins) + np.maximum(_z(height, heights), 0)
    others = _z(margins, margins) + np.maximum(_z(heights, heights), 0)
    strength = float((others < evidence).mean())
    why = f"the question finds more than {min(strength, 0.99):.0%} of unrelated ones"
    if strength >= cut_off:
        return Verdict(True, strength, why)
    return Verdict(False, strength, f"nothing found: {why}; the cut-off is {cut_off:.0%}")


def _unrelated(background: Background, share: float) -> tuple[Numbers, Numbers]:
    """Margin and height `(b,)` that unrelated texts reach among a share of the archive."""
    mean, deviation = _moments(background.cosines)
    best = expected_best(background.cosines, share)
    return expected_best(background.margins, share), (best - mean) / deviation


def _moments(counts: Counts) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation `(b,)` of counted scores."""
    weights, scores = counts / counts.sum(axis=1, keepdims=True), middles()
    mean = np.vecdot(weights, scores)
    return mean, np.sqrt(np.maximum(np.vecdot(weights, scores**2) - mean**2, 1e-12))


def _top(values: Vectors) -> float:
    return float(np.sort(values)[-BEST:].mean())


def _z(values: "Numbers | float", unrelated: Numbers) -> Numbers:
    return np.asarray((values - unrelated.mean()) / max(float(unrelated.std()), 1e-6))
