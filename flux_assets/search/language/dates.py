"""Time read out of a question: "in March", "between 2022 and 2024", "since 2023"."""

from datetime import datetime, timedelta

from flux_assets.search.language.months import month_start
from flux_assets.search.language.period import Period
from flux_assets.search.language.periods import period_at
from flux_assets.search.language.plan import Facts, Interval
from flux_assets.search.language.seasons import bounds, moment
from flux_assets.search.language.sentence import Kind, Match, Sentence
from flux_assets.search.language.spoken_numbers import number_at

_PREPOSITIONS = ("in", "during", "from", "of", "on", "within", "over", "every", "each", "for")
# Which bound a word sets, and whether it counts from the end of the period behind it.
_BOUNDS = {
    "since": ("since", False),
    "after": ("since", True),
    "from": ("since", False),
    "before": ("before", False),
    "until": ("before", True),
    "till": ("before", True),
}
_TO = ("to", "until", "till", "through", "thru")


def read_time(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """A period, a range of periods, or a time that begins or ends with one."""
    return (
        _bound(sentence, position)
        or _range(sentence, position)
        or _across_years(sentence, position)
        or _period(sentence, position, joined)
    )


def _period(sentence: Sentence, position: int, joined: bool) -> Match | None:
    start = sentence.skip(position, *_PREPOSITIONS)
    period = period_at(sentence, start) or period_at(sentence, position)
    if period is None or not _is_plain(sentence, period, start, led=joined or start > position):
        return None
    if period.start is None or period.stop is None:
        facts = Facts(months=(period.month,))
        return Match(period.end, f"in {period.label}", facts, Kind.TIME)
    return _match(period.end, period.label, period.start, period.stop)


def _is_plain(sentence: Sentence, period: Period, start: int, *, led: bool) -> bool:
    """Whether it is time that is meant, not `a march` or `women in may dresses`."""
    if period.plain:
        return True
    if not led or sentence.key(start - 1) in ("of", "for", "over", "within"):
        return False
    if period.start is not None:  # a year
        return sentence.ends(period.end)
    capital = sentence.capital(period.end - 1) and not sentence.capital(period.end)
    return capital or sentence.ends(period.end)


def _range(sentence: Sentence, position: int) -> Match | None:
    """`between 2022 and 2024`, `from March to May 2023`, `2022 to 2024`: both ends belong to it."""
    between = sentence.phrase(position, "between")
    start = between or sentence.skip(position, "from", "in", "during")
    first = period_at(sentence, start)
    then = first and sentence.phrase(first.end, *(("and", *_TO) if between else _TO))
    last = period_at(sentence, then) if then else None
    if first is None or last is None:
        return None
    if not (start > position or first.plain or last.plain):
        return None
    label = f"{first.label} to {last.label}"
    if first.start is None and last.start is None:
        count = (last.month - first.month) % 12 + 1
        months = tuple((first.month + n - 1) % 12 + 1 for n in range(count))
        return Match(last.end, label, Facts(months=months), Kind.TIME)
    begins = first.start
    if begins is None and last.start is not None:  # March to May 2023
        begins = month_start(last.start.year - (first.month > last.start.month), first.month)
    if begins is None or last.stop is None or begins >= last.stop:
        return None
    return _match(last.end, label, begins, last.stop)


def _bound(sentence: Sentence, position: int) -> Match | None:
    """`since 2023`, `before May 2022`, `until 2024`, which includes it, `from 2022 on`."""
    start = sentence.phrase(position, *_BOUNDS)
    period = period_at(sentence, start) if start else None
    if period is None or not _is_plain(sentence, period, start, led=True):
        return None
    word, end = sentence.key(start - 1), period.end
    if word == "from":
        end = sentence.phrase(end, "on", "onward", "onwards")
        if not end:
            return None
    name, of_end = _BOUNDS[word]
    at = _dated(sentence, period)[of_end]
    return Match(end, f"{name} {moment(at)}", kind=Kind.TIME, changes={name: at}, negatable=False)


def _dated(sentence: Sentence, period: Period) -> tuple[datetime, datetime]:
    """The bounds of a period; of a month without a year the latest that has begun."""
    if period.start is not None and period.stop is not None:
        return period.start, period.stop
    today = sentence.vocabulary.today
    year = today.year - (period.month > today.month)
    return month_start(year, period.month), month_start(year, period.month + 1)


def _across_years(sentence: Sentence, position: int) -> Match | None:
    """`across six years`: the six years up to the archive's last."""
    start = sentence.phrase(position, "across", "over", "through", "throughout", "spanning")
    start = start and sentence.skip(start, "the", "all")
    counted = number_at(sentence, start) if start else None
    if counted is None or sentence.vocabulary.years is None:
        return None
    unit, number = counted
    if sentence.key(unit) != "years" or not number.is_integer() or not 1 <= number <= 200:
        return None
    last = sentence.vocabulary.years[1]
    begins, ends = month_start(last - int(number) + 1, 1), month_start(last + 1, 1)
    return _match(unit + 1, f"across {number:g} years", begins, ends)


def _match(end: int, label: str, start: datetime, stop: datetime) -> Match:
    interval = Interval(start, stop)
    if stop - start == timedelta(days=1):
        label = f"{label}: {start:%Y-%m-%d}"
    else:
        label = f"{label}: {bounds(interval)}"
    return Match(end, label, Facts(intervals=(interval,)), Kind.TIME)
