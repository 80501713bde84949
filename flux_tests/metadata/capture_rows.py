"""Photographs as `capture_times` sees them: index, EXIF, places and decisions in one row."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from flux_assets.metadata.camera_clock import TimeRules
from flux_assets.metadata.capture_times import CaptureTimes, resolve
from flux_assets.metadata.folder_facts import folder_facts
from flux_resources.settings import Settings
from flux_resources.settings_sections import ArchiveSettings, CaptureTimeSettings

Row = dict[str, Any]

NOW = datetime(2024, 6, 1, 12)
SHOT = datetime(2022, 1, 15, 13, 22, 44)
COPIED = datetime(2024, 5, 1, 18, tzinfo=UTC)
DAY = "2022-01-15"
ROME: Row = {"time_zone": "Europe/Rome", "lat": 41.89, "lon": 12.49}
TOKYO: Row = {"time_zone": "Asia/Tokyo", "lat": 35.66, "lon": 139.7}

_UTC, _LOCAL = pl.Datetime("ms", "UTC"), pl.Datetime("ms")
_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(
        ("photo_id", "day", "sha256", "original_filename", "source_path", "path"), pl.String()
    ),
    **dict.fromkeys(("captured_at", "digitized_at", "modified_at"), _LOCAL),
    **dict.fromkeys(("file_modified_at", "gps_at"), _UTC),
    **dict.fromkeys(
        ("offset_time", "serial", "camera_make", "camera_model", "time_zone", "time", "zone"),
        pl.String(),
    ),
    "file_number": pl.Int64(),
    "lat": pl.Float64(),
    "lon": pl.Float64(),
}


def frame(source_path: str | None = "FLUX_INBOX/card/R0001234.JPG", **known: Any) -> Row:
    """One photograph; what is not `known` is null, and its file time is far from everything."""
    path = known.setdefault("path", f"FLUX_ARCHIVE/ORIGINALS/{source_path}")
    known.setdefault("original_filename", (source_path or path).rpartition("/")[2])
    return {"day": DAY, "source_path": source_path, "file_modified_at": COPIED, **known}


def session(
    count: int, *, folder: str = "FLUX_INBOX/card", first: int = 1, every: float = 600, **known: Any
) -> list[Row]:
    """Frames of one camera that follow each other from `captured_at` on, `every` seconds."""
    start = known.pop("captured_at", SHOT)
    ahead = known.pop("gps_behind", None)
    rows = []
    for n in range(count):
        at = start + timedelta(seconds=n * every)
        if ahead is not None:
            known["gps_at"] = (at - ahead).replace(tzinfo=UTC)
        rows.append(frame(f"{folder}/R{first + n:07}.JPG", captured_at=at, **known))
    return rows


def table(rows: list[Row]) -> pl.DataFrame:
    """The rows with ids and digests by position."""
    named = [{"photo_id": f"p{n:03}", "sha256": f"{n:064x}", **row} for n, row in enumerate(rows)]
    return pl.DataFrame(named, schema=_TYPES)


def resolved(
    *rows: Row,
    log: dict[str, list[Any]] | None = None,
    days: tuple[str, ...] = (DAY,),
    computer: str = "UTC",
    archive: str | None = None,
    **settings: Any,
) -> list[Row]:
    """What becomes of the rows of `days`, in their order; the schema is checked on the way.

    `computer` is the zone of the machine that does it, `archive` that of `archive.time_zone`.
    """
    said = Settings(
        archive=ArchiveSettings(time_zone=archive), capture_times=CaptureTimeSettings(**settings)
    )
    rules = TimeRules.of(said, NOW)
    photographs = table(list(rows))
    types = {"sha256": pl.String(), "action": pl.String(), "at": pl.String()}
    intake = pl.LazyFrame(log or [], schema=types)
    facts = folder_facts(photographs.lazy(), photographs.lazy(), intake, days=days, rules=rules)
    inputs = photographs.filter(pl.col("day").is_in(days))
    with _computer_in(computer):
        found = resolve(inputs, facts, rules=rules)
    written = found.with_columns(fingerprint=pl.lit("f"))
    assert set(written.columns) == set(CaptureTimes.column_names())
    return CaptureTimes.validate(written, cast=True).sort("photo_id").to_dicts()


@contextmanager
def _computer_in(zone: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


def one(**known: Any) -> Row:
    """What becomes of a single photograph."""
    return resolved(frame(**known))[0]


def candidate(row: Row, source: str) -> Row:
    """A candidate of a resolved row."""
    return next(item for item in row["candidates"] if item["source"] == source)
