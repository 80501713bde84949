"""Which questions the weather service is asked: cells, runs of days, and calls.

A cell is 0.1° by 0.1°, named by its centre in whole tenths of a degree; no finer position ever
leaves this machine. A run is one cell over some days; a call carries many runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

CELL = ("cell_lat", "cell_lon")
# The service counts a place as one call of its limits up to this many days of three variables
# (3/10 of a call per 14 days). So days between two sessions cost nothing, a second run does.
RUN_DAYS = 46
# Keeps the address under 4 kB, and one failure from costing much.
RUNS_PER_CALL = 50


@dataclass(frozen=True, order=True)
class Run:
    """One cell from `first` to `last`, both days included, UTC."""

    first: date
    last: date
    cell_lat: int
    cell_lon: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def latitude(self) -> float:
        return self.cell_lat / 10

    @property
    def longitude(self) -> float:
        return self.cell_lon / 10


Call = tuple[Run, ...]


def cell_of(lat: pl.Expr, lon: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The columns `cell_lat, cell_lon` (int16, tenths of a degree) of positions in degrees.

    Null where a coordinate is missing or not on the globe. 180° west is 180° east.
    """
    sane = lat.is_between(-90, 90) & lon.is_between(-180, 180)
    tenths = (lon * 10).round().cast(pl.Int16, strict=False)
    return (
        pl.when(sane).then((lat * 10).round().cast(pl.Int16, strict=False)).alias("cell_lat"),
        pl.when(sane).then(tenths.replace(-1800, 1800)).alias("cell_lon"),
    )


def plan_calls(days: pl.DataFrame) -> list[Call]:
    """The fewest runs that cover every `cell_lat, cell_lon, day`, many to a call."""
    runs: list[Run] = []
    for lat, lon, day in _in_order(days):
        last = runs[-1] if runs else None
        if last and (last.cell_lat, last.cell_lon) == (lat, lon) and _reaches(last, day):
            runs[-1] = replace(last, last=day)
        else:
            runs.append(Run(first=day, last=day, cell_lat=lat, cell_lon=lon))
    runs.sort()
    return [
        tuple(runs[start : start + RUNS_PER_CALL]) for start in range(0, len(runs), RUNS_PER_CALL)
    ]


def _in_order(days: pl.DataFrame) -> Iterable[tuple[int, int, date]]:
    return days.select(*CELL, "day").unique().sort(*CELL, "day").iter_rows()


def _reaches(run: Run, day: date) -> bool:
    return (day - run.first).days < RUN_DAYS
