"""Which backfills may be requested now: never the same twice in a day, so many in an hour."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
Stretch = tuple[str, str]


@dataclass(frozen=True)
class Requests:
    """The backfills asked for in the last day: first day, last day, when (UTC)."""

    asked: tuple[tuple[str, str, datetime], ...] = ()

    @classmethod
    def from_cursor(cls, cursor: str | None, now: datetime) -> "Requests":
        """What a sensor's cursor remembers; older requests are forgotten."""
        told = json.loads(cursor or "[]")
        asked = [(first, last, datetime.fromisoformat(at)) for first, last, at in told]
        return cls(tuple(item for item in asked if now - item[2] < _DAY))

    def cursor(self) -> str:
        """The inverse of `from_cursor`."""
        return json.dumps([(first, last, at.isoformat()) for first, last, at in self.asked])

    def not_asked(self, days: Collection[str]) -> list[str]:
        """The days that no request covers, ascending."""
        covered = [(first, last) for first, last, _ in self.asked]
        return sorted(
            day for day in days if not any(first <= day <= last for first, last in covered)
        )

    def allowed(self, now: datetime, runs_per_hour: int) -> int:
        """How many more may be asked for now."""
        recent = sum(now - at < _HOUR for _, _, at in self.asked)
        return max(0, runs_per_hour - recent)

    def and_now(self, stretches: Sequence[Stretch], now: datetime) -> "Requests":
        """With further ones."""
        return Requests((*self.asked, *((first, last, now) for first, last in stretches)))
