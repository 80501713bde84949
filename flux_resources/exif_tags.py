"""The EXIF door: tags of a photograph through `exifread`, and the values in them.

Values that make no sense (zero denominators, impossible dates) come back as None.
"""

import logging
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import exifread

Tags = dict[str, Any]


class ExifUnreadable(ValueError):
    """The file's EXIF block cannot be parsed."""


def read_tags(path: Path) -> Tags:
    """All EXIF tags by exifread's names (`Image Make`, `EXIF FNumber`, `GPS GPSLatitude`).

    Maker notes and embedded thumbnails are not read.

    Raises:
        OSError: the file cannot be opened.
        ExifUnreadable: the reader gave up; a file without EXIF gives an empty mapping instead.
    """
    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    with path.open("rb") as file:
        try:
            return dict(exifread.process_file(file, details=False, extract_thumbnail=False))
        except OSError:
            raise
        except Exception as error:  # the reader raises whatever broken bytes provoke
            raise ExifUnreadable(f"{type(error).__name__}: {error}") from error


def text(tags: Tags, name: str) -> str | None:
    """A tag as text without padding; None where absent or blank."""
    tag = tags.get(name)
    if tag is None:
        return None
    values = tag.values
    plain = values if isinstance(values, str) else str(tag.printable)
    return plain.replace("\x00", " ").strip() or None


def numbers(tags: Tags, name: str) -> list[float] | None:
    """A numeric tag's values; None where absent, empty or not finite."""
    tag = tags.get(name)
    if tag is None or isinstance(tag.values, str | bytes):
        return None
    try:
        values = [float(value) for value in tag.values]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return values if values and all(map(math.isfinite, values)) else None


def number(tags: Tags, name: str) -> float | None:
    """The first value of a numeric tag."""
    values = numbers(tags, name)
    return values[0] if values else None


def camera_time(tags: Tags, *names: str) -> datetime | None:
    """The first readable time among date tags, to the millisecond, in the camera's local time."""
    for name in names:
        moment = parse_time(text(tags, name))
        if moment is None:
            continue
        if moment.microsecond == 0:
            moment += _subsecond(text(tags, name.replace("DateTime", "SubSecTime")))
        return moment
    return None


def parse_time(value: str | None) -> datetime | None:
    """`2022:01:15 13:22:44`, with `-` or `/` for `:` and fractions allowed, else None."""
    if value is None:
        return None
    day, _, clock = value.strip().replace("T", " ").partition(" ")
    day = day.replace("/", ":").replace("-", ":")
    for pattern in ("%Y:%m:%d %H:%M:%S", "%Y:%m:%d %H:%M:%S.%f", "%Y:%m:%d %H:%M"):
        try:
            return datetime.strptime(f"{day} {clock.strip()}", pattern)  # noqa: DTZ007 local time
        except ValueError:
            continue
    return None


def _subsecond(digits: str | None) -> timedelta:
    """SubSecTime holds the decimals of the second: `45` is 0.45 s."""
    if digits is None or not digits.isascii() or not digits.isdigit():
        return timedelta(0)
    return timedelta(milliseconds=int(float(f"0.{digits}") * 1000))
