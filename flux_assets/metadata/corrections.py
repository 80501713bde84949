"""What a person says of date, zone or place: which photographs it is about, and what it means.

Pure on tables; the decisions themselves are kept by `flux_resources.decisions`.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.metadata.date_tokens import FIRST_YEAR
from flux_assets.metadata.exif import EXIF
from flux_resources.decisions import Decision, Kind
from flux_resources.geography.geocoder import Geocoder
from flux_resources.tables import TableStore

Correction = tuple[Kind, dict[str, Any] | None]
_SHIFT = re.compile(r"([+-]?)(\d{1,5}):([0-5]\d)(?::([0-5]\d))?")
_ALLOWED_AHEAD = timedelta(days=1)  # the world's zones, seen from UTC
_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")


def choose_photographs(
    tables: TableStore, *, photo_id: str | None, span: tuple[str, str] | None, camera: str | None
) -> pl.DataFrame:
    """`day, photo_id, sha256` of the photographs that all given conditions hold for.

    `span` is the first and last day; `camera` is a model or a serial number, in any case.

    Raises:
        ValueError: no condition was given, or no photograph answers to them.
    """
    if photo_id is None and span is None and camera is None:
        raise ValueError("say which photographs: a PHOTO_ID, --days or --camera")
    found = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema).select("day", "photo_id", "sha256")
    if photo_id is not None:
        found = found.filter(pl.col("photo_id") == photo_id)
    if span is not None:
        first, last = map(pl.lit, span)
        found = found.filter(pl.col("day").is_between(first, last))
    if camera is not None:
        written = tables.scan(EXIF.name, EXIF.schema)
        names = ("camera_model", "camera_model_raw", "serial")
        named = pl.any_horizontal(
            pl.col(name).str.to_lowercase() == camera.lower() for name in names
        )
        found = found.join(written.filter(named), on=["day", "photo_id"], how="semi")
    chosen = found.sort("photo_id").collect()
    if chosen.is_empty():
        raise ValueError("no photograph of the archive answers to that; see: flux status")
    return chosen


def decide(photographs: pl.DataFrame, corrections: list[Correction]) -> list[Decision]:
    """One decision per photograph and correction, made now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return [
        Decision(now, kind, sha256, photo_id, value)
        for kind, value in corrections
        for photo_id, sha256 in photographs.select("photo_id", "sha256").iter_rows()
    ]


def time_of(text: str) -> Correction:
    """`2022-01-15 13:22:44` is when it was taken, in local time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"--time {text}: write it as 2022-01-15 13:22:44") from error
    if moment.tzinfo is not None:
        raise ValueError(f"--time {text}: give the local time, and the zone as --zone +09:00")
    if moment.year < FIRST_YEAR or moment > datetime.now(UTC).replace(tzinfo=None) + _ALLOWED_AHEAD:
        raise ValueError(
            f"--time {text}: no photograph is from before {FIRST_YEAR} or from the days to come"
        )
    return "time", {"at": moment.isoformat()}


def shift_of(text: str) -> Correction:
    """`+1:00` moves what the camera wrote an hour ahead, `-0:02:30` two and a half minutes back.

    >>> shift_of("-1:30")
    ('time', {'shift_seconds': -5400})
    """
    match = _SHIFT.fullmatch(text)
    if match is None:
        raise ValueError(f"--shift {text}: write it as +1:00 (hours:minutes) or -0:02:30")
    sign, hours, minutes, seconds = match.groups()
    shift = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return "time", {"shift_seconds": int(shift.total_seconds()) * (-1 if sign == "-" else 1)}


def zone_of(text: str) -> Correction:
    """`Asia/Tokyo`, or an offset from UTC as `+09:00`."""
    if _OFFSET.fullmatch(text):
        return "zone", {"offset": text}
    try:
        return "zone", {"zone": ZoneInfo(text).key}
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"--zone {text}: write it as Asia/Tokyo or +09:00") from error


def place_of(text: str, geocoder: Geocoder) -> Correction:
    """`41.89,12.49` in degrees, or the name of a place: `Rome`, `Rome, US`."""
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        lat, lon = geocoder.find(text)
        return "place", {"lat": lat, "lon": lon, "name": text}
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"--place {text}: latitude -90..90 comes first, then longitude -180..180")
    return "place", {"lat": lat, "lon": lon}


def in_words(correction: Correction, geocoder: Geocoder) -> str:
    """A correction as it was understood: `place: Kyoto, Kyoto, JP (35.02, 135.75)`."""
    kind, value = correction
    return f"{kind}: {_understood(value, geocoder)}"


def _understood(value: dict[str, Any] | None, geocoder: Geocoder) -> str:
    match value:
        case None:
            return "taken back"
        case {"at": at}:
            return str(datetime.fromisoformat(at))
        case {"shift_seconds": seconds}:
            return f"moved by {'-' if seconds < 0 else '+'}{timedelta(seconds=abs(seconds))}"
        case {"lat": lat, "lon": lon}:
            (place,) = geocoder.places([(lat, lon)])
            names = filter(None, (place.city, place.admin1, place.country_code))
            return f"{', '.join(names) or 'far from any land'} ({lat:.2f}, {lon:.2f})"
    return str(value.get("zone") or value["offset"])
