"""Weekdays and times of day: "on Sundays", "at night", "between 5 and 7 pm", local time.

Hours are those of the clock; where the sun stood is not asked, so "golden hour" stays a look.
"""

import re
from datetime import time

from flux_assets.search.language.plan import Facts, Hours
from flux_assets.search.language.sentence import Kind, Match, Sentence

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GROUPS = {"weekend": (6, 7), "weekday": (1, 2, 3, 4, 5)}
_DAYTIMES = {
    "early morning": (5, 8),
    "morning": (5, 12),
    "late morning": (10, 12),
    "noon": (11, 13),
    "midday": (11, 13),
    "early afternoon": (12, 15),
    "afternoon": (12, 18),
    "late afternoon": (15, 18),
    "early evening": (17, 19),
    "evening": (17, 22),
    "late evening": (20, 23),
    "night": (20, 6),
    "midnight": (23, 1),
}
_LED = ("in the", "during the", "at", "at the", "by", "every", "each", "from the", "on", "late at")
_AFTER_DAY = frozenset((*WEEKDAYS, "yesterday", "today", "this", "weekend"))
_CLOCK = re.compile(r"(\d{1,2})(?::([0-5]\d))?(am|pm|a\.m|p\.m)?")
_HALVES = ("am", "pm", "a.m", "p.m")


def weekdays_named(name: str) -> tuple[int, ...]:
    """Of `sunday`, `Sundays` or `weekend` the days, 1 (Monday) to 7; none for other words."""
    name = name.casefold().removesuffix("s")
    return (WEEKDAYS.index(name) + 1,) if name in WEEKDAYS else _GROUPS.get(name, ())


def read_weekday(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`on Sundays`, `every Monday`, `weekends`, `Sunday morning`."""
    start = sentence.skip(position, "on", "on a", "on the", "at the", "every", "each")
    name = sentence.key(start).removesuffix("s")
    days = weekdays_named(name)
    if not days:
        return None
    end, plural = start + 1, sentence.key(start).endswith("s")
    before_daytime = sentence.key(end).removesuffix("s") in _DAYTIMES
    led = (start > position or joined) and sentence.ends(end)
    if not (plural or before_daytime or led):
        return None
    label = name if name in _GROUPS else name.capitalize()
    return Match(end, f"on {label}s", Facts(weekdays=days), Kind.WEEKDAY)


def read_daytime(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`in the morning`, `on evenings`, `at night`, which stays in the text: it is a look too."""
    start = sentence.skip(position, *_LED)
    end = sentence.phrase(start, *_DAYTIMES, *(f"{name}s" for name in _DAYTIMES))
    name = sentence.spoken(start, end).removesuffix("s")
    led = start > position or joined or sentence.key(start - 1) in _AFTER_DAY
    if not end or not led or not sentence.ends(end):
        return None
    first, last = _DAYTIMES[name]
    at = "at" if name.endswith(("night", "noon")) and "after" not in name else "in the"
    return _match(end, f"{at} {name}", time(first), time(last), stays=name == "night")


def read_clock(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`at 5 pm`, which is half an hour either way, `between 5 and 7 pm`, `after 20:00`."""
    between = sentence.phrase(position, "between", "from")
    if between:
        return _clock_range(sentence, between)
    start = sentence.phrase(position, "at", "around", "about", "after", "before", "until", "since")
    found = _clock(sentence, start) if start else None
    if found is None or found[1] is None:
        return None
    end, at = found[0], found[1]
    word = sentence.key(position)
    if word in ("after", "since"):
        return _match(end, f"after {at:%H:%M}", at, time())
    if word in ("before", "until"):
        return _match(end, f"before {at:%H:%M}", time(), at)
    return _match(end, f"about {at:%H:%M}", _later(at, -30), _later(at, 30))


def _clock_range(sentence: Sentence, start: int) -> Match | None:
    first = _clock(sentence, start, whole=True)
    then = first and sentence.phrase(first[0], "and", "to", "until", "till")
    last = _clock(sentence, then) if then else None
    if first is None or last is None or last[1] is None:
        return None
    begins, ends = first[1], last[1]
    if begins is None:  # of `5 and 7 pm` both are in the afternoon, of `11 and 1 pm` one is
        hour = int(sentence.key(start))
        if hour > 12:
            return None
        begins = time(hour % 12 + (12 if ends.hour >= 12 and hour % 12 < ends.hour - 12 else 0))
    return _match(last[0], "by the clock", begins, ends)


def _clock(
    sentence: Sentence, position: int, *, whole: bool = False
) -> tuple[int, time | None] | None:
    """The position behind a time and the time; None where `whole` allows a mere hour."""
    found = _CLOCK.fullmatch(sentence.key(position))
    if found is None:
        return None
    end = position + 1
    half = found[3] or ""
    if not half and sentence.key(end) in _HALVES:
        half, end = sentence.key(end), end + 1
    hour, minute = int(found[1]), int(found[2] or 0)
    if half:
        return (
            (end, time(hour % 12 + (12 if half[0] == "p" else 0), minute)) if hour <= 12 else None
        )
    if found[2]:
        return (end, time(hour, minute)) if hour < 24 else None
    return (end, None) if whole else None


def _later(at: time, minutes: int) -> time:
    total = (at.hour * 60 + at.minute + minutes) % 1440
    return time(total // 60, total % 60)


def _match(end: int, label: str, start: time, stop: time, *, stays: bool = False) -> Match:
    text = f"{label}: {start:%H:%M} to {stop:%H:%M}"
    return Match(end, text, Facts(hours=(Hours(start, stop),)), Kind.HOURS, stays)
