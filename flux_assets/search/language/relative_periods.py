"""Periods counted from today: `yesterday`, `last week`, `the last three months`, `2 years ago`."""

from datetime import date, datetime, timedelta

from flux_assets.search.language.months import month_start
from flux_assets.search.language.period import Period, midnight, month_bounds, one_day, years
from flux_assets.search.language.sentence import Sentence
from flux_assets.search.language.spoken_numbers import number_at

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_EVENING = timedelta(hours=-4)  # last night: from 20:00 to 06:00
_NIGHT = timedelta(hours=10)


def near_day(sentence: Sentence, position: int) -> Period | None:
    """`today`, `yesterday`, `last night`; of `this morning` the day."""
    today, word = sentence.vocabulary.today, sentence.key(position)
    if word in ("today", "yesterday"):
        return one_day(position + 1, today - timedelta(days=word == "yesterday"), word)
    if sentence.phrase(position, "last night"):
        evening = midnight(today) + _EVENING
        return Period(position + 2, "last night", evening, evening + _NIGHT)
    if sentence.phrase(position, "this morning", "this afternoon", "this evening"):
        return one_day(position + 1, today, "today")
    return None


def this_or_last(sentence: Sentence, position: int) -> Period | None:
    """`this week`, `last month`, `last year`: of the calendar."""
    start = sentence.skip(position, "the")
    said, unit, today = sentence.key(start), sentence.key(start + 1), sentence.vocabulary.today
    if said not in ("this", "last", "past") or unit not in ("week", "month", "year"):
        return None
    back = said != "this"
    period = _around(start + 2, today, unit, -back)
    return period._replace(label=f"{said} {unit}")


def counted(sentence: Sentence, position: int) -> Period | None:
    """`the last three months`, up to today."""
    start = sentence.skip(position, "the")
    number = number_at(sentence, start + 1) if sentence.key(start) in ("last", "past") else None
    begins = number and _back(sentence, *number)
    if number is None or begins is None:
        return None
    unit = number[0]
    label = sentence.spoken(start, unit + 1)
    tomorrow = midnight(sentence.vocabulary.today) + timedelta(days=1)
    return Period(unit + 1, label, begins, tomorrow)


def ago(sentence: Sentence, position: int) -> Period | None:
    """`two years ago` is that year, `three months ago` that month, `ten days ago` that day."""
    number = number_at(sentence, position)
    if number is None or sentence.key(number[0] + 1) != "ago":
        return None
    unit, at = number[0], _back(sentence, *number)
    if at is None:
        return None
    label = sentence.spoken(position, unit + 2)
    found = _around(unit + 2, at.date(), sentence.key(unit).removesuffix("s"), 0)
    return found._replace(label=label)


def _around(end: int, day: date, unit: str, offset: int) -> Period:
    """The day, week, month or year of a day, or one as far from it as `offset` says."""
    if unit == "year":
        return years(end, day.year + offset, day.year + offset)
    if unit == "month":
        return Period(end, "", *month_bounds(day.year, day.month + offset))
    if unit == "week":
        monday = midnight(day) + timedelta(days=7 * offset - day.weekday())
        return Period(end, "", monday, monday + timedelta(days=7))
    return one_day(end, day + timedelta(days=offset))


def _back(sentence: Sentence, unit_at: int, number: float) -> datetime | None:
    """Midnight so many units before today."""
    today, unit = sentence.vocabulary.today, sentence.key(unit_at).removesuffix("s")
    if not number.is_integer():
        return None
    if unit in _DAYS:
        return midnight(today) - timedelta(days=int(number) * _DAYS[unit])
    if unit in _MONTHS:
        first = month_start(today.year, today.month - int(number) * _MONTHS[unit])
        last = month_start(first.year, first.month + 1) - timedelta(days=1)
        return min(last, first + timedelta(days=today.day - 1))
    return None
