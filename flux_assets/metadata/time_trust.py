"""How far a chosen time is to be trusted: the signals that agree with it, and the flags.

EXIF and file times agree within a day, a path as far as it speaks, file numbers when they bring
no inversion. Trust is the sum of the weights of the signals that agree, at most 1.
"""

from collections.abc import Sequence

import polars as pl

from flux_assets.metadata.camera_clock import EXIF_TIMES, NEVER_SET, TimeRules
from flux_assets.metadata.time_choice import BY_EXIF, DAY, MANUAL
from flux_resources.settings_sections import TimeWeights

UNCERTAIN, CORRECTED = "date-uncertain", "drift-corrected"
_SAVED_AFTER = pl.duration(minutes=2)  # a phone names a picture when it is done with it


def file_weight(weights: TimeWeights) -> pl.Expr:
    """The weight of a file time, which is less when it tells when the file was copied."""
    return pl.when("copied").then(weights.copied_file_time).otherwise(weights.file_time)


def present(values: Sequence[pl.Expr]) -> pl.Expr:
    """A list of the values that are not null. `concat_list` takes thirty times as long."""
    return pl.concat_arr(values).arr.to_list().list.filter(pl.element().is_not_null())


def weigh(rows: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """Adds `agrees_*` of every candidate, `trust` (0-1) and `signals_used`."""
    rows = rows.with_columns(
        *(
            (_within_a_day(name, "camera_at") & pl.col(f"no_{name}").is_null()).alias(
                f"agrees_{name}"
            )
            for name in EXIF_TIMES
        ),
        agrees_gps=_within_a_day("gps_local") & pl.col("no_gps").is_null(),
        agrees_file=_within_a_day("file_local") & pl.col("no_file").is_null(),
        agrees_path=_path_agrees(),
        agrees_order=_order_agrees(),
    ).with_columns(pl.col("^agrees_.*$").fill_null(False))
    weights = rules.settings.weights
    signals = {
        "exif_original": (pl.col("agrees_captured_at"), pl.lit(weights.exif_original)),
        "exif_other": (
            pl.col("agrees_digitized_at") | pl.col("agrees_modified_at"),
            pl.lit(weights.exif_other),
        ),
        "file_time": (pl.col("agrees_file"), file_weight(weights)),
        "path": (pl.col("agrees_path"), pl.lit(weights.path)),
        "order": (pl.col("agrees_order"), pl.lit(weights.order)),
    }
    names = [pl.when(agrees).then(pl.lit(name)) for name, (agrees, _) in signals.items()]
    total = pl.sum_horizontal(pl.when(agrees).then(weight) for agrees, weight in signals.values())
    manual, believed = pl.col("source") == MANUAL, pl.col("source").is_not_null()
    return rows.with_columns(
        trust=pl.when(manual).then(1.0).when(believed).then(total.clip(0, 1).round(3)).otherwise(0),
        signals_used=pl.when(manual)
        .then(pl.lit([MANUAL]))
        .when(believed)
        .then(present(names))
        .otherwise(pl.lit([], pl.List(pl.String))),
    )


def corrected() -> pl.Expr:
    """Whether the chosen time is the camera's, less what its clock was ahead."""
    return (BY_EXIF & (pl.col("clock_offset_s") != 0)).fill_null(False)


def flags(rules: TimeRules) -> pl.Expr:
    """What a photographer should know of the time, as a list of strings."""
    manual = (pl.col("source") == MANUAL).fill_null(False)
    speaks = pl.col("path_start").is_not_null() & pl.col("no_path").is_null()
    doubtful = (pl.col("trust") < rules.settings.threshold) | (pl.col("outlier") & ~speaks)
    length, month = _known_to(), pl.duration(days=31)
    raised = {
        UNCERTAIN: doubtful & ~manual,
        MANUAL: manual | pl.col("said_zone").is_not_null(),
        CORRECTED: corrected(),
        "default-clock": pl.coalesce(f"no_{name}" for name in EXIF_TIMES) == NEVER_SET,
        "impossible-clock": pl.col("no_captured_at").str.contains("^before|future"),
        "outlier": pl.col("outlier"),
        "path-disagrees": speaks & ~manual & ~_near_path(DAY),
        "path-contradicts-itself": pl.col("path_contradicts"),
        "gps-refused": pl.col("no_gps").is_not_null(),
        "zone-disagrees": pl.col("zone_disagrees"),
        "day-only": (length > 0 * DAY) & (length <= DAY),
        "month-only": (length > DAY) & (length <= month),
        "year-only": length > month,
    }
    named = [pl.when(holds.fill_null(False)).then(pl.lit(name)) for name, holds in raised.items()]
    return present(named)


def _within_a_day(time: str, chosen: str = "at") -> pl.Expr:
    """Of the chosen time, or of the day, month or year that is all that is known of it."""
    begin = pl.col(chosen)
    return pl.col(time).is_between(begin - DAY, begin + _known_to() + DAY)


def _path_agrees() -> pl.Expr:
    to_the_second = pl.col("path_end") - pl.col("path_start") <= pl.duration(seconds=1)
    slack = pl.when(to_the_second).then(_SAVED_AFTER).otherwise(0 * DAY)
    return _near_path(slack) & pl.col("no_path").is_null()


def _near_path(slack: pl.Expr) -> pl.Expr:
    """By the camera's clock, which may have named the file, or by the corrected one."""
    begin, end = pl.col("path_start") - slack, pl.col("path_end") + slack
    return pl.any_horizontal(
        (pl.col(name) >= begin) & (pl.col(name) < end) for name in ("at", "camera_at")
    )


def _order_agrees() -> pl.Expr:
    after, before = pl.col("order_after"), pl.col("order_before")
    neighbours = after.is_not_null() | before.is_not_null()
    late_enough = (after <= pl.col("camera_at") + _known_to()).fill_null(True)
    return neighbours & late_enough & (pl.col("camera_at") <= before).fill_null(True)


def _known_to() -> pl.Expr:
    return pl.col("until") - pl.col("at")
