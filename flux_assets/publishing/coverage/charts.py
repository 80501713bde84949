"""Charts of coverage as PNG: readable on a light page and on a dark one."""

import io
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DPI, _WIDTH = 150, 8.4  # dots per inch, inches
_TEXT, _EMPTY = "#808080", "#80808028"  # grey is read on white and on black
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOW, _HIGH = "#a9d5b8", "#12683a"  # few photographs, many
COMPLETE = ("have", "expected")
COLORS = {
    "have": "#2f9e5b",
    "expected": "#8a94a0",
    "waiting": "#e0b100",
    "pending": "#3f83d1",
    "stale": "#9c6ade",
    "failed": "#d64545",
}


def calendar_chart(days: pl.DataFrame) -> bytes:
    """A row of weeks for each year: darker with more photographs, framed where work is open.

    `days` is `ArchiveCoverage.days`.
    """
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm

    years = sorted({day[:4] for day in days["day"]}) or [str(date.min.year)]
    figure, panels = _figure(len(years), height=1.22 * len(years) + 0.1)
    shades = LinearSegmentedColormap.from_list("photographs", [_LOW, _HIGH])
    norm = PowerNorm(0.6, 0, max([1, *days["photographs"]]))
    for panel, year in zip(panels, years, strict=True):
        _draw_year(panel, int(year))
        of_year = days.filter(pl.col("day").str.starts_with(year)).to_dicts()
        fills = [shades(norm(day["photographs"])) for day in of_year]
        frames = [COLORS.get(worst_of(day) or "", "none") for day in of_year]
        _draw_days(panel, [date.fromisoformat(day["day"]) for day in of_year], fills, frames)
    return _png(figure)


def worst_of(day: dict[str, int]) -> str | None:
    """The worst that is open for any photograph of a day; None where all is done."""
    return next((why for why in ("failed", "stale", "pending", "waiting") if day[why]), None)


def _draw_year(panel: "Axes", year: int) -> None:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    whole = [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]
    _draw_days(panel, whole, [_EMPTY] * len(whole), ["none"] * len(whole))
    starts = [_position(date(year, month, 1))[0] for month in range(1, 13)]
    panel.set_xticks([start + 1.6 for start in starts], _MONTHS)
    panel.set_yticks([0, 2, 4], ["Mon", "Wed", "Fri"])
    panel.set_title(str(year), loc="left", fontsize=9, color=_TEXT, pad=3)
    panel.set(xlim=(-0.7, 53.7), ylim=(6.7, -0.7), aspect="equal")


def _position(day: date) -> tuple[int, int]:
    """Column (week) and row (weekday, Monday first) of a day in its year."""
    offset = date(day.year, 1, 1).weekday()
    return (day.timetuple().tm_yday - 1 + offset) // 7, day.weekday()


def _draw_days(
    panel: "Axes", days: Sequence[date], fills: Sequence[object], frames: Sequence[str]
) -> None:
    """A square for each day, all in one collection: a patch of its own each takes seconds."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    squares = [Rectangle((x - 0.42, y - 0.42), 0.84, 0.84) for x, y in map(_position, days)]
    panel.add_collection(
        PatchCollection(squares, facecolors=list(fills), edgecolors=list(frames), linewidths=1.3)
    )


def months_chart(days: pl.DataFrame) -> bytes:
    """A bar for each month: its photographs, and how many of them are complete.

    `days` is `ArchiveCoverage.days`. Months without photographs stay empty.
    """
    months = days.group_by(pl.col("day").str.head(7).alias("month")).agg(pl.exclude("day").sum())
    figure, (panel,) = _figure(1, height=2.3)
    labels = _months_between(months["month"].sort().to_list())
    rows = pl.DataFrame({"month": labels}, schema={"month": pl.String}).join(
        months, on="month", how="left", maintain_order="left"
    )
    at, bottom = np.arange(rows.height), np.zeros(rows.height)
    parts = {"complete": rows.select(pl.sum_horizontal(COMPLETE)).to_series()} | {
        why: rows[why] for why in COLORS if why not in COMPLETE
    }
    for name, counts in parts.items():
        heights = counts.fill_null(0).to_numpy()
        if heights.any():
            panel.bar(at, heights, 0.82, bottom, color=COLORS.get(name, COLORS["have"]), label=name)
            bottom = bottom + heights
    years = [place for place, month in enumerate(labels) if month.endswith("-01") or place == 0]
    panel.set_xticks(years, [labels[place] for place in years])
    panel.set_ylabel("photographs", color=_TEXT, fontsize=8)
    panel.spines["bottom"].set_visible(True)
    panel.spines["bottom"].set_color(_TEXT)
    if rows.height:
        panel.legend(
            frameon=False, fontsize=8, labelcolor=_TEXT, ncols=5, loc="lower left",
            bbox_to_anchor=(0, 1), borderaxespad=0.2, handlelength=1, handleheight=1,
        )  # fmt: skip
    return _png(figure)


def _months_between(months: Sequence[str]) -> list[str]:
    """All months from the first to the last."""
    if not months:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (months[0], months[-1]))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def _figure(panels: int, *, height: float) -> "tuple[Figure, list[Axes]]":
    from matplotlib.figure import Figure

    figure = Figure((_WIDTH, height), _DPI, layout="constrained", facecolor="none")
    drawn = list(figure.subplots(panels, 1, squeeze=False)[:, 0])
    for panel in drawn:
        panel.set_facecolor("none")
        panel.spines[:].set_visible(False)
        panel.tick_params(colors=_TEXT, labelsize=8, length=0)
    return figure, drawn


def _png(figure: "Figure") -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    file = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(file, format="png")
    return file.getvalue()
