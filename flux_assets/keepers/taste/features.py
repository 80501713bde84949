"""The features of the keeper model, in groups that can be switched off.

`is_best` of bursts is no feature: a keeper is the best of its burst by definition, so it would
tell the label. The order within bursts is found anew, by quality and by what vectors tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from flux_assets.keepers.taste.evaluation import Numbers
from flux_assets.keepers.taste.linear import Codes
from flux_assets.keepers.taste.standing import Groups, codes_of
from flux_assets.keepers.taste.taste import KINDS, Measured
from flux_resources.vectors import Vectors

Columns = dict[str, Numbers | Vectors]

_QUALITY = (
    *("sharpness", "exposure", "clipped_shadows", "clipped_highlights", "spread", "noise"),
    *("contrast", "quality_score"),
)
_LIGHT = (
    *("median_luminance", "dark_ratio", "mean_saturation"),
    *("iso", "exposure_s", "focal_length_mm"),
)
_COMPARED = (*(f"taste_{kind}" for kind in KINDS), "near_keeper", "quality_score", "sharpness")


@dataclass(frozen=True)
class Photographs:
    """Rows of `known` as the features read them.

    Attributes:
        known: `photo_id, day`, and any of `resolved_at, burst_id, position, burst_size`, the
            columns of `quality`, `median_luminance, dark_ratio, mean_saturation, iso, exposure_s,
            focal_length_mm`; what is missing is unknown.
        measured: the same rows as vectors show them.
        folds: `(n,)`, the fold of the rows that are trained on; None where there are none.
    """

    known: pl.DataFrame
    measured: Measured
    folds: Codes | None = None

    def number(self, name: str) -> Numbers:
        """A column as numbers, NaN where unknown."""
        if name not in self.known.columns:
            return np.full(self.known.height, np.nan)
        return self.known[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


@dataclass(frozen=True)
class Features:
    """Names `(f,)`, the group of each `(f,)`, and values float32 `(n, f)`, NaN where unknown."""

    names: list[str]
    groups: list[str]
    values: Vectors


def session_groups(known: pl.DataFrame) -> Codes:
    """The session of each row: its archive day."""
    return codes_of(known["day"])


def burst_groups(known: pl.DataFrame) -> Codes:
    """The burst of each row; a row in none is alone."""
    return codes_of(known["burst_id"] if "burst_id" in known.columns else _nothing(known))


def feature_table(photographs: Photographs, groups: Sequence[str]) -> Features:
    """The features of the chosen groups."""
    columns: Columns = {}
    group_of: dict[str, str] = {}
    for group, build in _GROUPS.items():
        if group in groups:
            made = build(photographs, columns)
            columns |= made
            group_of |= dict.fromkeys(made, group)
    values = np.empty((photographs.known.height, len(columns)), np.float32)
    for number, column in enumerate(columns.values()):
        values[:, number] = column
    return Features([*columns], [*group_of.values()], values)


def _linear(photographs: Photographs, _: Columns) -> Columns:
    scores = photographs.measured.linear
    return {f"taste_{kind}": scores[:, i] for i, kind in enumerate(KINDS)}


def _nearest(photographs: Photographs, _: Columns) -> Columns:
    nearest, each = photographs.measured.likeness(photographs.folds)
    centroid = photographs.measured.centroid
    return {"near_keeper": nearest, "near_keepers": each, "near_centroid": centroid}


def _projection(photographs: Photographs, _: Columns) -> Columns:
    axes = photographs.measured.projected.T
    return {f"axis_{number:02}": axis for number, axis in enumerate(axes)}


def _quality(photographs: Photographs, _: Columns) -> Columns:
    return {name: photographs.number(name) for name in _QUALITY}


def _light(photographs: Photographs, _: Columns) -> Columns:
    return {name: photographs.number(name) for name in _LIGHT}


def _time(photographs: Photographs, _: Columns) -> Columns:
    """Hour, weekday, and the pauses around a photograph in seconds, as logarithms."""
    known = photographs.known
    at = pl.col("resolved_at")
    if "resolved_at" not in known.columns:
        known = known.with_columns(resolved_at=_nothing(known).cast(pl.Datetime("ms")))
    session = pl.col("day")
    before = at.diff().over(session, order_by="resolved_at").dt.total_milliseconds() / 1000
    after = before.shift(-1).over(session, order_by="resolved_at")
    found = known.select(
        hour=at.dt.hour() + at.dt.minute() / 60,
        weekday=at.dt.weekday(),
        pause_before=before.clip(0).log1p(),
        pause_after=after.clip(0).log1p(),
        hours_into_session=(at - at.min().over(session)).dt.total_seconds() / 3600,
        session_size=pl.len().over(session).log(),
    )
    return {
        column.name: column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        for column in found.iter_columns()
    }


def _burst(photographs: Photographs, columns: Columns) -> Columns:
    """Place in the burst, and how the photograph compares with the others of it."""
    groups = Groups(burst_groups(photographs.known))
    position, size = photographs.number("position"), groups.size
    found: Columns = {
        "alone": (size == 1).astype(np.float64),
        "burst_size": size.astype(np.float64),
        "burst_position": np.nan_to_num(position, nan=1.0),
    }
    for name in _COMPARED:
        if name in columns:
            values = _filled(columns[name])
            higher, lead = groups.ordered(values)
            found |= {
                f"{name}_best_of_burst": ((higher == 0) & (size > 1)).astype(np.float64),
                f"{name}_rank_in_burst": higher,
                f"{name}_lead_in_burst": lead,
                f"{name}_of_burst": groups.mean(values),
            }
    return found


def _session(photographs: Photographs, columns: Columns) -> Columns:
    """How the photograph compares with the others of its session."""
    groups = Groups(session_groups(photographs.known))
    found: Columns = {}
    for name in _COMPARED:
        if name in columns:
            values = _filled(columns[name])
            found |= {
                f"{name}_rank_in_session": groups.ordered(values)[0],
                f"{name}_in_session": groups.deviations(values),
                f"{name}_of_session": groups.mean(values),
            }
    return found


# In this order: the last two compare what the others made.
_GROUPS: dict[str, Callable[[Photographs, Columns], Columns]] = {
    "linear": _linear,
    "nearest": _nearest,
    "projection": _projection,
    "quality": _quality,
    "light": _light,
    "time": _time,
    "burst": _burst,
    "session": _session,
}


def _filled(values: Numbers | Vectors) -> Numbers:
    """Values to compare; an unknown quality stands in the middle of 0-1."""
    return np.nan_to_num(values.astype(np.float64), nan=0.5)


def _nothing(known: pl.DataFrame) -> pl.Series:
    return pl.Series([None] * known.height, dtype=pl.String)
