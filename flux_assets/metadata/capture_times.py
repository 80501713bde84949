"""`capture_times`: when a photograph was taken, and how far that is to be trusted. Phase 4.

Source: `photo_index`, `exif`, the zone of `places`, the source folder and the decisions. The file
is never changed.
"""

import hashlib

import dataframely as dy
import polars as pl

from flux_assets.metadata.camera_clock import TimeRules, camera, camera_time
from flux_assets.metadata.clock_drift import clock_offsets
from flux_assets.metadata.path_dates import path_dates
from flux_assets.metadata.time_candidates import candidates
from flux_assets.metadata.time_choice import BY_EXIF, MANUAL, choose_time, judge_times
from flux_assets.metadata.time_decisions import time_decisions
from flux_assets.metadata.time_trust import CORRECTED, UNCERTAIN, corrected, flags, weigh
from flux_assets.metadata.time_zones import fixed_zone, known_zone, local_times, offsets_of
from flux_assets.photo_table import PhotoTable, Product

CAPTURE_TIMES_VERSION = "1"
_INSTANTS = {"file_local": "file_modified_at", "gps_local": "gps_at", "path_local": "path_instant"}


class CaptureTimes(PhotoTable):
    """Grain: photograph."""

    resolved_at = dy.Datetime(
        nullable=True, time_unit="ms", description="Local time at the place, with sub-seconds."
    )
    utc_offset_minutes = dy.Int16(nullable=True, description="Local time less UTC, minutes.")
    resolved_at_utc = dy.Datetime(
        nullable=True, time_unit="ms", time_zone="UTC", description="Null where no zone is known."
    )
    zone_source = dy.Enum(
        ["offset_time", "place", "manual"],
        nullable=True,
        description="OffsetTimeOriginal; the place of the frame or of the camera's day; a person.",
    )
    trust = dy.Float64(min=0, max=1, description="Sum of the signals that agree; 1 by a person.")
    signals_used = dy.List(dy.String(), description="The signals that agree with resolved_at.")
    candidates = dy.List(
        dy.Struct(
            {
                "source": dy.String(),
                "at": dy.Datetime(nullable=True, time_unit="ms"),
                "says": dy.String(nullable=True),
                "weight": dy.Float64(),
                "agrees": dy.Bool(),
                "note": dy.String(nullable=True),
            }
        ),
        description="Every time weighed: as written, what it would add, why it was not believed.",
    )
    clock_offset_s = dy.Int32(
        nullable=True, description="Camera clock less true local time, s; taken off resolved_at."
    )
    flags = dy.List(dy.String(), description="`date-uncertain`, `drift-corrected`, `manual`, ...")


CAPTURE_TIMES = Product("capture_times", CaptureTimes, value="resolved_at")


def capture_times_version(rules: TimeRules) -> str:
    """What a resolved time depends on beside its inputs."""
    told = (rules.settings, rules.default_clocks, rules.time_zone)
    return "|".join([CAPTURE_TIMES_VERSION, *map(repr, told)])


def resolve(inputs: pl.DataFrame, facts: pl.DataFrame, *, rules: TimeRules) -> pl.DataFrame:
    """One row of `CaptureTimes` (without fingerprint) for each photograph of whole days.

    Args:
        inputs: `day, photo_id, original_filename, source_path, path, file_modified_at` of
            `photo_index`; `captured_at, digitized_at, modified_at, gps_at, offset_time, serial,
            camera_make, camera_model` of `exif`; `time_zone, lat, lon` of `places`; `time, zone`
            of the decisions, as JSON. Whole days: a camera's clock is judged by its day.
        facts: `folder_facts.folder_facts` of the same photographs.
    """
    rows = inputs.join(facts, on="photo_id", how="left", maintain_order="left").with_columns(
        pl.col("gps_at", "file_modified_at").dt.replace_time_zone(None),
        camera_time(rules).alias("taken"),
        camera().alias("camera"),
    )
    rows = rows.hstack(time_decisions(rows)).hstack(path_dates(rows, now=rules.now))
    rows = rows.pipe(_with_zones, rules).pipe(judge_times, rules).pipe(choose_time)
    rows = rows.pipe(_with_offset).pipe(weigh, rules)
    return rows.select(
        "photo_id",
        pl.col("at").alias("resolved_at"),
        pl.col("utc_offset").cast(pl.Int16).alias("utc_offset_minutes"),
        (pl.col("at") - pl.duration(minutes="utc_offset"))
        .dt.replace_time_zone("UTC")
        .alias("resolved_at_utc"),
        "zone_source",
        "trust",
        "signals_used",
        candidates(rules).alias("candidates"),
        pl.when(corrected()).then("clock_offset_s").alias("clock_offset_s"),
        flags(rules).alias("flags"),
        "error",
    )


