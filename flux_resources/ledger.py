"""The ledger: every photograph file ever seen, in one small SQLite file.

Three tables. `contents` holds what is known of each distinct content, so that a rescan of an
unchanged folder opens no picture. `files` holds where each content lies now: root (empty for
ORIGINALS, else the read-only root) and path below it. `intake` is the journal of everything
dropped into the inbox. A fourth, `days`, remembers what `photo_index` has already seen.

Times are seconds or nanoseconds since the epoch, days are `YYYY-MM-DD`.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from threading import Lock
from typing import Any

from flux_resources.ledger_rows import Content, DayState, IntakeEntry, Location

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (
    sha256 TEXT PRIMARY KEY, photo_id TEXT NOT NULL UNIQUE, format TEXT NOT NULL,
    bytes INTEGER NOT NULL, width INTEGER, height INTEGER, captured_at TEXT,
    original_filename TEXT NOT NULL, source_path TEXT, camera_model TEXT, serial TEXT);
CREATE TABLE IF NOT EXISTS files (
    root TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (root, path)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_sha256 ON files (sha256);
CREATE INDEX IF NOT EXISTS files_day ON files (day);
CREATE TABLE IF NOT EXISTS intake (
    source_path TEXT NOT NULL, sha256 TEXT, photo_id TEXT, action TEXT NOT NULL,
    reason TEXT, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS intake_source ON intake (source_path);
CREATE INDEX IF NOT EXISTS intake_sha256 ON intake (sha256);
CREATE TABLE IF NOT EXISTS days (
    day TEXT PRIMARY KEY, folder_mtime_ns INTEGER, changed INTEGER NOT NULL DEFAULT 1,
    revision INTEGER NOT NULL DEFAULT 0);
"""
# What is known of a content stays; a scan that came first could not know its source, though.
_LEARNED_LATER = (
    "original_filename = excluded.original_filename, source_path = excluded.source_path"
    " WHERE contents.source_path IS NULL AND excluded.source_path IS NOT NULL"
)
_CHANGED_AGAIN = "ON CONFLICT (day) DO UPDATE SET changed = 1, revision = revision + 1"
# Of all files `f` of one content, the one that stands for it: the first by root and path.
_STANDS_FOR_IT = (
    "NOT EXISTS (SELECT 1 FROM files g WHERE g.sha256 = f.sha256"
    " AND (g.root, g.path) < (f.root, f.path))"
)


