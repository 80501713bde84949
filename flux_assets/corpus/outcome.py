"""What became of one file at intake."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    `action` is filed, duplicate, rejected, or, for files that stay where they are and are tried
    again, failed and changing (somebody is still writing);
    `day` is set when the photograph was filed, `warning` when its time is doubtful.
    """

    source: Path
    action: str
    reason: str | None = None
    photo_id: str | None = None
    day: str | None = None
    warning: str | None = None


def failed(source: Path, error: Exception) -> Outcome:
    """The outcome of a file that ran into trouble."""
    return Outcome(source, "failed", f"{type(error).__name__}: {error}")
