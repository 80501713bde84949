"""Position, altitude and time by satellite, out of GPS tags."""

from datetime import UTC, datetime, timedelta

from flux_assets.metadata.sane import Sane
from flux_resources.exif.values import number, numbers, parse_time, text

_FIRST_GPS = datetime(1980, 1, 6)  # noqa: DTZ001 UTC, as all times here
_LONGEST_DAY_S = 86_401
_LOWEST_M, _HIGHEST_M = -500, 20_000  # the Dead Sea's shore is at -430, airliners fly below 14,000


def position(sane: Sane) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees; both None unless both are sane.

    Exactly 0, 0 is what receivers write before they have a fix.
    """
    lat = _degrees(sane, "lat", "GPS GPSLatitude", negative="S", limit=90)
    lon = _degrees(sane, "lon", "GPS GPSLongitude", negative="W", limit=180)
    if lat is None or lon is None:
        for field, value in (("lat", lat), ("lon", lon)):
            if value is not None:
                sane.refuse(field, f"{value} alone is no position")
        return None, None
    if (lat, lon) == (0, 0):
        sane.refuse("lat", "exactly 0, 0 is no fix")
        sane.refuse("lon", "exactly 0, 0 is no fix")
        return None, None
    return lat, lon


def altitude(sane: Sane) -> float | None:
    """Metres above sea level, negative below."""
    below_sea = number(sane.tags, "GPS GPSAltitudeRef") == 1
    low, high = (-_HIGHEST_M, -_LOWEST_M) if below_sea else (_LOWEST_M, _HIGHEST_M)
    value = sane.number("altitude_m", "GPS GPSAltitude", low=low, high=high)
    return -value if value is not None and below_sea else value


def satellite_time(sane: Sane) -> datetime | None:
    """The UTC time of the fix, to the millisecond; None unless date and time are there and sane."""
    date, clock = sane.shown("GPS GPSDate"), sane.shown("GPS GPSTimeStamp")
    if not date or not clock:
        return None
    parts = numbers(sane.tags, "GPS GPSTimeStamp") or []
    midnight = parse_time(f"{date} 00:00:00")
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    if midnight is None or len(parts) != 3 or not 0 <= seconds < _LONGEST_DAY_S:
        sane.refuse("gps_at", f"{date} {clock} is no date")
        return None
    moment = midnight + timedelta(milliseconds=int(seconds * 1000))
    doubt = "lies before GPS" if moment < _FIRST_GPS else sane.doubt(moment)
    if doubt:
        sane.refuse("gps_at", f"{moment} {doubt}")
        return None
    return moment.replace(tzinfo=UTC)


def _degrees(sane: Sane, field: str, name: str, *, negative: str, limit: float) -> float | None:
    parts = numbers(sane.tags, name)
    if parts is None or len(parts) > 3:
        if shown := sane.shown(name):
            sane.refuse(field, f"{shown} is no angle")
        return None
    value = sum(part / float(60**power) for power, part in enumerate(parts))
    if not 0 <= value <= limit:
        sane.refuse(field, f"{value} is under 0" if value < 0 else f"{value} is over {limit:g}")
        return None
    sign = -1 if (text(sane.tags, f"{name}Ref") or "").upper().startswith(negative) else 1
    return sign * value
