"""Seasons: "winter 2022", "last summer", "in spring". Meteorological, of three whole months.

North of the equator, winter 2022 begins in December 2021. South of it seasons are half a year
apart: winter 2022 is June to August 2022, and summer 2022 begins in December 2021. The place that
a question speaks of decides; without one, it is where each photograph was made.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from flux_assets.search.language.months import month_name, month_start
from flux_assets.search.language.plan import Facts, Interval, Plan, Reading
from flux_assets.search.language.sentence import Kind, Match, Sentence

SEASONS = ("winter", "spring", "summer", "autumn")
_NAMES = {name: name for name in SEASONS} | {"fall": "autumn"}
_NAMES |= {f"{said}s": name for said, name in _NAMES.items()}
_PREPOSITIONS = ("in", "in the", "during", "during the", "from", "from the", "of", "of the", "the")
_YEARS = re.compile(r"((?:19|20)\d\d)(?:[-/–](\d\d(?:\d\d)?))?")


def season_named(name: str) -> str | None:
    """One of `SEASONS`; `fall` is autumn."""
    return _NAMES.get(name.casefold())


def first_month(season: str, *, south: bool) -> int:
    """Month in which a season begins, 1-12.

    >>> first_month("winter", south=False), first_month("winter", south=True)
    (12, 6)
    """
    return (SEASONS.index(season) * 3 + (5 if south else 11)) % 12 + 1


def season_bounds(season: str, year: int, *, south: bool) -> tuple[datetime, datetime]:
    """The season that ends in `year`: its beginning, and that of the next one, local time."""
    month = first_month(season, south=south)
    first = year - (month == 12)
    return month_start(first, month), month_start(first, month + 3)


def season_interval(season: str, year: int, south: bool | None) -> Interval:
    """A season of a year where the photograph was made; `south` says where that is, if known."""
    if south is not None:
        return Interval(*season_bounds(season, year, south=south))
    below = season_bounds(season, year, south=True)
    return Interval(*season_bounds(season, year, south=False), below)


def season_months(season: str, *, south: bool) -> tuple[int, ...]:
    """The three months of a season, 1-12."""
    first = first_month(season, south=south)
    return tuple((first + n - 1) % 12 + 1 for n in range(3))


def read_season(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """A season of a year, the last one, this one, or of any year."""
    start = sentence.skip(position, *_PREPOSITIONS)
    relative = sentence.key(start) if sentence.key(start) in ("last", "this", "past") else ""
    every = sentence.key(start) in ("every", "each")
    year = _year_at(sentence, start)
    name_at = start + 1 if relative or every or year else start
    season = _NAMES.get(sentence.key(name_at))
    if season is None:
        return _another_year(sentence, position) if joined else None
    end = name_at + 1
    if relative:
        return _relative(sentence, end, season, this=relative == "this")
    behind = _year_at(sentence, sentence.skip(end, "of"))
    if behind and not year:
        year, end = behind, sentence.skip(end, "of") + 1
    if year:
        interval = season_interval(season, year, sentence.south)
        return _dated(end, f"{season} {year}", interval)
    led = joined or every or (start > position and sentence.key(start - 1) != "of")
    article_alone = not joined and sentence.key(position) == "the" and position + 1 == start
    open_end = sentence.key(end) == "of" or not sentence.ends(end)
    if not led or article_alone or (open_end and not every):
        return None
    meaning = f"in {season}: {_months_of(season, bool(sentence.south))}"
    if sentence.south is None:
        meaning += f", south of the equator {_months_of(season, True)}"
    return Match(end, meaning, Facts(seasons=(season,)), Kind.TIME)


def _another_year(sentence: Sentence, position: int) -> Match | None:
    """`2023` behind `winter 2022 and`."""
    before = position - (2 if sentence.key(position - 1) in ("and", "or") else 1)
    name_at = before - (2 if sentence.key(before - 1) == "of" else 1)
    season, year = _NAMES.get(sentence.key(name_at)), _year_at(sentence, position)
    if season is None or year is None or not _year_at(sentence, before):
        return None
    return _dated(position + 1, f"{season} {year}", season_interval(season, year, sentence.south))


def _relative(sentence: Sentence, end: int, season: str, *, this: bool) -> Match:
    """The last season is the latest that is over, this one the latest that has begun."""
    today = sentence.vocabulary.today
    north, south = (_latest(season, today, begun=this, south=side) for side in (False, True))
    label = f"{'this' if this else 'last'} {season}"
    if sentence.south is not None:
        return _dated(end, label, Interval(*(south if sentence.south else north)))
    return _dated(end, label, Interval(*north, south))


def _latest(season: str, today: date, *, begun: bool, south: bool) -> tuple[datetime, datetime]:
    found = [season_bounds(season, today.year + n, south=south) for n in (1, 0, -1)]
    return next(b for b in found if (b[0] if begun else b[1]).date() <= today)


def _months_of(season: str, south: bool) -> str:
    first, _, last = season_months(season, south=south)
    return f"{month_name(first)} to {month_name(last)}"


def _dated(end: int, label: str, interval: Interval) -> Match:
    return Match(end, _meaning(label, interval), Facts(intervals=(interval,)), Kind.TIME)


def _meaning(label: str, interval: Interval) -> str:
    return f"{label}: {bounds(interval)}"


def bounds(interval: Interval) -> str:
    """`2021-12-01 to 2022-03-01`, with a clock where an end is not midnight."""
    text = " to ".join(moment(at) for at in interval[:2])
    if interval.south:
        text += f", south of the equator {' to '.join(moment(at) for at in interval.south)}"
    return text


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d}" if at.time() == datetime.min.time() else f"{at:%Y-%m-%d %H:%M}"


def dated_seasons(plan: Plan, south: bool | None) -> Plan:
    """Seasons of no year together with whole years are the seasons of these years."""
    asked = plan.only
    years = sorted({year for interval in asked.intervals for year in whole_years(interval)})
    if not asked.seasons or not years or asked.months:
        return plan
    rest = tuple(interval for interval in asked.intervals if not whole_years(interval))
    explained = []
    for reading in plan.explained:
        pairs = [(season, year) for season in reading.facts.seasons for year in years]
        dated = [season_interval(season, year, south) for season, year in pairs]
        rest += tuple(dated)
        meanings = [_meaning(f"{s} {y}", i) for (s, y), i in zip(pairs, dated, strict=True)]
        combined = dated or any(map(whole_years, reading.facts.intervals))
        facts = Facts(intervals=tuple(dated))
        explained.append(
            Reading(reading.words, ", ".join(meanings), facts) if combined else reading
        )
    only = replace(asked, seasons=(), intervals=tuple(dict.fromkeys(rest)))
    return replace(plan, only=only, explained=tuple(explained))


def whole_years(interval: Interval) -> Iterable[int]:
    new_year = all(at == month_start(at.year, 1) for at in interval[:2])
    return range(interval.start.year, interval.end.year) if new_year else ()


def _year_at(sentence: Sentence, position: int) -> int | None:
    """The year a winter ends in: of `2022`, `2021/22` and `2021-2022`."""
    found = _YEARS.fullmatch(sentence.key(position))
    if found is None:
        return None
    first, second = found[1], found[2]
    if second is None:
        return int(first)
    last = int(first[: 4 - len(second)] + second)
    return last if last == int(first) + 1 else None
