"""The rows of the ledger. Times are ISO 8601 or nanoseconds since the epoch, days `YYYY-MM-DD`."""

from dataclasses import dataclass

ORIGINALS = ""  # the root of files in ORIGINALS; other roots are absolute paths


@dataclass(frozen=True)
class Content:
    """One distinct picture, whatever the number of its copies."""

    sha256: str
    photo_id: str
    format: str
    bytes: int
    width: int | None
    height: int | None
    captured_at: str | None
    original_filename: str
    source_path: str | None
    camera_model: str | None = None
    serial: str | None = None


@dataclass(frozen=True)
class Location:
    """One file: where a content lies."""

    root: str
    path: str
    size: int
    mtime_ns: int
    sha256: str
    day: str


@dataclass(frozen=True)
class IntakeEntry:
    """What became of one file at intake; `action` is filed, duplicate or rejected."""

    source_path: str
    sha256: str | None
    photo_id: str | None
    action: str
    reason: str | None
    at: str


@dataclass(frozen=True)
class DayState:
    """Folder time at the last index (None: no folder), and whether files changed since.

    `revision` grows with every change and every index.
    """

    folder_mtime_ns: int | None
    changed: bool
    revision: int
