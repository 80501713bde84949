"""What a draft is asked for: a theme, a period, both or neither."""

from dataclasses import dataclass
from datetime import date, timedelta

from flux_assets.search.conditions import Condition, every
from flux_assets.search.language.period import midnight
from flux_resources.errors import FluxError

ISSUE_FRAMES = 36


class BadRequest(FluxError):
    """A draft that cannot be asked for; the message says why."""


class TooFew(FluxError):
    """There are fewer photographs than an issue has frames; the message counts them."""


@dataclass(frozen=True)
class Request:
    """A theme in words (may be empty), and the first and last day (both included)."""

    theme: str = ""
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins.

        Raises:
            BadRequest: it does.
        """
        if self.first and self.last and self.last < self.first:
            raise BadRequest(f"the period ends ({self.last}) before it begins ({self.first})")

    @classmethod
    def of(cls, theme: str | None, first: str | None, last: str | None) -> "Request":
        """From words as a person writes them; days are `YYYY-MM-DD`.

        Raises:
            BadRequest: a day is none, or the period is impossible.
        """
        return cls(" ".join((theme or "").split()), _day(first), _day(last))

    def __str__(self) -> str:
        """`“umbrellas in fog”, from 2022-01-01 to 2022-03-31`, or `the whole archive`."""
        parts = [f"“{self.theme}”"] if self.theme else []
        if self.first or self.last:
            bounds = (("from", self.first), ("to", self.last))
            parts.append(" ".join(f"{word} {day}" for word, day in bounds if day))
        return ", ".join(parts) or "the whole archive"

    def condition(self) -> Condition:
        """The period as SQL over `photos`."""
        bounds = []
        if self.first:
            bounds.append(Condition("captured_at >= ?", [midnight(self.first)]))
        if self.last:
            after = midnight(self.last) + timedelta(days=1)
            bounds.append(Condition("captured_at < ?", [after]))
        return every(bounds)


def _day(words: str | None) -> date | None:
    try:
        return date.fromisoformat(words) if words else None
    except ValueError as error:
        raise BadRequest(f"{words!r} is no day; write it as 2022-01-15") from error
