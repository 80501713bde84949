"""`keeper_index`: which files the KEEPERS tree holds. Phase 3; source: KEEPERS, only ever read.

A file whose path, size and time are those of its row is not read again.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import dataframely as dy
import polars as pl

from flux_assets import progress
from flux_assets.corpus.exclusion import Exclusion
from flux_assets.corpus.loss_guard import LossSuspected
from flux_assets.keepers.matching.keeper_files import (
    KeeperFile,
    Row,
    list_keepers,
    read_keepers,
    tree_state,
    unread,
)
from flux_assets.refresh import schema_version
from flux_resources.data_root import DataRoot
from flux_resources.files import legible
from flux_resources.isolation import Died, isolated_map
from flux_resources.paths import Paths

KEEPER_INDEX = "keeper_index"
KEEPER_INDEX_VERSION = "1"
_CHUNK = 8  # files handed to a worker at once; a keeper may be a TIFF of hundreds of MB
_SECONDS = 120.0  # for a chunk, or for one file of a chunk that died; a network disk may be asleep
_GIGABYTES = 2.0
_SAVED_EVERY = 512  # files read between two writes: what a killed run has read is not read again


class KeeperIndex(dy.Schema):
    """Grain: file of the KEEPERS tree. Times without a zone are the camera's own."""

    keeper_path = dy.String(primary_key=True, description="Relative to the data root.")
    filename = dy.String(description="Name of the file.")
    sha256 = dy.String(
        nullable=True, regex="^[0-9a-f]{64}$", description="Digest; null: it cannot be read."
    )
    bytes = dy.Int64(min=0, description="Size of the file.")
    modified_at = dy.Datetime(time_unit="ms", time_zone="UTC", description="File time.")
    width = dy.Int32(nullable=True, min=1, description="Pixels, before rotation; null for RAW.")
    height = dy.Int32(nullable=True, min=1, description="Pixels, before rotation; null for RAW.")
    format = dy.String(nullable=True, description="JPEG, TIFF, ...; judged by content.")
    captured_at = dy.Datetime(
        nullable=True, time_unit="ms", description="DateTimeOriginal, local, with sub-seconds."
    )
    subsecond = dy.String(
        nullable=True, regex="^[0-9]+$", description="SubSecTimeOriginal as written."
    )
    camera_make = dy.String(nullable=True, description="Brand, as people say it: `RICOH`.")
    camera_model = dy.String(nullable=True, description="Without the brand: `GR IIIx`.")
    serial = dy.String(nullable=True, description="Body serial number.")
    error = dy.String(nullable=True, description="Null, or `stage: message`.")
    fingerprint = dy.String(
        nullable=True, description="Digest of path, size, file time and version; null: try again."
    )


@dataclass(frozen=True)
class KeeperIndexReport:
    """What an update of the index saw; counts are files, `removed` their paths."""

    files: int
    read: int
    failed: int
    removed: tuple[str, ...]
    seconds: float


def keeper_tree(archive: DataRoot) -> list[KeeperFile]:
    """The picture files that KEEPERS holds now, without opening one.

    Raises:
        LossSuspected: a folder in it cannot be listed.
    """
    return list_keepers(archive.paths.keepers, Exclusion.of(archive.settings.archive))


def keeper_tree_state(archive: DataRoot) -> str:
    """A digest of the tree for whoever watches it: equal as long as nothing changes.

    Raises:
        LossSuspected: a folder in it cannot be listed.
    """
    return tree_state(keeper_tree(archive))


def update_keeper_index(archive: DataRoot, *, accept_loss: bool = False) -> KeeperIndexReport:
    """Bring `keeper_index` in line with the KEEPERS tree, reading new and changed files only.

    Raises:
        LossSuspected: KEEPERS is not mounted, or most of it vanished; the index is kept.
    """
    started = time.perf_counter()
    tables, paths = archive.tables, archive.paths
    before = tables.read(KEEPER_INDEX, KeeperIndex)
    files = keeper_tree(archive)
    if not accept_loss:
        _require_plausible(paths.keepers, before.height, len(files))
    marks = [_fingerprint(file, paths) for file in files]
    rows: pl.DataFrame = before.filter(pl.col("fingerprint").is_in(marks))
    kept = set(rows["fingerprint"])
    todo = [file for file, mark in zip(files, marks, strict=True) if mark not in kept]
    progress.advance(KEEPER_INDEX, rows.height)
    tables.write(KEEPER_INDEX, rows, KeeperIndex)
    read = _read(todo, archive.settings.imaging.workers)
    while part := list(islice(read, _SAVED_EVERY)):
        rows = pl.concat([rows, _frame(part, paths)])
        rows = rows.unique("keeper_path", keep="first").sort("keeper_path")
        tables.write(KEEPER_INDEX, rows, KeeperIndex)
    return KeeperIndexReport(
        files=rows.height,
        read=len(todo),
        failed=rows["error"].count(),
        removed=tuple(sorted(set(before["keeper_path"]) - set(rows["keeper_path"]))),
        seconds=time.perf_counter() - started,
    )


def _require_plausible(folder: Path, before: int, now: int) -> None:
    """Refuse a tree that lost more than half of its files at once: a disk may be away.

    Raises:
        LossSuspected: names the folder, the counts and the remedy.
    """
    if now >= before / 2:
        return
    raise LossSuspected(
        f"{folder} held {before} keepers and shows {now} now. Is the disk mounted? The index was "
        "kept. If they were removed on purpose: flux materialize --accept-loss"
    )


def _read(files: Sequence[KeeperFile], workers: int) -> Iterator[Row]:
    """A row for each file, as they are read, in `workers` processes.

    One that hangs or ends its reader costs its own row.
    """
    chunks = [list(files[start : start + _CHUNK]) for start in range(0, len(files), _CHUNK)]
    for chunk, rows in zip(chunks, _isolated(chunks, workers), strict=True):
        if isinstance(rows, Died):
            singles = [[file] for file in chunk]
            for file, single in zip(chunk, _isolated(singles, workers), strict=True):
                if isinstance(single, Died):
                    yield unread(file, single.reason, retry=single.passing)
                else:
                    yield from single
        else:
            yield from rows
        progress.advance(KEEPER_INDEX, len(chunk))


def _isolated(chunks: list[list[KeeperFile]], workers: int) -> Iterator[list[Row] | Died]:
    return isolated_map(
        read_keepers, chunks, workers=workers, seconds=_SECONDS, gigabytes=_GIGABYTES
    )


def _frame(rows: Sequence[Row], paths: Paths) -> pl.DataFrame:
    types = {name: column.dtype for name, column in KeeperIndex.columns().items()}
    complete = [
        {
            **row,
            "keeper_path": legible(paths.relative(row["file"].path)),
            "fingerprint": None if row["retry"] else _fingerprint(row["file"], paths),
        }
        for row in rows
    ]
    values = {name: [row.get(name) for row in complete] for name in types}
    return pl.DataFrame(values, schema=types, strict=True)


def _fingerprint(file: KeeperFile, paths: Paths) -> str:
    version = f"{KEEPER_INDEX_VERSION}|{schema_version(KeeperIndex)}"
    said = f"{paths.relative(file.path)}|{file.size}|{file.mtime_ns}|{version}"
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:32]
