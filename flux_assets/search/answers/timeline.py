"""How something changed: the best hits of each year, or of shorter periods, along a time line."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

_YEARS, _QUARTERS = 24, 9  # months spanned, from which on years or quarters are shown


class Period(NamedTuple):
    """Local time from `start` until before `end`; `label` is `2022`, `2022 Q1` or `2022-01`."""

    label: str
    start: datetime
    end: datetime


def periods_between(first: datetime, last: datetime) -> list[Period]:
    """The whole periods from `first` to `last` without a gap.

    Years for more than two, quarters for more than nine months, months for less.
    """
    spanned = (last.year - first.year) * 12 + last.month - first.month + 1
    months = 12 if spanned > _YEARS else 3 if spanned > _QUARTERS else 1
    start = datetime(first.year, (first.month - 1) // months * months + 1, 1)  # noqa: DTZ001
    periods = []
    while start <= last:
        end = _later(start, months)
        periods.append(Period(_label(start, months), start, end))
        start = end
    return periods


def _later(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    return start.replace(year=start.year + years, month=month + 1)


def _label(start: datetime, months: int) -> str:
    if months == 12:
        return f"{start:%Y}"
    return f"{start:%Y} Q{start.month // 3 + 1}" if months == 3 else f"{start:%Y-%m}"


def find_evolution(
    hits: pl.DataFrame, periods: Sequence[Period], *, per_period: int = 3
) -> pl.DataFrame:
    """The best hits of each period, in the order of time.

    Args:
        hits: `photo_id, score, captured_at`, of each period at least so many as are shown: ask
            for those of each period by itself, since the best of all may lie in one year.
        periods: as of `periods_between`.

    Returns:
        `period` (label), `start`, `place` (from 1, the best), `photo_id, score, captured_at, why`.
        A period without hits has no row.
    """
    known = pl.DataFrame(
        {"period": [period.label for period in periods], "start": [p.start for p in periods]},
        schema={"period": pl.String, "start": hits.schema["captured_at"]},
    )
    rows = (
        hits.filter(
            pl.col("captured_at") >= periods[0].start, pl.col("captured_at") < periods[-1].end
        )
        if periods
        else hits.clear()
    )
    best = (
        rows.sort("captured_at")
        .join_asof(known, left_on="captured_at", right_on="start")
        .sort("start", "score", "photo_id", descending=[False, True, False])
        .with_columns(place=pl.int_range(1, pl.len() + 1).over("start"))
        .filter(pl.col("place") <= per_period)
    )
    rank = (
        pl.when(pl.col("place") == 1)
        .then(pl.lit("the best"))
        .otherwise(pl.format("number {}", "place"))
    )
    return best.select(
        *("period", "start", "place", "photo_id", "score", "captured_at"),
        pl.format("{} of {}", rank, "period").alias("why"),
    )
