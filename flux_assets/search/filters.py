"""Which photographs a search may return, by keyword: `year=2022, city="Rome"`."""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypedDict

from flux_assets.search.conditions import Condition, every, is_keeper, meets
from flux_assets.search.language.months import month_numbers, month_start
from flux_assets.search.language.period import day_bounds
from flux_assets.search.language.plan import Area, Facts, Interval, Place
from flux_assets.search.language.seasons import season_interval, season_named
from flux_assets.search.language.times_of_day import weekdays_named
from flux_assets.search.language.vocabulary import Vocabulary
from flux_resources.errors import FluxError

BLOCK_M = 120.0  # as in settings, where a caller has none


class BadFilter(FluxError):
    """A filter that no photograph could mean; the message says what is possible."""


class Boost(tuple[str, ...]):
    """Words that count in a photograph's favour instead of being required: `Boost("fog")`."""

    def __new__(cls, *words: str) -> "Boost":
        return super().__new__(cls, words)


class Filters(TypedDict, total=False):
    """All given filters must hold; of several values of one filter one must. None asks nothing.

    `season` is one of `winter, spring, summer, autumn`, where the photograph was made; together
    with `year` it is that of the year: winter 2022 begins in December 2021 in the north. `months`
    are numbers or names, `days` weekdays or dates (`sunday`, `2022-01-15`), `near` is latitude and
    longitude, `camera` a model, a make or both. Case of names does not matter.
    """

    year: int | Sequence[int] | None
    season: str | Sequence[str] | None
    months: int | str | Sequence[int | str] | None
    days: str | date | Sequence[str | date] | None
    city: str | Sequence[str] | None
    country: str | Sequence[str] | None
    near: tuple[float, float] | None
    radius_m: float | None
    weather: str | Sequence[str] | Boost | None
    tags: str | Sequence[str] | Boost | None
    camera: str | Sequence[str] | None
    keeper: bool | None


def where(filters: Filters) -> Condition:
    """An SQL condition and its parameters; `true` when nothing is asked.

    Raises:
        BadFilter: a value is impossible.
    """
    keeper = filters.get("keeper")
    kept = [] if keeper is None else [is_keeper(keeper)]
    return every([*map(meets, _required(filters)), *kept])


def preferred(filters: Filters) -> Facts:
    """What is only to count in a photograph's favour."""
    weather, tags = filters.get("weather"), filters.get("tags")
    return Facts(
        weather=tuple(weather) if isinstance(weather, Boost) else (),
        tags=tuple(tags) if isinstance(tags, Boost) else (),
    )


def unknown_places(filters: Filters, vocabulary: Vocabulary) -> Iterator[str]:
    """Of each city and country without photographs a remark, with names that are like it."""
    cities = {city.name for city in vocabulary.cities if city.name}
    countries = {city.country for city in vocabulary.cities if city.country}
    asked = (("city", filters.get("city"), cities), ("country", filters.get("country"), countries))
    for kind, names, known in asked:
        for name in _each(names):
            if name.lower() not in map(str.lower, known):
                near = " or ".join(vocabulary.near_names(name, sorted(known)))
                yield f"the archive has no {kind} “{name}”" + (f": is it {near}?" if near else "")


def _required(filters: Filters) -> Iterator[Facts]:
    """What each filter demands."""
    yield from _time(filters)
    yield Facts(places=tuple(Place(city=name) for name in _each(filters.get("city"))))
    yield Facts(places=tuple(Place(country=name) for name in _each(filters.get("country"))))
    yield Facts(areas=tuple(_area(filters)))
    wishes = preferred(filters)
    yield Facts(
        weather=() if wishes.weather else _each(filters.get("weather")),
        tags=() if wishes.tags else _each(filters.get("tags")),
        cameras=_each(filters.get("camera")),
    )


def _time(filters: Filters) -> Iterator[Facts]:
    years = _each(filters.get("year"))
    seasons = [_season(name) for name in _each(filters.get("season"))]
    if seasons and years:
        pairs = [(season, _year(year)) for season in seasons for year in years]
        yield Facts(intervals=tuple(season_interval(*pair, south=None) for pair in pairs))
    else:
        bounds = [(month_start(_year(y), 1), month_start(_year(y) + 1, 1)) for y in years]
        yield Facts(intervals=tuple(Interval(*pair) for pair in bounds))
        yield Facts(seasons=tuple(seasons))
    yield Facts(months=tuple(_month(month) for month in _each(filters.get("months"))))
    days = _each(filters.get("days"))
    weekdays = [weekday for day in days for weekday in weekdays_named(str(day))]
    dates = [_date(day) for day in days if not weekdays_named(str(day))]
    if weekdays and dates:
        raise BadFilter("days: name weekdays or dates, not both")
    yield Facts(weekdays=tuple(weekdays), intervals=tuple(Interval(*day_bounds(d)) for d in dates))


def _area(filters: Filters) -> Iterator[Area]:
    near, radius_m = filters.get("near"), filters.get("radius_m")
    if near is None:
        if radius_m is not None:
            raise BadFilter("radius_m: say near where, as near=(39.95, -75.2)")
        return
    lat, lon = near
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise BadFilter(f"near: {lat}, {lon} are no degrees of latitude and longitude")
    radius_m = BLOCK_M if radius_m is None else radius_m
    if not (0 < radius_m < math.inf):
        raise BadFilter(f"radius_m: {radius_m} must be more than 0 metres")
    yield Area(lat, lon, radius_m)


def _season(name: str) -> str:
    season = season_named(name)
    if season is None:
        raise BadFilter(f"season: {name!r} is none; write winter, spring, summer or autumn")
    return season


def _year(year: int) -> int:
    if not 1 < year < 9999:
        raise BadFilter(f"year: {year} is none")
    return year


def _month(month: int | str) -> int:
    found = month_numbers().get(month.casefold(), 0) if isinstance(month, str) else month
    if not 1 <= found <= 12:
        raise BadFilter(f"months: {month!r} is none; write 1 to 12 or a name")
    return found


def _date(day: str | date) -> date:
    try:
        return day if isinstance(day, date) else date.fromisoformat(day)
    except ValueError as error:
        raise BadFilter(f"days: {day!r} is none; write sunday or 2022-01-15") from error


def _each(value: Any) -> tuple[Any, ...]:
    """One value or several; a text is one."""
    if value is None:
        return ()
    several = isinstance(value, Sequence) and not isinstance(value, str)
    return tuple(value) if several else (value,)
