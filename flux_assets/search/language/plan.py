"""What a question asks for: the texts left for the model, and the facts read out of it."""

from dataclasses import dataclass, fields
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

NEGATIVE_WEIGHT = 0.5  # of what is not wanted, unless the question says how much
THIS_ONE = "this one"  # stands for the picture that comes with the question


class Shape(StrEnum):
    """How the answer is laid out."""

    LIST = "list"
    ECHOES = "echoes"  # pictures elsewhere that look like those of `Plan.origin`
    MOTIFS = "motifs"  # hits clustered by look, one row per recurring motif
    EVOLUTION = "evolution"  # the best hits of each period


class Term(NamedTuple):
    """A text, a photo_id or a picture file; a negative weight means "unlike"."""

    what: str
    weight: float = 1.0


class Interval(NamedTuple):
    """Local time from `start` until before `end`.

    Photographs made south of the equator lie in `south` instead, where it is given.
    """

    start: datetime
    end: datetime
    south: tuple[datetime, datetime] | None = None


class Hours(NamedTuple):
    """Local time of day from `start` until before `end`; 20:00 to 06:00 spans midnight."""

    start: time
    end: time


class Place(NamedTuple):
    """A city, a country, or a city in a country, as `photos` names them."""

    city: str | None = None
    country: str | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in self if part)


class Area(NamedTuple):
    """A circle on the ground: degrees and metres. `name` is what a person calls its centre."""

    lat: float
    lon: float
    radius_m: float
    name: str = ""

    def __str__(self) -> str:
        radius_m = round(self.radius_m, 0 if self.radius_m >= 10 else 1)
        return f"within {radius_m:g} m of {self.called}"

    @property
    def called(self) -> str:
        return self.name or f"{self.lat:g}, {self.lon:g}"


@dataclass(frozen=True)
class Facts:
    """What is said of photographs. A photograph meets a field when it meets one of its entries.

    Months are 1-12 and weekdays 1 (Monday) to 7. `seasons` are those of no certain year, each
    where the photograph was made; they and `months` are one field.
    """

    intervals: tuple[Interval, ...] = ()
    months: tuple[int, ...] = ()
    seasons: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[Hours, ...] = ()
    places: tuple[Place, ...] = ()
    areas: tuple[Area, ...] = ()
    weather: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()

    def __or__(self, other: "Facts") -> "Facts":
        """Every field with the entries of both."""
        names = (field.name for field in fields(self))
        both = {name: (*getattr(self, name), *getattr(other, name)) for name in names}
        return Facts(**{name: tuple(dict.fromkeys(entries)) for name, entries in both.items()})

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


NO_FACTS = Facts()


class Reading(NamedTuple):
    """Words of the question, what was read out of them, and the facts that this adds.

    Without a `meaning` they only steer: `show all`, or the weight of a text.
    """

    words: str
    meaning: str = ""
    facts: Facts = NO_FACTS


@dataclass(frozen=True)
class Plan:
    """A question, read.

    Attributes:
        texts: for the model, with weights; none where facts alone were asked for.
        pictures: photo_ids or files with weights; `THIS_ONE` for the one that comes along.
        only: facts that every photograph found must meet, each field of them and all tags.
        never: facts of which it must meet none.
        prefer: facts that count in its favour.
        since, before: bounds of its local time, the second exclusive.
        keeper: whether it must be one.
        min_score, limit: None where the question says nothing.
        shape: how the answer is laid out; of `ECHOES` `origin` is the place.
        explained: every word that is in no text, in the order of the question.
        remarks: what was asked for in a clear form and cannot be met, and what to do about it.
    """

    texts: tuple[Term, ...] = ()
    pictures: tuple[Term, ...] = ()
    only: Facts = NO_FACTS
    never: Facts = NO_FACTS
    prefer: Facts = NO_FACTS
    since: datetime | None = None
    before: datetime | None = None
    keeper: bool | None = None
    min_score: float | None = None
    limit: int | None = None
    shape: Shape = Shape.LIST
    origin: Facts = NO_FACTS
    explained: tuple[Reading, ...] = ()
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As shown: `searching for "silhouettes", winter 2022: 2021-12-01 to 2022-03-01`."""
        texts = [(f'"{text}"', weight) for text, weight in self.texts]
        wanted = [_times(weight, text) for text, weight in texts if weight >= 0]
        unlike = [f"without {_against(weight, text)}" for text, weight in texts if weight < 0]
        pictures = [
            f"like {_times(weight, what)}" if weight >= 0 else f"unlike {_against(weight, what)}"
            for what, weight in self.pictures
        ]
        first = [" + ".join(wanted)] if wanted else []
        if not wanted and self.shape is Shape.LIST:
            first = ["photographs" if pictures else "all photographs"]
        meanings = dict.fromkeys(reading.meaning for reading in self.explained if reading.meaning)
        understood = f"searching for {', '.join([*first, *unlike, *pictures, *meanings])}"
        return "; ".join([understood, *self.remarks])


def _times(weight: float, what: str, usual: float = 1.0) -> str:
    return what if weight == usual else f"{weight:g} × {what}"


def _against(weight: float, what: str) -> str:
    return _times(-weight, what, usual=NEGATIVE_WEIGHT)
