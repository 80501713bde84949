"""Time zones of positions, and what a zone's clocks showed. Offline, through `tzfpy`.

Zones are polygons of timezone-boundary-builder, true to about 111 m at borders; at sea they are
the nautical `Etc/GMT` zones. Rules of the zones come from the system or from `tzdata`.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def time_zones(lat: Iterable[float], lon: Iterable[float]) -> list[str]:
    """IANA names of the zones of positions in degrees, about a microsecond each."""
    import tzfpy

    return [tzfpy.get_tz(x, y) for y, x in zip(lat, lon, strict=True)]


def utc_offset_minutes(zone: str, local: datetime) -> int:
    """Minutes that clocks in `zone` are ahead of UTC at a local time without a zone.

    An hour that clocks show twice is taken as its first, in summer time. In one that they
    jump over, the offset from before the jump holds. Offsets with seconds, of the 19th century,
    are rounded.

    >>> utc_offset_minutes("Europe/Rome", datetime(2022, 10, 30, 2, 30))
    120
    >>> utc_offset_minutes("Europe/Rome", datetime(2022, 3, 27, 2, 30))
    60

    Raises:
        ValueError: there is no such zone.
    """
    try:
        offset = ZoneInfo(zone).utcoffset(local.replace(tzinfo=None, fold=0))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{zone!r} is no time zone; write it as Europe/Rome") from error
    if offset is None:  # pragma: no cover - only for zones without rules
        raise ValueError(f"{zone} has no offset at {local}")
    return round(offset.total_seconds() / 60)
