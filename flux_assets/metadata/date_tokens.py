"""Dates in the name of one folder or file, as far as they are sure.

`2022-01-15`, `20220115_132244`, `15.01.2022`, `Jan 2022`, Unix times. Counters, sizes in pixels
and ISO speeds are no dates. A day and a month that could be swapped say only their year.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from flux_assets.metadata.month_names import month_numbers, month_pattern

FIRST_YEAR = 1826  # of the oldest photograph
_FIRST_DIGITAL = 1990  # digits in a row are a date from then on, else a counter
_AHEAD = timedelta(days=2)
_ANY_ZONE = (timedelta(hours=-12), timedelta(hours=14))  # from Baker Island to Kiribati


@dataclass(frozen=True)
class Span:
    """Local time from `start` until before `end`; `instant` where a name holds an exact UTC time.

    `text` is what was read.
    """

    start: datetime
    end: datetime
    text: str
    instant: datetime | None = None


Reader = Callable[[re.Match[str]], Span | None]


def find_spans(name: str, *, folder: bool, now: datetime) -> list[Span]:
    """What a folder's name, or a file's name without ending, says of time.

    A file name must say a day at least: years and months alone are counters as often. No span
    begins before 1826, or more than two days after `now` (local, no zone).
    """
    rest = unicodedata.normalize("NFC", name)
    if folder:
        rest = _NO_YEAR.sub(_blank, rest)
    found = []
    for pattern, read in _readers(folder):
        if not _MAY_BE.search(rest):  # nearly all names: a look at each would take minutes
            break
        for match in pattern.finditer(rest):
            try:
                span = read(match)
            except (ValueError, OverflowError, KeyError):  # the thirty-first of February
                continue
            if span and span.start.year >= FIRST_YEAR and span.start <= now + _AHEAD:
                found.append(span)
                rest = rest[: match.start()] + _blank(match) + rest[match.end() :]
    return found


def year_span(year: int, text: str) -> Span:
    return Span(_local(year, 1, 1), _local(year + 1, 1, 1), text)


def month_span(year: int, month: int, text: str) -> Span:
    start = _local(year, month, 1)
    return Span(start, (start + timedelta(days=31)).replace(day=1), text)


def day_span(year: int, month: int, day: int, text: str) -> Span:
    start = _local(year, month, day)
    return Span(start, start + timedelta(days=1), text)


def month_of(name: str) -> int | None:
    """The month that a whole name is, such as `January`, `01` or `01 - January`.

    >>> month_of("03 March"), month_of("3 Marzo"), month_of("03 Rome")
    (3, 3, None)
    """
    match = re.fullmatch(rf"(?:\d{{1,2}}[-_. ]*)?{month_pattern()}", name, re.IGNORECASE)
    if match is not None:
        return month_numbers().get(match["n"].casefold())
    return int(name) if re.fullmatch(r"0?[1-9]|1[0-2]", name) else None


# The patterns below share their groups: y year, m month, n its name, d day; H M S the clock.
_YEAR = r"(?P<y>(?:18|19|20)\d\d)"
_GAP = r"[-_., ]*"
_MAY_BE = re.compile(r"(?:18|19|20)\d\d|1\d{9}")
_NO_YEAR = re.compile(
    r"^\d{3}_\d{4}$|\d+\s*[x×*]\s*\d+|\b(?:iso|no|nr|f/)\.?\s*\d+"
    r"|\d+\s*(?:px|pixels?|dpi|k?m|mm|mb|gb|photos?|pics|pictures|images|files|frames)\b",
    re.IGNORECASE,
)
_CLOCK = r"(?P<H>[01]\d|2[0-3]|\d(?=[.:h-]))(?P<t>[-_.:h ]?)(?P<M>[0-5]\d)(?P=t)(?P<S>[0-5]\d)"


@cache
def _readers(folder: bool) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    """Patterns in the order in which they are tried: what one has read is gone for the next."""
    name = month_pattern()
    day = r"(?P<d>\d{1,2})"
    readers: list[tuple[str, Reader]] = [
        (
            rf"(?P<pixel>PXL_)?(?<!\d){_YEAR}(?P<s>[-_. ]?)(?P<m>\d\d)(?P=s)(?P<d>\d\d)"
            rf"(?:[-_ T.,]{{0,3}}|,?\s(?:at|um|à|alle)\s){_CLOCK}(?P<f>\d{{3}})?(?!\d)"
            r"(?:\s?(?P<p>[ap])\.?m\b)?",
            _second,
        ),
        (rf"{_YEAR}(?P<s>[-_. ])(?P<m>\d{{1,2}})(?P=s){day}", _day),
        (rf"{_YEAR}(?P<m>\d\d)(?P<d>\d\d)", _day),
        (rf"(?P<d>\d{{1,2}})(?P<s>[-_. ])(?P<m>\d{{1,2}})(?P=s){_YEAR}", _swapped),
        (rf"{day}{_GAP}{name}{_GAP}{_YEAR}", _day),
        (rf"{name}{_GAP}{day}(?:st|nd|rd|th)?[-_., ]+{_YEAR}", _day),
        (rf"{_YEAR}{_GAP}{name}{_GAP}{day}", _day),
        (rf"{name}{_GAP}{_YEAR}", _month),
        (rf"{_YEAR}{_GAP}{name}", _month),
    ]
    if folder:
        # A year may follow a word of four letters at once: shorter ones are prefixes of counters.
        year = rf"(?:(?<![^\W_])|(?<=[^\W\d_]{{4}})){_YEAR}(?![^\W_])"
        readers += [
            (rf"{_YEAR}[-_.]?(?P<m>\d\d)(?![-_.]?\d)", _month),
            (rf"(?<!\d[-_.])(?P<m>\d\d)[-_.]{_YEAR}", _month),
            (year, lambda match: year_span(int(match["y"]), match[0])),
        ]
    else:
        readers += [(r"(?P<u>1\d{9})(?P<ms>\d{3})?", _unix)]
    return tuple(
        (re.compile(rf"(?<!\d){pattern}(?!\d)", re.IGNORECASE), read) for pattern, read in readers
    )


def _second(match: re.Match[str]) -> Span | None:
    hour = int(match["H"])
    if not match["s"] and int(match["y"]) < _FIRST_DIGITAL:
        return None
    if match["p"]:
        hour = hour % 12 + (12 if match["p"].lower() == "p" else 0)
    at = _local(int(match["y"]), int(match["m"]), int(match["d"]))
    at = at.replace(hour=hour, minute=int(match["M"]), second=int(match["S"]))
    at += timedelta(milliseconds=int(match["f"] or 0))
    if match["pixel"]:  # Google's camera writes UTC
        return _of_instant(at, match[0])
    return Span(at, at + timedelta(seconds=1), match[0])


def _of_instant(at: datetime, text: str) -> Span:
    return Span(at + _ANY_ZONE[0], at + _ANY_ZONE[1], text, at)


def _day(match: re.Match[str]) -> Span | None:
    year = int(match["y"])
    if match[0].isdigit() and year < _FIRST_DIGITAL:
        return None
    return day_span(year, _month_number(match), int(match["d"]), match[0])


def _swapped(match: re.Match[str]) -> Span | None:
    """`15.01.2022` is sure, `03.04.2022` may be March or April."""
    year, first, second = (int(match[group]) for group in "ydm")
    if first > 12 or first == second:
        return day_span(year, second, first, match[0])
    if second > 12:
        return day_span(year, first, second, match[0])
    return year_span(year, match[0]) if first and second else None


def _month(match: re.Match[str]) -> Span | None:
    year = int(match["y"])
    if match[0].isdigit() and year < _FIRST_DIGITAL:
        return None
    return month_span(year, _month_number(match), match[0])


def _month_number(match: re.Match[str]) -> int:
    found = match.groupdict()
    return int(found["m"]) if found.get("m") else month_numbers()[found["n"].casefold()]


def _unix(match: re.Match[str]) -> Span | None:
    """Milliseconds anywhere; seconds only where the name holds no other digit."""
    if match["ms"] is None and re.search(r"\d", match.string.replace(match[0], "", 1)):
        return None
    at = datetime.fromtimestamp(int(match["u"]), UTC).replace(tzinfo=None)
    return _of_instant(at + timedelta(milliseconds=int(match["ms"] or 0)), match[0])


def _local(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day)  # noqa: DTZ001 what people and cameras write has no zone


def _blank(match: re.Match[str]) -> str:
    return "|" * (match.end() - match.start())
