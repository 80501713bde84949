"""Prove a backup: restore it into a scratch folder, open everything, compare counts and hashes."""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from flux_assets.publishing.backups.counting import (
    SQLITE,
    Uncountable,
    read_alone,
    rows_in,
    vectors_in,
)
from flux_assets.publishing.backups.restore import restore_backup
from flux_assets.publishing.backups.shelf import Backup, Entry, Shelf
from flux_resources.decisions import Decisions, DecisionsBroken

SCRATCH = ".verify-"


@dataclass
class Part:
    """What was proved of one part of a backup: rows as they were backed up, and as restored."""

    name: str
    files: int = 0
    bytes: int = 0
    rows_backed_up: int = 0
    rows_restored: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Verified:
    """The verdict on a backup, part by part."""

    name: str
    parts: list[Part]

    @property
    def whole(self) -> bool:
        return not any(part.problems for part in self.parts)


def verify_backup(shelf: Shelf, backup: Backup) -> Verified:
    """Restore a backup beside the others, compare, and remove what was restored.

    Every chunk and every file is compared with its SHA-256; tables are opened and their rows
    counted; SQLite checks its files; every vector is read.
    """
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=shelf.folder) as scratch:
        to = Path(scratch)
        lost = restore_backup(shelf, backup, to).problems
        parts: dict[str, Part] = {}
        for entry in backup.entries:
            part = parts.setdefault(entry.part, Part(entry.part))
            part.files += 1
            part.bytes += entry.bytes
            part.rows_backed_up += sum(entry.rows.values())
            if entry.path in lost:
                part.problems.append(f"{entry.path}: {lost[entry.path]}")
            else:
                _prove(entry, to / entry.path, part)
        vectors = parts.setdefault("vectors", Part("vectors"))
        _prove_vectors(backup.vectors, to / "FLUX_EMBEDDINGS", vectors)
        _prove_decisions(to / "FLUX_METADATA" / "decisions.jsonl", parts)
    return Verified(backup.name, list(parts.values()))


def _prove(entry: Entry, file: Path, part: Part) -> None:
    """Open a restored file and count its rows; its digest was compared when it was restored."""
    try:
        rows = rows_in(file)
        if file.suffix in SQLITE:
            with closing(read_alone(file)) as database:
                (said,) = database.execute("PRAGMA integrity_check").fetchone()
            if said != "ok":
                part.problems.append(f"{entry.path}: SQLite finds it broken: {said}")
    except (OSError, sqlite3.Error, Uncountable) as error:
        part.problems.append(f"{entry.path}: cannot be opened: {error}")
        return
    part.rows_restored += sum(rows.values())
    if rows != entry.rows:
        part.problems.append(f"{entry.path}: has {rows} rows, and had {entry.rows}")


def _prove_vectors(expected: dict[str, int], folder: Path, part: Part) -> None:
    part.rows_backed_up += sum(expected.values())
    try:
        found = vectors_in(folder, read=True)
    except (OSError, ValueError, RuntimeError) as error:
        part.problems.append(f"FLUX_EMBEDDINGS: cannot be read: {error}")
        return
    part.rows_restored += sum(found.values())
    if found != expected:
        part.problems.append(f"FLUX_EMBEDDINGS: has {found} rows, and had {expected}")


def _prove_decisions(file: Path, parts: dict[str, Part]) -> None:
    try:
        Decisions(file, file.parent / "locks").history()
    except DecisionsBroken as error:
        parts[file.name].problems.append(str(error))
