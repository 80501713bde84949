"""Local time and UTC: offsets in minutes east of Greenwich, for many photographs at once.

Zones are IANA names, or fixed offsets as `+09:00`; the rules are `zoneinfo`'s. All times are
naive; an instant is UTC. Where a clock was put back and an hour came twice, the first is meant,
unless a time by satellite says the second. A time that a clock put forward jumped over counts as
if it had not been put forward yet.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

_FIXED = re.compile(r"([+-])(\d\d):(\d\d)")
_WEST, _EAST = -12 * 60, 14 * 60  # minutes, of Baker Island and Kiribati
_HERE = "here"
_STEP = 15  # minutes; offsets are multiples of it, and change on one


@cache
def zone_of(name: str) -> tzinfo | None:
    """The zone of a name or fixed offset; None where there is no such zone on Earth."""
    if fixed := _FIXED.fullmatch(name):
        minutes = int(f"{fixed[1]}1") * (int(fixed[2]) * 60 + int(fixed[3]))
        return timezone(timedelta(minutes=minutes)) if _on_earth(minutes) else None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _on_earth(minutes: int) -> bool:
    return _WEST <= minutes <= _EAST and minutes % _STEP == 0


def fixed_zone(written: pl.Series) -> pl.Series:
    """`+09:00`, `+0900` and `Z` as names of fixed zones; null where no place on Earth has such."""
    name = written.str.strip_chars().str.replace(r"^Z$", "+00:00")
    return known_zone(name.str.replace(r"^([+-]\d\d):?(\d\d)$", "${1}:${2}"))


def known_zone(names: pl.Series) -> pl.Series:
    """The names, null where there is no such zone."""
    known = [name for name in names.drop_nulls().unique() if zone_of(name)]
    return names.set(~names.is_in(known).fill_null(False), None)


def local_times(instants: pl.Series, zones: pl.Series) -> pl.Series:
    """Instants in local time. A null zone is this computer's."""
    offsets = _looked_up(
        instants,
        zones.fill_null(_HERE),
        lambda at, zone: at.replace(tzinfo=UTC).astimezone(zone).utcoffset(),
    )
    frame = pl.DataFrame({"at": instants, "offset": offsets.fill_null(0)})  # the year 9999
    return frame.select(pl.col("at") + pl.duration(minutes="offset")).to_series()


def offsets_of(local: pl.Series, zones: pl.Series, instants: pl.Series) -> pl.Series:
    """Minutes from UTC to each local time, Int32; null where the zone is null.

    `instants` are the times by satellite, null where there is none.
    """
    first = _looked_up(local, zones, lambda at, zone: at.replace(tzinfo=zone).utcoffset())
    second = _looked_up(local, zones, lambda at, zone: at.replace(tzinfo=zone, fold=1).utcoffset())
    frame = pl.DataFrame({"at": local, "first": first, "second": second, "instant": instants})
    distance = {
        name: (pl.col("at") - pl.duration(minutes=name) - pl.col("instant")).abs()
        for name in ("first", "second")
    }
    came_twice = pl.col("first") > pl.col("second")
    nearer = pl.when(came_twice & (distance["second"] < distance["first"])).then("second")
    return frame.select(nearer.otherwise("first").alias("offset"))["offset"]


def _looked_up(
    times: pl.Series,
    zones: pl.Series,
    offset: Callable[[datetime, tzinfo | None], timedelta | None],
) -> pl.Series:
    """Each quarter of an hour is asked for once."""
    keys = pl.DataFrame({"at": times.dt.truncate(f"{_STEP}m"), "zone": zones})
    asked = keys.drop_nulls().unique()

    def minutes(at: datetime, name: str) -> int | None:
        zone = zone_of(name)
        try:
            found = offset(at, zone) if zone or name == _HERE else None
        except OverflowError:  # the year 9999
            return None
        return None if found is None else round(found.total_seconds() / 60)

    values = [minutes(at, name) for at, name in asked.iter_rows()]
    found = asked.with_columns(pl.Series("offset", values, pl.Int32))
    return keys.join(found, on=["at", "zone"], how="left", maintain_order="left")["offset"]