class Ledger:
    """Reads and writes the ledger. Safe to use from several processes and threads at once."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._writing = Lock()  # threads share the connection, and with it one transaction
        self._connection = sqlite3.connect(
            file, timeout=60, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_SCHEMA)
        self._add_missing_columns()

    def close(self) -> None:
        self._connection.close()

    def content(self, sha256: str) -> Content | None:
        row = self._one(f"SELECT {_columns(Content)} FROM contents WHERE sha256 = ?", sha256)
        return Content(*row) if row else None

    def owner_of(self, photo_id: str) -> str | None:
        """SHA-256 of the content that bears this id, if any."""
        row = self._one("SELECT sha256 FROM contents WHERE photo_id = ?", photo_id)
        return str(row[0]) if row else None

    def locations_of(self, sha256: str) -> list[Location]:
        """Every place this content lies, the one that stands for it first."""
        return self._locations("sha256 = ? ORDER BY root, path", sha256)

    def locations_in(self, root: str, day: str | None = None) -> dict[str, Location]:
        """Known files of a root, or of one day in it, by path."""
        if day is None:
            found = self._locations("root = ?", root)
        else:
            found = self._locations("root = ? AND day = ?", root, day)
        return {location.path: location for location in found}

    def copies(self) -> list[Location]:
        """Every file of contents that lie in more than one place, by content, root and path."""
        return self._locations(
            "sha256 IN (SELECT sha256 FROM files GROUP BY sha256 HAVING count(*) > 1)"
            " ORDER BY sha256, root, path"
        )

    def knows(self, root: str) -> bool:
        """Whether any file of this root is known."""
        return self._one("SELECT 1 FROM files WHERE root = ? LIMIT 1", root) is not None

    def roots(self) -> list[str]:
        """The roots of which files are known; ORIGINALS is the empty one."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT root FROM files")]

    def register(
        self,
        contents: Iterable[Content],
        locations: Iterable[Location],
        entry: IntakeEntry | None = None,
    ) -> None:
        """Add or replace files and what is known of them, in one transaction.

        Raises:
            sqlite3.IntegrityError: another content already bears the photo_id.
        """
        with self._transaction():
            self._connection.executemany(
                f"INSERT INTO contents ({_columns(Content)}) VALUES ({_marks(Content)})"
                f" ON CONFLICT (sha256) DO UPDATE SET {_LEARNED_LATER}",
                [astuple(content) for content in contents],
            )
            for location in locations:
                self._mark_overwritten(location)
                self._connection.execute(
                    f"INSERT OR REPLACE INTO files ({_columns(Location)})"
                    f" VALUES ({_marks(Location)})",
                    astuple(location),
                )
                self._mark_changed(location.sha256)
            if entry is not None:
                self._journal(entry)

    def forget(self, locations: Iterable[Location]) -> None:
        """Files that are gone; contents stay known, so that a return keeps its photo_id."""
        with self._transaction():
            for location in locations:
                self._mark_changed(location.sha256)
                self._connection.execute(
                    "DELETE FROM files WHERE root = ? AND path = ?", (location.root, location.path)
                )

    def photographs(self, day: str) -> list[tuple[Content, Location]]:
        """The photographs of a day: contents whose first location lies in it, by photo_id."""
        rows = self._connection.execute(
            f"SELECT {_columns(Content, 'c')}, {_columns(Location, 'f')}"
            f" FROM files f JOIN contents c USING (sha256) WHERE f.day = ? AND {_STANDS_FOR_IT}"
            " ORDER BY c.photo_id",
            (day,),
        )
        width = len(fields(Content))
        return [(Content(*row[:width]), Location(*row[width:])) for row in rows]

    def photographs_per_day(self) -> dict[str, int]:
        """How many photographs each day has, ascending by day; copies elsewhere do not count."""
        return dict(
            self._connection.execute(
                f"SELECT day, count(*) FROM files f WHERE {_STANDS_FOR_IT}"
                " GROUP BY day ORDER BY day"
            )
        )

    def journal(self, entry: IntakeEntry) -> None:
        """Record what became of a file at intake."""
        with self._transaction():
            self._journal(entry)

    def restore_journal(self, entries: Iterable[IntakeEntry]) -> None:
        """Fill the empty journal of a new ledger from a copy of it."""
        with self._transaction():
            for entry in entries:
                self._journal(entry)

    def has_journal(self) -> bool:
        return self._one("SELECT 1 FROM intake LIMIT 1") is not None

    def entries(self) -> list[IntakeEntry]:
        """The whole journal, oldest first."""
        rows = self._connection.execute(
            f"SELECT {_columns(IntakeEntry)} FROM intake ORDER BY rowid"
        )
        return [IntakeEntry(*row) for row in rows]

    def last_entry(self, source_path: str, sha256: str | None) -> IntakeEntry | None:
        """What was last recorded of this very file."""
        row = self._one(
            f"SELECT {_columns(IntakeEntry)} FROM intake WHERE source_path = ? AND sha256 IS ?"
            " ORDER BY rowid DESC LIMIT 1",
            source_path,
            sha256,
        )
        return IntakeEntry(*row) if row else None

    def filed_from(self, sha256: str) -> str | None:
        """Where a content was before it was filed."""
        row = self._one(
            "SELECT source_path FROM intake WHERE sha256 = ? AND action = 'filed' LIMIT 1", sha256
        )
        return str(row[0]) if row else None

    def revision(self, day: str) -> int:
        """How often the day has changed or was indexed."""
        row = self._one("SELECT revision FROM days WHERE day = ?", day)
        return int(row[0]) if row else 0

    def indexed(self, day: str, folder_mtime_ns: int | None, revision: int) -> None:
        """`photo_index` has seen this day at a revision, and its folder at a modification time.

        A day that was changed since stays changed.
        """
        with self._transaction():
            self._connection.execute(
                "INSERT INTO days (day, folder_mtime_ns, changed) VALUES (?, ?, 0)"
                " ON CONFLICT (day) DO UPDATE SET changed = (revision <> ?),"
                " revision = revision + 1, folder_mtime_ns = excluded.folder_mtime_ns",
                (day, folder_mtime_ns, revision),
            )

    def day_states(self) -> dict[str, DayState]:
        """What is known of each day that ever held a photograph."""
        rows = self._connection.execute(f"SELECT day, {_columns(DayState)} FROM days ORDER BY day")
        return {day: DayState(mtime, bool(changed), n) for day, mtime, changed, n in rows}

    def mark_changed(self, days: Iterable[str]) -> None:
        """Days that need to be gone through again."""
        with self._transaction():
            self._connection.executemany(
                f"INSERT INTO days (day) VALUES (?) {_CHANGED_AGAIN}", [(day,) for day in days]
            )

    def _mark_changed(self, sha256: str) -> None:
        self._connection.execute(
            "INSERT INTO days (day) SELECT DISTINCT day FROM files WHERE sha256 = ?"
            f" {_CHANGED_AGAIN}",
            (sha256,),
        )

    def _mark_overwritten(self, location: Location) -> None:
        """A file that now holds another content takes the old one away from where it counted."""
        for old in self._locations("root = ? AND path = ?", location.root, location.path):
            if (old.sha256, old.day) != (location.sha256, location.day):
                self._mark_changed(old.sha256)

    def _add_missing_columns(self) -> None:
        """Columns that a ledger of an earlier version lacks; null in what it knows already."""
        have = {row[1] for row in self._connection.execute("PRAGMA table_info(contents)")}
        for field in fields(Content):
            if field.name not in have:
                self._connection.execute(f"ALTER TABLE contents ADD COLUMN {field.name} TEXT")

    def _journal(self, entry: IntakeEntry) -> None:
        self._connection.execute(
            f"INSERT INTO intake ({_columns(IntakeEntry)}) VALUES ({_marks(IntakeEntry)})",
            astuple(entry),
        )

    def _locations(self, where: str, *values: str) -> list[Location]:
        rows = self._connection.execute(
            f"SELECT {_columns(Location)} FROM files WHERE {where}", values
        )
        return [Location(*row) for row in rows]

    def _one(self, query: str, *values: str | None) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
        return row

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._writing:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _columns(row: type, table: str = "") -> str:
    prefix = f"{table}." if table else ""
    return ", ".join(f"{prefix}{field.name}" for field in fields(row))


def _marks(row: type) -> str:
    return ", ".join("?" * len(fields(row)))
