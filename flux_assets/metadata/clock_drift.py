"""A camera clock that is off by a constant: a time zone not changed, a forgotten summer time.

The truth comes from satellites: GPS time (UTC) in the zone of the place is true local time, and
what the camera's clock differs from it, frame by frame, must agree over the camera's day. So a
camera that kept the zone of home on a trip is corrected to local time at the place, even where
its OffsetTime makes its UTC right. A fix may be some minutes old and never from the future, hence
small differences are let pass. A camera without GPS time is compared with one that has it.
"""

import polars as pl

from flux_assets.metadata.camera_clock import TimeRules
from flux_assets.metadata.clock_neighbours import neighbour_offsets
from flux_assets.metadata.time_zones import local_times

REFUSED_HOURS = 27  # no zone is further from UTC, summer time and a day's slip included
_QUARTER_S = 900
_ON_A_QUARTER_S = 90  # zones and summer times are off by quarters; what is this near is one
_AGREEING = 0.75
DAY = ["camera", "day"]
CLOCK_COLUMNS = ("photo_id", "clock_offset_s", "clock_by", "clock_zone")


def clock_offsets(frames: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """`CLOCK_COLUMNS`, one row per photograph.

    Args:
        frames: `photo_id, day` (of the archive), `camera, taken` (camera's local time), `gps_at`
            (UTC, naive), `zone` of the place, `lat, lon`; any but the first two may be null.
            Whole days: the outcome is the same in whatever range they come.

    `clock_offset_s` is the camera's time less true local time, in seconds: 0 where the clock is
    known to be right, null where nothing is known of it; `clock_by` is `gps` or `neighbours`.
    `clock_zone` is the one zone in which the camera was that day, null where there were several.
    """
    zones = (
        frames.drop_nulls(["zone", *DAY])
        .group_by(DAY)
        .agg(pl.col("zone").unique().alias("zones"))
        .filter(pl.col("zones").list.len() == 1)
        .select(*DAY, clock_zone=pl.col("zones").list.first())
    )
    located = frames.join(zones, on=DAY, how="left", maintain_order="left").with_columns(
        zone=pl.coalesce("zone", "clock_zone")
    )
    by_gps = _gps_offsets(located, rules)
    anchored = located.join(by_gps, on=[*DAY, "zone"], how="left", maintain_order="left")
    beside = neighbour_offsets(anchored).rename(
        {"zone": "zone_beside", "clock_offset_s": "offset_beside"}
    )
    by = pl.when(pl.col("clock_offset_s").is_not_null()).then(pl.lit("gps"))
    return anchored.join(beside, on=DAY, how="left", maintain_order="left").select(
        "photo_id",
        pl.coalesce("clock_offset_s", "offset_beside").alias("clock_offset_s"),
        by.when(pl.col("offset_beside").is_not_null()).then(pl.lit("neighbours")).alias("clock_by"),
        pl.coalesce("clock_zone", "zone_beside").alias("clock_zone"),
    )


def gps_refused() -> pl.Expr:
    """Whether a time by satellite is further from the camera's than zones can explain."""
    apart = (pl.col("taken") - pl.col("gps_at")).abs()
    return (apart > pl.duration(hours=REFUSED_HOURS)).fill_null(False)


def _gps_offsets(frames: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """`camera, day, zone, clock_offset_s` where satellites tell.

    Quarters of an hour are zones and summer times, and are believed from two fixes on. Any other
    difference must be the same to a minute in three or more: the age of a fix would vary.
    """
    group, small = [*DAY, "zone"], rules.settings.drift_minutes * 60
    stamped = frames.drop_nulls(["taken", "gps_at", "zone", "camera"]).filter(~gps_refused())
    true = local_times(stamped["gps_at"], stamped["zone"])
    apart = (pl.col("drift") - pl.col("drift").median()).abs()
    median, quarter = pl.col("median"), (pl.col("median") / _QUARTER_S).round() * _QUARTER_S
    offset = (
        pl.when(median.abs() < small)
        .then(0)
        .when((median - quarter).abs() <= _ON_A_QUARTER_S)
        .then(quarter)
        .when((pl.col("fixes") > 2) & (pl.col("to_a_minute") >= _AGREEING))
        .then(median)
    )
    return (
        stamped.with_columns(drift=(pl.col("taken") - true).dt.total_seconds())
        .group_by(*group, "gps_at")
        .agg(pl.col("drift").min())  # one fix for several frames: the first was nearest to it
        .group_by(group)
        .agg(
            median=pl.col("drift").median(),
            fixes=pl.len(),
            agreeing=(apart <= small).mean(),
            to_a_minute=(apart <= 60).mean(),
        )
        .filter((pl.col("fixes") > 1) & (pl.col("agreeing") >= _AGREEING))
        .select(*group, clock_offset_s=offset.round().cast(pl.Int32))
        .drop_nulls("clock_offset_s")
    )
