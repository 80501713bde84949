"""The shelf of backups: what each of them holds, by its manifest.

    backups/2026-11-21T03-00-00Z/manifest.json          every file, its digest, size, rows, chunks
    backups/2026-11-21T03-00-00Z/manifest.json.sha256   for `sha256sum -c`
    backups/objects/ab/ab12....zst                      the chunks of all backups

A backup is there once its folder has its name: objects are written first, the folder is renamed
last. Objects go after the backups that refer to them. So a process killed at any instant leaves
only whole backups, and objects that the next one clears away.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flux_assets.publishing.backups.pool import Damaged, Pool
from flux_resources.errors import FluxError
from flux_resources.files import sync_folder

_NAME = "%Y-%m-%dT%H-%M-%SZ"
_MANIFEST = "manifest.json"
_PARTS = {"FLUX_EMBEDDINGS": "vectors", "FLUX_ISSUES": "issues"}


class NoSuchBackup(FluxError):
    """There is no backup of that name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup.

    Attributes:
        path: where it belongs, below a data root.
        sha256: digest of the whole file.
        bytes: its size.
        rows: rows of a Parquet file (`rows`) or of each table of an SQLite file, lines of a log.
        chunks: digests of its chunks in order; the file's own where it has one.
    """

    path: str
    sha256: str
    bytes: int
    rows: dict[str, int] = field(default_factory=dict)
    chunks: list[str] = field(default_factory=list)

    @property
    def part(self) -> str:
        """What it is a part of: `tables/exif`, `vectors`, `dagster`, `ledger.sqlite`, ..."""
        first, *below = self.path.removeprefix("FLUX_METADATA/").split("/")
        if first == "tables":
            return f"tables/{below[0].removesuffix('.parquet')}"
        return _PARTS.get(first, first)


@dataclass(frozen=True)
class Backup:
    """One backup; `name` is its moment in UTC.

    `vectors` counts the rows of each LanceDB table. `new_bytes` were written for it, compressed.
    """

    name: str
    seconds: float
    new_bytes: int
    vectors: dict[str, int]
    entries: list[Entry]

    @property
    def made_at(self) -> datetime:
        return datetime.strptime(self.name, _NAME).replace(tzinfo=UTC)

    @property
    def bytes(self) -> int:
        """Size of what it holds, as it was in the archive."""
        return sum(entry.bytes for entry in self.entries)

    def chunks(self) -> set[str]:
        return {chunk for entry in self.entries for chunk in entry.chunks}


class Shelf:
    """Reads, adds and removes the backups below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pool = Pool(folder / "objects")

    def names(self) -> list[str]:
        """Names of all backups, the oldest first."""
        return sorted(manifest.parent.name for manifest in self.folder.glob(f"2*/{_MANIFEST}"))

    def read(self, name: str | None) -> Backup:
        """A backup by name; None for the newest.

        Raises:
            NoSuchBackup: there is none.
            Damaged: its manifest is not what was written.
        """
        names = self.names()
        if name is None and not names:
            raise NoSuchBackup(f"no backup in {self.folder}; to make one: flux backup create")
        if name is not None and name not in names:
            known = ", ".join(names) or "none"
            raise NoSuchBackup(f"no backup is called {name} (there are: {known})")
        return self._read(name or names[-1])

    def all(self) -> tuple[list[Backup], list[str]]:
        """The backups that can be read, the oldest first, and what is wrong with the others."""
        damaged: list[str] = []
        return list(self.each(damaged)), damaged

    def each(self, damaged: list[str]) -> Iterator[Backup]:
        """The backups that can be read, the oldest first, one in memory at a time.

        What is wrong with the others is added to `damaged`.
        """
        for name in self.names():
            try:
                yield self._read(name)
            except Damaged as error:
                damaged.append(str(error))

    def free_name(self) -> str:
        """The moment, or the first second after it that has no backup."""
        moment = datetime.now(UTC)
        while (self.folder / moment.strftime(_NAME)).exists():
            moment += timedelta(seconds=1)
        return moment.strftime(_NAME)

    def add(self, backup: Backup, temporary: Path) -> None:
        """Publish a backup whose objects are stored; `temporary` becomes its folder."""
        content = _as_json(backup)
        temporary.mkdir(parents=True)
        (temporary / _MANIFEST).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        (temporary / f"{_MANIFEST}.sha256").write_text(f"{digest}  {_MANIFEST}\n")
        os.sync()  # all objects at once: flushing each of thousands takes minutes
        temporary.rename(self.folder / backup.name)
        sync_folder(self.folder)

    def remove(self, name: str) -> None:
        """Take a backup away in one step; its objects stay until the pool is swept."""
        gone = self.folder / f".gone-{name}"
        (self.folder / name).rename(gone)
        shutil.rmtree(gone)

    def _read(self, name: str) -> Backup:
        file = self.folder / name / _MANIFEST
        try:
            content = file.read_bytes()
            expected = file.with_name(f"{_MANIFEST}.sha256").read_text().split()[0]
            if hashlib.sha256(content).hexdigest() != expected:
                raise ValueError("its SHA-256 is another")
            fields = json.loads(content)
            entries = [_entry(item) for item in fields.pop("files")]
            return Backup(**fields, entries=entries)
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise Damaged(f"{file} is damaged: {error}") from error


def _entry(item: dict[str, object]) -> Entry:
    return Entry(**{"chunks": [item["sha256"]], **item})  # type: ignore[arg-type]


def _as_json(backup: Backup) -> bytes:
    """One line for each file; what says nothing is left out."""
    fields = {name: value for name, value in asdict(backup).items() if name != "entries"}
    head = json.dumps(fields)[:-1]
    lines = ",\n".join(json.dumps(_item(entry)) for entry in backup.entries)
    return f'{head}, "files": [\n{lines}\n]}}\n'.encode()


def _item(entry: Entry) -> dict[str, object]:
    item = asdict(entry)
    if entry.chunks == [entry.sha256]:
        del item["chunks"]
    if not entry.rows:
        del item["rows"]
    return item
