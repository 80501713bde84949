"""Days, months and years as people name them: `2022`, `March 2022`, `5 May 2022`, `yesterday`."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from flux_assets.search.language.months import month_name, month_numbers, month_start
from flux_assets.search.language.period import Period, one_day, one_month, years
from flux_assets.search.language.relative_periods import ago, counted, near_day, this_or_last
from flux_assets.search.language.sentence import Sentence

_YEAR = re.compile(r"(?:19|20)\d\d")
_ISO = re.compile(r"((?:19|20)\d\d)[-/](\d{1,2})(?:[-/](\d{1,2}))?")
_SPAN = re.compile(r"((?:19|20)\d\d)[-–—/](\d\d|\d{4})")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
# Months that are also verbs or names.
_AMBIGUOUS = ("april", "august", "june", "march", "may")


def period_at(sentence: Sentence, position: int) -> Period | None:
    """The longest period that stands at a position."""
    periods = [period for read in _READERS if (period := _safely(read, sentence, position))]
    return max(periods, key=lambda period: period.end, default=None)


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
        return one_day(year_at + 1, date(int(sentence.key(year_at)), month, int(day[1])))
    if (
        not sentence.tokens[month_at].text[0].isupper()
        and month_name(month).casefold() in _AMBIGUOUS
    ):
        return None
    today = sentence.vocabulary.today
    recent = (today.year - n for n in range(9))  # the 29th of February comes seldom
    dates = (date(y, month, int(day[1])) for y in recent if _exists(y, month, int(day[1])))
    latest = next((day for day in dates if day <= today), None)
    return one_day(end, latest) if latest else None


def _exists(year: int, month: int, day: int) -> bool:
    first, following = month_start(year, month), month_start(year, month + 1)
    return day >= 1 and first + timedelta(days=day) <= following


_PeriodReader = Callable[[Sentence, int], Period | None]
_READERS: tuple[_PeriodReader, ...] = (
    *(_iso, _span, _year, _day_of_month, _month),
    *(near_day, this_or_last, counted, ago),
)
