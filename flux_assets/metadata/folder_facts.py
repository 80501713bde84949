"""What a photograph's source folder says of it; the folder may spread over many archive days.

Three facts: whether its time lies far from the others (an outlier), between which times its file
number puts it, and whether its file time is only that of copying.
"""

from collections.abc import Sequence

import polars as pl

from flux_assets.metadata.camera_clock import EXIF_TIMES, TimeRules, camera, camera_time
from flux_assets.metadata.folder_order import order_bounds
from flux_assets.metadata.path_dates import source_folder

_INDEX = ("day", "photo_id", "sha256", "path", "source_path", "original_filename")
_EXIF = ("day", "photo_id", *EXIF_TIMES, "camera_make", "camera_model", "serial", "file_number")
_TOGETHER = 3  # files make a folder, and files changed in one minute were changed by a program
_OWN_CLOCK_S = 10  # a camera writes the file this soon after the shutter
_QUARTER_S, _ZONES_S = 900, 27 * 3600


def folder_facts(
    index: pl.LazyFrame,
    exif: pl.LazyFrame,
    intake: pl.LazyFrame,
    *,
    days: Sequence[str],
    rules: TimeRules,
) -> pl.DataFrame:
    """`photo_id, outlier, order_after, order_before, copied` of the photographs of `days`.

    Args:
        index: `photo_index` of the whole archive, with `day`.
        exif: `exif` of the whole archive, with `day`.
        intake: `intake_log`.

    `outlier` and `copied` are true or false; the bounds are local times of the camera, or null.
    """
    wanted = list(days)
    files = index.select(*_INDEX, "file_modified_at", source_folder()).collect()
    touched = files.filter(pl.col("day").is_in(wanted))["source_folder"].unique()
    files = files.filter(pl.col("source_folder").is_in(touched.implode()))
    around = files["day"].unique().implode()
    written = exif.filter(pl.col("day").is_in(around)).select(_EXIF).collect()
    filed = (
        intake.filter(pl.col("action") == "filed")
        .select("sha256", _instant("at").alias("filed_at"))
        .unique("sha256", keep="last", maintain_order=True)
        .collect()
    )
    frames = (
        files.join(written, on=["day", "photo_id"], how="left")
        .join(filed, on="sha256", how="left")
        .with_columns(camera_time(rules).alias("taken"), camera().alias("camera"))
        .pipe(_with_outliers, rules)
        .with_columns(_copied(rules).alias("copied"))
    )
    here = pl.col("day").is_in(wanted)
    return (
        frames.filter(here)
        .select("photo_id", "outlier", "copied")
        .join(order_bounds(frames), on="photo_id", how="left")
    )


def _with_outliers(frames: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """Frames with `outlier`: over `outlier_days` from the folder's median, and nothing in between.

    Most of the folder must lie together. So a folder of many years has no outliers, nor has a
    card that was filled over months, whose frames follow each other.
    """
    folder, apart = "source_folder", pl.duration(days=rules.settings.outlier_days)
    stretch = (pl.col("taken").diff() > apart).fill_null(False).cum_sum()
    counted = frames.with_columns(stretch=stretch.over(folder, order_by="taken")).with_columns(
        known=pl.col("taken").count().over(folder),
        together=pl.col("taken").count().over(folder, "stretch"),
    )
    most = pl.col("together").max().over(folder)
    few = (pl.col("known") >= _TOGETHER) & (2 * most > pl.col("known"))
    return counted.with_columns(
        outlier=pl.col("taken").is_not_null() & few & (pl.col("together") < most)
    ).drop("stretch", "known", "together")


def _copied(rules: TimeRules) -> pl.Expr:
    """Whether the file time is that of copying: by others of its minute, or by the intake.

    A time that matches the camera's own clock to seconds, whatever its zone, is no such.
    """
    changed = pl.col("file_modified_at")
    apart = (changed.dt.replace_time_zone(None) - pl.col("taken")).dt.total_seconds()
    off = (apart + _QUARTER_S // 2) % _QUARTER_S - _QUARTER_S // 2
    own_clock = ((off.abs() <= _OWN_CLOCK_S) & (apart.abs() <= _ZONES_S)).fill_null(False)
    together = pl.len().over("source_folder", changed.dt.truncate("1m"), own_clock) >= _TOGETHER
    margin = pl.duration(minutes=rules.settings.copy_minutes)
    at_intake = ((changed - pl.col("filed_at")).abs() <= margin).fill_null(False)
    return ~own_clock & (together | at_intake)


def _instant(text: str) -> pl.Expr:
    """ISO 8601 as the intake log holds it, UTC with microseconds."""
    return pl.col(text).str.to_datetime(time_unit="ms", time_zone="UTC", strict=False)
