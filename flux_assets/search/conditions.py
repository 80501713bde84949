"""What a plan demands of photographs, as SQL over `photos`.

A photograph of which a fact is not known does not meet a condition on it, and is not shut out by
one that denies it. Case of names does not matter.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, NamedTuple

from flux_assets.search.language.plan import Area, Facts, Hours, Interval, Place, Plan
from flux_assets.search.language.seasons import season_months

_EARTH_RADIUS_M = 6_371_008.8
# A photograph without a position is where most of its country is, else north.
_SOUTH = (
    "coalesce(lat < 0, location_country IN (SELECT location_country FROM photos"
    " GROUP BY 1 HAVING avg(lat) < 0), false)"
)


class Condition(NamedTuple):
    """SQL that is true, false or null for a photograph, and its parameters."""

    sql: str
    values: list[object]


def passing(plan: Plan) -> Condition:
    """What `plan` demands of a photograph; `true` when nothing is asked."""
    demands = [meets(plan.only)]
    if plan.since:
        demands.append(Condition("captured_at >= ?", [plan.since]))
    if plan.before:
        demands.append(Condition("captured_at < ?", [plan.before]))
    if plan.keeper is not None:
        demands.append(is_keeper(plan.keeper))
    return every([*demands, *map(_denied, _fields(plan.never))])


def meets(facts: Facts) -> Condition:
    """All of its tags, and one entry at least of each other field that has any."""
    tags = [_tag(tag) for tag in facts.tags]
    return every([*_fields(replace(facts, tags=())), *tags])


def merit(facts: Facts) -> Condition:
    """Which share of the fields a photograph meets, 0.0 to 1.0, to boost it by."""
    wishes = list(_fields(facts))
    if not wishes:
        return Condition("0.0", [])
    met = " + ".join(f"coalesce({wish.sql}, false)::INT" for wish in wishes)
    return Condition(f"(({met}) / {len(wishes)})", [v for wish in wishes for v in wish.values])


def is_keeper(keeper: bool) -> Condition:
    """A keeper, or one that is known to be none."""
    return Condition("(keeper = 1) = ?", [keeper])


def every(conditions: Iterable[Condition]) -> Condition:
    """All of some conditions; `true` for none."""
    demands = [condition for condition in conditions if condition.sql != "true"]
    return _joined(demands, " AND ") if demands else Condition("true", [])


def _fields(facts: Facts) -> Iterator[Condition]:
    """One condition for each field that says something; months and seasons are one."""
    times = [_month(month) for month in facts.months]
    times += [_season(season) for season in facts.seasons]
    if times:
        yield _either(times)
    for field in fields(facts):
        read = _ENTRIES.get(field.name)
        if read and (entries := [read(entry) for entry in getattr(facts, field.name)]):
            yield _either(entries)


def _denied(condition: Condition) -> Condition:
    return Condition(f"NOT coalesce({condition.sql}, false)", condition.values)


def _either(conditions: list[Condition]) -> Condition:
    return _joined(conditions, " OR ")


def _joined(conditions: list[Condition], word: str) -> Condition:
    values = [value for condition in conditions for value in condition.values]
    return Condition(f"({word.join(condition.sql for condition in conditions)})", values)


def _interval(interval: Interval) -> Condition:
    north = _between(interval.start, interval.end)
    if interval.south is None:
        return north
    south = _between(*interval.south)
    sql = f"CASE WHEN {_SOUTH} THEN {south.sql} ELSE {north.sql} END"
    # Most photographs lie in neither, which is quicker to tell than where they were made.
    return every([_either([north, south]), Condition(sql, south.values + north.values)])


def _between(start: datetime, end: datetime) -> Condition:
    return Condition("(captured_at >= ? AND captured_at < ?)", [start, end])


def _month(month: int) -> Condition:
    return Condition("month(captured_at) = ?", [month])


def _season(season: str) -> Condition:
    south, north = (
        f"month(captured_at) IN {season_months(season, south=south)}" for south in (True, False)
    )
    return Condition(
        f"(({north} OR {south}) AND CASE WHEN {_SOUTH} THEN {south} ELSE {north} END)", []
    )


def _weekday(weekday: int) -> Condition:
    return Condition("isodow(captured_at) = ?", [weekday])


def _hours(hours: Hours) -> Condition:
    word = "AND" if hours.start < hours.end else "OR"
    sql = f"(captured_at::TIME >= ? {word} captured_at::TIME < ?)"
    return Condition(sql, [hours.start, hours.end])


def _place(place: Place) -> Condition:
    named = {"location_city": place.city, "location_country": place.country}
    return every(_is(column, name) for column, name in named.items() if name)


def _camera(camera: str) -> Condition:
    """A model, a make, or both."""
    named = [_is("camera_model", camera), _is("camera_make", camera)]
    words = camera.split()
    for n in range(1, len(words)):
        make, model = " ".join(words[:n]), " ".join(words[n:])
        named.append(every([_is("camera_make", make), _is("camera_model", model)]))
    return _either(named)


def _tag(tag: str) -> Condition:
    """`tags` is a JSON list, in which a quotation mark within a tag is escaped."""
    return Condition("contains(lower(tags), lower(?))", [json.dumps(tag, ensure_ascii=False)])


def _is(column: str, value: str) -> Condition:
    return Condition(f"lower({column}) = lower(?)", [value])


def _area(area: Area) -> Condition:
    """Within the box about a circle, which is quick to tell, and by haversine within it."""
    angle = min(area.radius_m / _EARTH_RADIUS_M, math.pi)
    reach = math.degrees(angle)
    box = Condition("lat BETWEEN ? AND ?", [area.lat - reach, area.lat + reach])
    chord = (
        "pow(sin(radians(lat - ?) / 2), 2)"
        " + cos(radians(?)) * cos(radians(lat)) * pow(sin(radians(lon - ?) / 2), 2)"
    )
    away = Condition(f"{chord} <= ?", [area.lat, area.lat, area.lon, math.sin(angle / 2) ** 2])
    return every([box, _longitudes(area, angle), away])


def _longitudes(area: Area, angle: float) -> Condition:
    """Degrees east that a circle reaches; all of them where it holds a pole."""
    cosine = math.cos(math.radians(area.lat))
    if abs(math.radians(area.lat)) + angle >= math.pi / 2:
        return Condition("true", [])
    reach = math.degrees(math.asin(math.sin(angle) / cosine))
    west, east = area.lon - reach, area.lon + reach
    if west < -180 or east > 180:
        values: list[object] = [(west + 180) % 360 - 180, (east + 180) % 360 - 180]
        return Condition("(lon >= ? OR lon <= ?)", values)
    return Condition("lon BETWEEN ? AND ?", [west, east])


_ENTRIES: Mapping[str, Callable[[Any], Condition]] = {
    "intervals": _interval,
    "weekdays": _weekday,
    "hours": _hours,
    "places": _place,
    "areas": _area,
    "weather": lambda word: _is("weather", word),
    "tags": _tag,
    "cameras": _camera,
}
