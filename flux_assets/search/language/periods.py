"""Time as people name it: `2022`, `the 2010s`, `March 2022`, `5 May 2022`, `yesterday`."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from flux_assets.search.language.months import month_name, month_numbers, month_start
from flux_assets.search.language.period import Period, one_day, one_month, years
from flux_assets.search.language.relative_periods import ago, counted, near_day, this_or_last
from flux_assets.search.language.sentence import Sentence

_YEAR = re.compile(r"(?:19|20)\d\d")
DECADE = re.compile(r"((?:18[1-9]|19[1-9]|20\d)0)s")  # `the 1900s` are a century
_ISO = re.compile(r"((?:19|20)\d\d)[-/](\d{1,2})(?:[-/](\d{1,2}))?")
_SPAN = re.compile(r"((?:19|20)\d\d)[-–—/](\d\d|\d{4})")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
# Months that are also verbs or names.
_AMBIGUOUS = ("april", "august", "june", "march", "may")
_A_LEAP_YEAR = 2000


class _Day(NamedTuple):
    """A day as it is written, up to `end`; there may be no such day."""

    end: int
    year: int | None
    month: int
    day: int


def period_at(sentence: Sentence, position: int) -> Period | None:
    """The longest period that stands at a position."""
    periods = [period for read in _READERS if (period := _safely(read, sentence, position))]
    return max(periods, key=lambda period: period.end, default=None)


def impossible_day(sentence: Sentence, position: int) -> int:
    """The position behind a day or month of no calendar (`2023-02-30`, `31 April`), else 0."""
    found = _ISO.fullmatch(sentence.key(position))
    if found:
        year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
        return 0 if 1 <= month <= 12 and _exists(year, month, day) else position + 1
    named = _written_day(sentence, position)
    if named is None or (named.year is None and named.day > 31):  # `in April 40 people`
        return 0
    return 0 if _exists(named.year or _A_LEAP_YEAR, named.month, named.day) else named.end


def _safely(read: "_PeriodReader", sentence: Sentence, position: int) -> Period | None:
    try:
        return read(sentence, position)
    except (ValueError, OverflowError):  # the thirty-first of February, a million years ago
        return None


def _iso(sentence: Sentence, position: int) -> Period | None:
    """`2022-01-15`, and `2022-03`, which is a month."""
    found = _ISO.fullmatch(sentence.key(position))
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2]), found[3]
    if day:
        return one_day(position + 1, date(year, month, int(day)))
    date(year, month, 1)
    return one_month(position + 1, year, month)


def _span(sentence: Sentence, position: int) -> Period | None:
    """`2022-2024`; of two digits behind the dash `2022-12` is a month, `2021-22` two years."""
    found = _SPAN.fullmatch(sentence.key(position))
    if found is None:
        return None
    first, last = int(found[1]), int(found[1][: 4 - len(found[2])] + found[2])
    if last <= first or (len(found[2]) == 2 and int(found[2]) <= 12):
        return None
    return years(position + 1, first, last)


def _year(sentence: Sentence, position: int) -> Period | None:
    """A year; without a preposition only one of the archive."""
    start = sentence.skip(position, "the year", "year")
    if not _YEAR.fullmatch(sentence.key(start)):
        return None
    year = int(sentence.key(start))
    first, last = sentence.vocabulary.years or (year + 1, 0)
    plain = start > position or first <= year <= last
    return years(start + 1, year, year)._replace(plain=plain)


def _decade(sentence: Sentence, position: int) -> Period | None:
    """`the 2010s`; only one of the archive without a preposition, and in `cars from the 1950s`."""
    start = sentence.skip(position, "the")
    found = DECADE.fullmatch(sentence.key(start))
    if found is None or sentence.key(start - 1) in ("early", "mid", "late"):
        return None
    decade = int(found[1])
    first, last = sentence.vocabulary.years or (decade + 10, 0)
    known = first < decade + 10 and decade <= last
    if not known and sentence.key(position - 1) == "from":
        return None
    plain = known and sentence.ends(start + 1)
    period = years(start + 1, decade, decade + 9)
    return period._replace(label=f"{decade}s", plain=plain)


def _month(sentence: Sentence, position: int) -> Period | None:
    """`March 2022`, `March of 2022`, `last March`, `March`."""
    last = sentence.key(position) in ("last", "this")
    start = position + last
    month = month_numbers().get(sentence.key(start))
    if month is None:
        return None
    today = sentence.vocabulary.today
    if last:
        open_month = sentence.key(position) == "last" and month == today.month
        return one_month(start + 1, today.year - (month > today.month or open_month), month)
    year_at = sentence.skip(start + 1, "of")
    if _YEAR.fullmatch(sentence.key(year_at)):
        return one_month(year_at + 1, int(sentence.key(year_at)), month)
    name = month_name(month)
    short = sentence.key(start) != name.casefold()
    plain = not short and sentence.key(start) not in _AMBIGUOUS
    plain = plain or sentence.named(start, start + 1)
    return Period(start + 1, name, None, None, month, plain)


def _day_of_month(sentence: Sentence, position: int) -> Period | None:
    """`5 May 2022`, `5th of May`, `May 5, 2022`, `May 5th`; without a year the latest one."""
    named = _written_day(sentence, position)
    if named is None:
        return None
    end, year, month, number = named
    if year is not None:
        return one_day(end, date(year, month, number))
    today = sentence.vocabulary.today
    recent = (today.year - n for n in range(9))  # the 29th of February comes seldom
    dates = (date(y, month, number) for y in recent if _exists(y, month, number))
    latest = next((day for day in dates if day <= today), None)
    return one_day(end, latest) if latest else None


def _written_day(sentence: Sentence, position: int) -> _Day | None:
    position = sentence.skip(position, "the")
    if month := month_numbers().get(sentence.key(position)):
        day, month_at, end = _DAY.fullmatch(sentence.key(position + 1)), position, position + 2
    else:
        day = _DAY.fullmatch(sentence.key(position))
        month_at = sentence.skip(position + 1, "of")
        month, end = month_numbers().get(sentence.key(month_at), 0), month_at + 1
    if day is None or not month:
        return None
    year_at = sentence.skip(end, "of")
    if _YEAR.fullmatch(sentence.key(year_at)):
        return _Day(year_at + 1, int(sentence.key(year_at)), month, int(day[1]))
    if (
        not sentence.tokens[month_at].text[0].isupper()
        and month_name(month).casefold() in _AMBIGUOUS
    ):
        return None
    return _Day(end, None, month, int(day[1]))


def _exists(year: int, month: int, day: int) -> bool:
    first, following = month_start(year, month), month_start(year, month + 1)
    return day >= 1 and first + timedelta(days=day) <= following


_PeriodReader = Callable[[Sentence, int], Period | None]
_READERS: tuple[_PeriodReader, ...] = (
    *(_iso, _span, _year, _decade, _day_of_month, _month),
    *(near_day, this_or_last, counted, ago),
)
