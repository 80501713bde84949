"""A stretch of local time as a question names it."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flux_assets.search.language.months import month_name, month_start


class Period(NamedTuple):
    """Time from `start` until before `stop`, or where these are None a month of any year.

    `end` is the position behind its words. `plain` says that these can mean nothing else, so that
    they need no preposition.
    """

    end: int
    label: str
    start: datetime | None
    stop: datetime | None
    month: int = 0
    plain: bool = True


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def day_bounds(day: date) -> tuple[datetime, datetime]:
    return midnight(day), midnight(day) + timedelta(days=1)


def month_bounds(year: int, month: int, number: int = 1) -> tuple[datetime, datetime]:
    """So many months from one on."""
    return month_start(year, month), month_start(year, month + number)


def one_day(end: int, day: date, label: str = "") -> Period:
    return Period(end, label or f"{day.day} {month_name(day.month)} {day.year}", *day_bounds(day))


def one_month(end: int, year: int, month: int) -> Period:
    return Period(end, f"{month_name(month)} {year}", *month_bounds(year, month))


def years(end: int, first: int, last: int) -> Period:
    """Whole years, the last one included."""
    label = str(first) if first == last else f"{first} to {last}"
    return Period(end, label, month_start(first, 1), month_start(last + 1, 1))
