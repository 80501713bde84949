"""Sane values out of tags. What is refused is null, and noted with the reason."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flux_resources.exif.parse import Tag
from flux_resources.exif.values import camera_time, number, text

_FIRST_PHOTOGRAPH = 1826
_ALLOWED_AHEAD = timedelta(days=2)  # clocks of travellers, and of those who wait for the new year
_LONGEST = 256  # characters of a name; longer ones are other data gone astray


class Sane:
    """Reads tags for one row; `refused` collects `field: reason`."""

    def __init__(self, tags: Mapping[str, Tag], now: datetime) -> None:
        self.tags = tags
        self.now = now
        self.refused: list[str] = []

    def refuse(self, field: str, reason: str) -> None:
        self.refused.append(f"{field}: {reason}")

    def number(
        self, field: str, *names: str, low: float, high: float, void: float | None = None
    ) -> float | None:
        """The first value of `names` from `low` to `high`, both included, that is not `void`."""
        reasons = []
        for name in names:
            value = number(self.tags, name)
            if value is None:
                if shown := self.shown(name):
                    reasons.append(f"{shown} is no number")
            elif value == void:
                reasons.append(f"{value:.10g} says that it is unknown")
            elif low <= value <= high:
                return value
            else:
                limit = f"under {low:.10g}" if value < low else f"over {high:.10g}"
                reasons.append(f"{value:.10g} is {limit}")
        self._refuse_first(field, reasons)
        return None

    def text(self, field: str, *names: str) -> str | None:
        """The first of `names` that names something."""
        reasons = []
        for name in names:
            value = text(self.tags, name)
            if value is None:
                continue
            if not any(character.isalnum() for character in value):
                reasons.append(f"{_short(value)} names nothing")
            elif len(value) > _LONGEST:
                reasons.append(f"{_short(value)} is {len(value)} characters long")
            else:
                return value
        self._refuse_first(field, reasons)
        return None

    def moment(self, field: str, *names: str) -> datetime | None:
        """The first time of `names` that can be one; local, no zone."""
        reasons = []
        for name in names:
            moment = camera_time(self.tags, name)
            reason = self.doubt(moment) if moment else "is no date"
            if not reason:
                return moment
            if shown := self.shown(name):
                reasons.append(f"{moment or shown} {reason}")
        self._refuse_first(field, reasons)
        return None

    def doubt(self, moment: datetime) -> str | None:
        """Why there were no photographs at `moment`; None if there were."""
        if moment.year < _FIRST_PHOTOGRAPH:
            return "lies before photography"
        return "lies in the future" if moment > self.now + _ALLOWED_AHEAD else None

    def _refuse_first(self, field: str, reasons: list[str]) -> None:
        if reasons:
            self.refuse(field, reasons[0])

    def shown(self, name: str) -> str:
        """A tag for people; empty where it is absent or without a value."""
        tag = self.tags.get(name)
        if tag is None or not tag.values:
            return ""
        values = tag.values
        if isinstance(values, str | bytes):
            return _short(text(self.tags, name) or "")
        return _short(", ".join(str(value) for value in values[:4]))


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"
