"""Values in tags: text, numbers and times.

What is no text, number or time comes back as None; whether a value makes sense is for others to
judge.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from flux_resources.exif.parse import Tag

# Cameras also write `-`, `/` or `.` in dates, blanks for leading zeros, fractions and zones.
_TIME = re.compile(
    r"\s*(\d{4})[:/.-]\s?(\d{1,2})[:/.-]\s?(\d{1,2})[ T]\s*"
    r"(\d{1,2}):\s?(\d{1,2})(?::\s?(\d{1,2})(\.\d*)?)?\s*(?:Z|[+-]\d\d:?\d\d)?\s*",
    re.ASCII,
)


def text(tags: Mapping[str, Tag], name: str) -> str | None:
    """A tag as text without padding and control characters; None where absent or blank.

    Of several texts it is the first.
    """
    tag = tags.get(name)
    if tag is None:
        return None
    values = tag.values
    if isinstance(values, bytes):  # exifread found it to be no UTF-8
        values = values.decode("latin-1")
    elif isinstance(values, list) and (not values or isinstance(values[0], str)):
        values = values[0] if values else ""
    plain = values if isinstance(values, str) else str(tag.printable)
    return "".join(c if c.isprintable() else " " for c in plain).strip() or None


def numbers(tags: Mapping[str, Tag], name: str) -> list[float] | None:
    """A numeric tag's values; None where absent, empty or not finite."""
    tag = tags.get(name)
    if tag is None or isinstance(tag.values, str | bytes):
        return None
    try:
        values = [float(v[0] if isinstance(v, tuple) else v) for v in tag.values]
    except (TypeError, ValueError, IndexError, ZeroDivisionError, OverflowError):
        return None
    return values if values and all(map(math.isfinite, values)) else None


def number(tags: Mapping[str, Tag], name: str) -> float | None:
    """The first value of a numeric tag."""
    values = numbers(tags, name)
    return values[0] if values else None


def camera_time(tags: Mapping[str, Tag], *names: str) -> datetime | None:
    """The first readable time among date tags, to the millisecond, in the camera's local time."""
    for name in names:
        moment = parse_time(text(tags, name))
        if moment is None:
            continue
        if moment.microsecond == 0:
            moment += _subsecond(tags, name.partition(" ")[2].replace("DateTime", "SubSecTime"))
        return moment
    return None


def parse_time(value: str | None) -> datetime | None:
    """`2022:01:15 13:22:44`, with `-`, `/` or `.` for `:` and fractions allowed, else None.

    A zone behind it is passed over: the time stays the camera's local one.
    """
    found = _TIME.fullmatch(value or "")
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction = found.groups()
    microsecond = int((fraction or ".")[1:7].ljust(6, "0"))
    try:
        return datetime(  # noqa: DTZ001 local time
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), microsecond
        )
    except ValueError:
        return None


def _subsecond(tags: Mapping[str, Tag], name: str) -> timedelta:
    """SubSecTime holds the decimals of the second: `45` is 0.45 s."""
    digits = text(tags, f"EXIF {name}") or text(tags, f"Image {name}")
    if digits is None or not digits.isascii() or not digits.isdigit():
        return timedelta(0)
    return timedelta(milliseconds=int(digits[:3].ljust(3, "0")))
