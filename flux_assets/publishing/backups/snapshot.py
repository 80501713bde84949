"""What belongs to a backup, taken as it is at one moment.

In: flux.yaml, the decisions, all tables, flux.duckdb (it alone knows when rows came), the ledger,
the geocoder's cache, the vectors, the versions of the keeper model, the manifests and assignment
files of issues, drafts, Dagster's storage.

Out, because a run makes them again from these: flux.db, proxies, thumbnails, sheets,
the PDFs of issues, logs of runs. Out, because they are no metadata: photographs. Only what is named
here is taken, so that a file with credentials in the data root is never part of a backup.

Files that FLUX replaces and never changes are linked, which takes microseconds for each; what is
changed in place is copied, and so is flux.duckdb, on which a client may hold a lock. The whole
takes about a second, and in the order in which products are made, backwards: the ledger before the
tables, the tables before the vectors. So the copy is a state that a power failure could have left,
and from such a state the next run goes on.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from flux_assets.publishing.backups.lance_files import files_of_newest_version
from flux_assets.publishing.backups.pool import Damaged
from flux_resources.data_root import DataRoot
from flux_resources.files import single_writer
from flux_resources.paths import Paths
from flux_resources.settings import SETTINGS_FILE, Settings

_ISSUE_ENDINGS = (".json", ".txt", ".csv")
_WRITERS = ("decisions", "vectors")  # the others leave whole files at every instant


def take_snapshot(archive: DataRoot, to: Path) -> None:
    """Lay out what belongs to a backup below the empty folder `to`, as in a data root.

    Raises:
        flux_resources.files.Busy: the vectors or decisions are being written for minutes.
    """
    paths, there = archive.paths, Paths.of(to, Settings())
    for file in _below(paths.dagster, "*.db"):
        copy_sqlite(file, there.dagster / file.relative_to(paths.dagster))
    with ExitStack() as held:
        for name in _WRITERS:
            held.enter_context(single_writer(paths.locks, name))
        copy_sqlite(paths.ledger, there.ledger)
        copy_sqlite(paths.nominatim_cache, there.nominatim_cache)
        _copy(paths.root / SETTINGS_FILE, there.root / SETTINGS_FILE)
        _copy(paths.decisions, there.decisions)
        for file in _below(paths.issues):
            if file.suffix.lower() in _ISSUE_ENDINGS:
                _copy(file, there.issues / file.relative_to(paths.issues))
        for file in (*_below(paths.models), *_below(paths.metadata / "drafts", "*.json")):
            _copy(file, there.metadata / file.relative_to(paths.metadata))
        for file in _below(paths.tables, "*.parquet"):
            _link(file, there.tables / file.relative_to(paths.tables))
        _copy(paths.duckdb, there.duckdb)
        for table in sorted(paths.vectors.glob("*.lance")):
            for file in files_of_newest_version(table):
                _link(file, there.vectors / file.relative_to(paths.vectors))
        for file in paths.vectors.glob("*.npz"):
            _copy(file, there.vectors / file.name)


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of an SQLite file that others may be writing; nothing where it is gone.

    Raises:
        Damaged: SQLite finds it broken.
    """
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    read_only = f"{source.resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(read_only, uri=True, timeout=60)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{source} cannot be backed up: {error}") from error


def _below(folder: Path, pattern: str = "*") -> Iterator[Path]:
    """Files below a folder; hidden ones are of writes that are under way."""
    for file in sorted(folder.rglob(pattern)):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if not hidden and file.is_file():
            yield file


def _link(source: Path, target: Path) -> None:
    """A second name for a file that is never changed in place; a copy on another file system."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except FileNotFoundError:
        return  # its product was withdrawn in this moment
    except OSError:
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        return
