"""Months by name and number; local times have no zone."""

from datetime import datetime
from functools import cache

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


@cache
def month_numbers() -> dict[str, int]:
    """Names and their short forms in lower case, 1-12."""
    names = {name.casefold(): number for number, name in enumerate(MONTHS, 1)}
    return {name[:3]: number for name, number in names.items()} | {"sept": 9} | names


def month_name(month: int) -> str:
    return MONTHS[month - 1]


def month_start(year: int, month: int) -> datetime:
    """Midnight of the first of a month; months go on past December and back before January.

    >>> month_start(2022, 14)
    datetime.datetime(2023, 2, 1, 0, 0)
    """
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)  # noqa: DTZ001
