"""Make a backup: snapshot, chunks into the pool, manifest, rotation."""

import hashlib
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flux_assets.publishing.backups.counting import Uncountable, rows_in, vectors_in
from flux_assets.publishing.backups.pool import CHUNK, Damaged, Pool
from flux_assets.publishing.backups.rotation import kept
from flux_assets.publishing.backups.shelf import Backup, Entry, Shelf
from flux_assets.publishing.backups.snapshot import take_snapshot
from flux_assets.publishing.backups.verify import SCRATCH
from flux_resources.data_root import DataRoot
from flux_resources.files import single_writer
from flux_resources.settings_sections import BackupSettings

BACKUPS = "backups"
_THREADS = 4
_DAY_S = 86_400


@dataclass(frozen=True)
class Made:
    """A backup as it was made.

    `removed` are the backups that rotation took away. `warnings` name backups that cannot be read;
    while there are any, nothing is removed from the pool.
    """

    backup: Backup
    removed: list[str]
    freed_bytes: int
    warnings: list[str]


def create_backup(archive: DataRoot) -> Made:
    """Back the archive up to `FLUX_METADATA/backups`, and rotate.

    May be killed at any instant, and run again; every chunk it writes is read back.

    Raises:
        flux_resources.files.Busy: another backup is being made, or a store is being written.
        Damaged: the disk does not give back what was written.
    """
    shelf = Shelf(archive.paths.backups)
    with single_writer(archive.paths.locks, BACKUPS):
        started = time.monotonic()
        name = shelf.free_name()
        staging = shelf.folder / ".staging"
        _clear_leftovers(shelf.folder)
        root = staging / "root"
        root.mkdir(parents=True)
        try:
            take_snapshot(archive, root)
            entries, new_bytes = _store(root, shelf)
            vectors = vectors_in(root / "FLUX_EMBEDDINGS")
            seconds = round(time.monotonic() - started, 2)
            backup = Backup(name, seconds, new_bytes, vectors, entries)
            shelf.add(backup, staging / name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        removed, freed, warnings = rotate(shelf, archive.settings.backups)
    return Made(backup, removed, freed, warnings)


def rotate(shelf: Shelf, settings: BackupSettings) -> tuple[list[str], int, list[str]]:
    """Remove what has had its time: names of backups, bytes freed, backups that are damaged."""
    names = {backup.made_at: backup.name for backup in shelf.each([])}
    stay = kept(names, settings)
    removed = [name for moment, name in names.items() if moment not in stay]
    for name in removed:
        shelf.remove(name)
    damaged: list[str] = []
    referred = set[str]()
    for backup in shelf.each(damaged):
        referred |= backup.chunks()
    if damaged:  # what they refer to is not known
        return removed, 0, damaged
    return removed, shelf.pool.sweep(referred), []


def chunks_of_file(file: Path) -> Iterator[bytes]:
    """A file in pieces of 1 MiB; an empty file is one empty piece."""
    with file.open("rb") as content:
        yield content.read(CHUNK)
        while chunk := content.read(CHUNK):
            yield chunk


def _store(root: Path, shelf: Shelf) -> tuple[list[Entry], int]:
    """Put every file below `root` into the pool: entries by path, and the bytes written."""
    files = sorted(file for file in root.rglob("*") if file.is_file())
    counted = {entry.sha256: entry.rows for backup in shelf.each([]) for entry in backup.entries}
    store = partial(_store_file, root, shelf.pool, counted)
    entries, new_bytes = [], 0
    with ThreadPoolExecutor(_THREADS) as threads:
        for entry, written in threads.map(store, files):
            entries.append(entry)
            new_bytes += written
    return entries, new_bytes


def _store_file(
    root: Path, pool: Pool, counted: dict[str, dict[str, int]], file: Path
) -> tuple[Entry, int]:
    whole, size, chunks, new_bytes = hashlib.sha256(), 0, [], 0
    for chunk in chunks_of_file(file):
        sha256, written = pool.put(chunk)
        whole.update(chunk)
        size += len(chunk)
        chunks.append(sha256)
        new_bytes += written
    digest = whole.hexdigest()
    path = file.relative_to(root).as_posix()
    try:
        rows = counted[digest] if digest in counted else rows_in(file)
    except Uncountable as error:
        raise Damaged(
            f"{path} cannot be backed up: {error}; make it again, or remove it"
        ) from error
    return Entry(path, digest, size, rows, chunks), new_bytes


def _clear_leftovers(folder: Path) -> None:
    """Remove what killed backups, rotations and, since a day at least, verifications left."""
    for left in (*folder.glob(".staging"), *folder.glob(".gone-*")):
        shutil.rmtree(left)
    for left in folder.glob(f"{SCRATCH}*"):
        if left.stat().st_mtime < time.time() - _DAY_S:
            shutil.rmtree(left)
