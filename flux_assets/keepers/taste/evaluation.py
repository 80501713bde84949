"""How well scores find keepers, in numbers that hold when keepers are rare.

Rows with equal scores stand in no order: every figure is what a random order of them would give
on average, so a score that hardly tells rows apart gains nothing from the order of the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

SHARES = {"1%": 0.01, "5%": 0.05, "10%": 0.10}
_ISSUE = 36  # frames of a published issue
_BINS = 10


@dataclass(frozen=True)
class Evaluation:
    """One way to score, on labelled rows that it was not trained on; `asdict` gives JSON.

    Attributes:
        name: what was evaluated.
        rows, positives, base_rate: photographs, keepers, and keepers by photographs.
        average_precision: area under precision over recall; a random order reaches `base_rate`.
        lift: how many times as many keepers as in a random choice are among the best 1, 5, 10 %.
        recall: the share of all keepers that is among the best 1, 5, 10 %.
        precision_at_36: the share of keepers among the best 36.
        burst_top1: how often the best frame of a burst is a keeper, over the bursts that have
            evaluated keepers and others; None without such bursts.
        bursts: the number of these bursts.
        brier: mean squared difference of score and label; only of use for probabilities.
        reliability: `[mean score, share of keepers, rows]` of up to ten bins, lowest first, that
            expect about equally many keepers each.
        by_year: year to `rows, positives, base_rate, average_precision`, which is None in a year
            without keepers.
    """

    name: str
    rows: int
    positives: int
    base_rate: float
    average_precision: float
    lift: dict[str, float]
    recall: dict[str, float]
    precision_at_36: float
    burst_top1: float | None
    bursts: int
    brier: float
    reliability: list[list[float]]
    by_year: dict[str, dict[str, float | None]]


def evaluate(
    name: str,
    scores: Numbers,
    labels: Flags,
    *,
    bursts: Sequence[str | None] | pl.Series,
    years: Sequence[int | None] | pl.Series,
) -> Evaluation:
    """Evaluate `scores (n,)` of 0-1 against `labels (n,)`.

    Args:
        bursts: the burst of each row, None where it is in none.
        years: the year of each row; None is counted as `unknown`.

    Raises:
        ValueError: there are no rows or no keepers, or a score is not finite.
    """
    scores, labels = np.asarray(scores, np.float64), np.asarray(labels, np.bool_)
    positives = int(labels.sum())
    if positives == 0:
        raise ValueError(f"{name} cannot be evaluated: none of {len(labels)} rows is a keeper")
    if not np.isfinite(scores).all():
        raise ValueError(f"{name} cannot be evaluated: it has scores that are not finite")
    rate = positives / len(labels)
    found = {
        key: keepers_among_top(scores, labels, int(np.ceil(share * len(labels))))
        for key, share in SHARES.items()
    }
    top1, compared = _burst_top1(scores, labels, pl.Series(bursts, dtype=pl.String))
    return Evaluation(
        name=name,
        rows=len(labels),
        positives=positives,
        base_rate=rate,
        average_precision=average_precision(scores, labels),
        lift={
            key: found[key] / np.ceil(share * len(labels)) / rate for key, share in SHARES.items()
        },
        recall={key: keepers / positives for key, keepers in found.items()},
        precision_at_36=keepers_among_top(scores, labels, _ISSUE) / min(_ISSUE, len(labels)),
        burst_top1=top1,
        bursts=compared,
        brier=float(np.mean((scores - labels) ** 2)),
        reliability=_reliability(scores, labels),
        by_year=_by_year(scores, labels, pl.Series(years, dtype=pl.Int32)),
    )


def average_precision(scores: Numbers, labels: Flags) -> float:
    """Precision at each distinct score, weighted by the recall that it adds."""
    found, at = _cumulated(scores, labels)
    gained = np.diff(found, prepend=0)
    return float((gained * found / at).sum() / found[-1])


def keepers_among_top(scores: Numbers, labels: Flags, rows: int) -> float:
    """Keepers among the best `rows`; of rows that tie at the edge, their due share."""
    found, at = _cumulated(scores, labels)
    return float(np.interp(rows, [0, *at], [0, *found]))


def _cumulated(scores: Numbers, labels: Flags) -> tuple[Numbers, Numbers]:
    """Keepers, and rows, down to and with each distinct score, the highest first."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    found = np.cumsum(labels[order], dtype=np.float64)[last]
    return found, (last + 1).astype(np.float64)


def _burst_top1(scores: Numbers, labels: Flags, bursts: pl.Series) -> tuple[float | None, int]:
    """The share of bursts whose best frame is a keeper, and how many were compared."""
    top = pl.col("score") == pl.col("score").max()
    found = (
        pl.DataFrame({"burst": bursts, "score": scores, "keeper": labels})
        .filter(pl.col("burst").is_not_null())
        .group_by("burst")
        .agg(
            pl.col("keeper").mean().alias("share"),
            pl.col("keeper").filter(top).mean().alias("hit"),
        )
        .filter(pl.col("share").is_between(0, 1, closed="none"))
        .sort("burst")
    )
    return (float(found["hit"].to_numpy().mean()) if found.height else None), found.height


def _reliability(scores: Numbers, labels: Flags) -> list[list[float]]:
    """Bins that expect about equally many keepers; equal scores share a bin."""
    expected, inverse, count = np.unique(scores, return_inverse=True, return_counts=True)
    mass = np.clip(expected, 0, None) * count
    middle = np.cumsum(mass) - mass / 2
    bins = np.minimum((middle / max(mass.sum(), 1e-12) * _BINS).astype(np.int64), _BINS - 1)[
        inverse
    ]
    sizes = np.bincount(bins, minlength=_BINS)
    predicted = np.bincount(bins, scores, _BINS)
    observed = np.bincount(bins, labels, _BINS)
    return [
        [float(predicted[b] / size), float(observed[b] / size), int(size)]
        for b, size in enumerate(sizes)
        if size
    ]


def _by_year(
    scores: Numbers, labels: Flags, years: pl.Series
) -> dict[str, dict[str, float | None]]:
    parts: dict[str, dict[str, float | None]] = {}
    for year in years.unique().sort(nulls_last=True):
        chosen = (years.is_null() if year is None else (years == year).fill_null(False)).to_numpy()
        keepers, rows = int(labels[chosen].sum()), int(chosen.sum())
        parts["unknown" if year is None else str(year)] = {
            "rows": rows,
            "positives": keepers,
            "base_rate": keepers / rows,
            "average_precision": (
                average_precision(scores[chosen], labels[chosen]) if keepers else None
            ),
        }
    return parts