def _with_zones(rows: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """What is known of zone and clock, and `*_local` of every time that is an instant."""
    rows = rows.with_columns(
        zone=pl.coalesce("said_zone", known_zone(rows["time_zone"])),
        written_zone=fixed_zone(rows["offset_time"]),
    )
    clocks = clock_offsets(rows, rules)
    rows = rows.join(clocks, on="photo_id", how="left", maintain_order="left").with_columns(
        place_zone=pl.coalesce("zone", "clock_zone")
    )
    home = pl.lit(rules.time_zone, pl.String)
    zones = rows.select(pl.coalesce("place_zone", "written_zone", home)).to_series()
    return rows.with_columns(
        local_times(rows[instant], zones).alias(local) for local, instant in _INSTANTS.items()
    )


def _with_offset(rows: pl.DataFrame) -> pl.DataFrame:
    """`utc_offset` (minutes), `zone_source` and `zone_disagrees`.

    OffsetTime holds, else the zone of the place. Where satellites have judged the camera's clock,
    and where the time is not the camera's, the place comes first: it made the local time.
    """
    fix = rows.select(pl.when(pl.col("no_gps").is_null()).then("gps_at")).to_series()
    place, written = pl.col("place_offset"), pl.col("written_offset")
    by_place = pl.col("clock_offset_s").is_not_null() | ~BY_EXIF.fill_null(False)
    disagrees = (place != written).fill_null(False)
    take_place = written.is_null() | (by_place & disagrees)
    return (
        rows.with_columns(
            place_offset=offsets_of(rows["at"], rows["place_zone"], fix),
            written_offset=offsets_of(rows["at"], rows["written_zone"], fix),
        )
        .with_columns(
            zone_disagrees=disagrees & pl.col("said_zone").is_null(),
            zone_source=pl.when(pl.col("said_zone").is_not_null())
            .then(pl.lit(MANUAL))
            .when(take_place & place.is_not_null())
            .then(pl.lit("place"))
            .when(written.is_not_null())
            .then(pl.lit("offset_time")),
        )
        .with_columns(
            utc_offset=pl.when(pl.col("zone_source") == "offset_time")
            .then("written_offset")
            .otherwise("place_offset")
        )
    )


def verdicts(resolved: pl.DataFrame) -> pl.DataFrame:
    """`photo_id, verdict`: digests of resolved rows, to combine with the inputs' fingerprints.

    All that a folder, a session's clock or a decision changes in a row changes its verdict, and a
    file that joins the folder without changing anything else does not.
    """
    written = resolved.select("photo_id", pl.struct(pl.exclude("photo_id")).struct.json_encode())
    digests = [hashlib.sha256(row.encode()).hexdigest()[:32] for row in written.to_series(1)]
    return written.select("photo_id", verdict=pl.Series(digests, dtype=pl.String))


def trust_distribution(rows: pl.DataFrame) -> dict[str, int]:
    """A day's rows in numbers: photographs by trust, and those that somebody should look at."""
    trust, raised = rows["trust"], rows["flags"]
    flagged = {name: raised.list.contains(name).sum() for name in (UNCERTAIN, CORRECTED, MANUAL)}
    return {
        "trust_high": int((trust >= 0.8).sum()),
        "trust_fair": int(((trust >= 0.5) & (trust < 0.8)).sum()),
        "trust_low": int((trust < 0.5).sum()),
        **{name.replace("-", "_"): int(count) for name, count in flagged.items()},
        "without_zone": rows["resolved_at_utc"].null_count(),
    }
