"""What a person said of a photograph's time and zone, out of the decisions' JSON.

A time is `{"at": "2022-01-15T13:22:44"}` (local) or `{"shift_seconds": -3600}` (added to what the
camera wrote); a zone is `{"zone": "Asia/Tokyo"}` or `{"offset": "+09:00"}`.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl

from flux_assets.metadata.time_zones import zone_of

DECISION_COLUMNS = {
    "said_at": pl.Datetime("ms"),
    "said_shift_s": pl.Int64(),
    "said_zone": pl.String(),
    "error": pl.String(),
}
_LONGEST_S = 200 * 366 * 86_400
_REMEDY = "say it again with `flux set`"

Time = tuple[datetime | None, int | None]


def time_decisions(inputs: pl.DataFrame) -> pl.DataFrame:
    """`DECISION_COLUMNS` for `time` and `zone` (JSON or null), a row for each.

    What cannot be understood is passed over, and named in `error`.
    """
    rows = [_row(time, zone) for time, zone in inputs.select("time", "zone").iter_rows()]
    return pl.DataFrame(rows, schema=DECISION_COLUMNS, orient="row")


@cache
def _row(time: str | None, zone: str | None) -> tuple[object, ...]:
    errors = []
    said: Time = (None, None)
    name = None
    try:
        said = _time(_value(time))
    except (ValueError, TypeError, OverflowError):
        errors.append(f"capture_times: the time {time} is not understood; {_REMEDY}")
    try:
        name = _zone(_value(zone))
    except (ValueError, TypeError):
        errors.append(f"capture_times: the zone {zone} is not understood; {_REMEDY}")
    return (*said, name, "; ".join(errors) or None)


def _value(text: str | None) -> dict[str, Any] | None:
    value = None if text is None else json.loads(text)
    if value is not None and (not isinstance(value, dict) or len(value) != 1):
        raise TypeError
    return value


def _time(value: dict[str, Any] | None) -> Time:
    if value is None:
        return None, None
    if "at" in value:
        at = datetime.fromisoformat(value["at"])
        if at.tzinfo is not None:
            raise ValueError
        return at, None
    shift = int(value.get("shift_seconds", "none"))
    if abs(shift) > _LONGEST_S:
        raise ValueError
    return None, shift


def _zone(value: dict[str, Any] | None) -> str | None:
    if value is None:
        return None
    name = value["zone"] if "zone" in value else value.get("offset")
    if not isinstance(name, str) or zone_of(name) is None:
        raise ValueError
    return name
