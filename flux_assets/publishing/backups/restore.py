"""Bring a backup back into a folder, which then is a data root."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from flux_assets import progress
from flux_assets.publishing.backups.counting import SQLITE
from flux_assets.publishing.backups.pool import CHUNK, Damaged, Pool
from flux_assets.publishing.backups.shelf import Backup, Entry, Shelf
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.files import atomic_file, sha256_of, single_writer
from flux_resources.paths import Paths
from flux_resources.settings import Settings, SettingsError, load_settings

RESTORE = "restore"
_WRITERS = ("intake", "decisions", "keeper_model", "vectors", "duckdb")
_THREADS = 4
# What databases keep beside their files, by ending; the first holds what the file lacks.
_LOGS = {**dict.fromkeys(SQLITE, ("-wal", "-shm")), ".duckdb": (".wal",)}


class RestoreRefused(FluxError):
    """Restoring would replace what is there."""


@dataclass(frozen=True)
class Restored:
    """What came back.

    `unchanged` files were there already. `problems` says of files that could not be restored which
    object is damaged; all others were. `remarks` say what is left to do.
    """

    backup: Backup
    restored: int
    unchanged: int
    problems: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def restore_backup(shelf: Shelf, backup: Backup, to: Path, *, overwrite: bool = False) -> Restored:
    """Restore a backup below `to`, each file in one step; run again, it does what is left.

    Files that the backup does not have stay, except newer versions of its LanceDB tables: these
    would be read instead.

    Raises:
        RestoreRefused: files there differ and `overwrite` is not set; nothing was changed.
        Damaged: the manifest names a file outside the folder.
        flux_resources.files.Busy: someone writes to the archive in `to`.
    """
    for entry in backup.entries:
        path = PurePosixPath(entry.path)
        if path.is_absolute() or ".." in path.parts:
            raise Damaged(f"backup {backup.name} is damaged: it names {entry.path}")
    locks = _locks(to)
    with ExitStack() as held:
        for name in _WRITERS:
            held.enter_context(single_writer(locks, name, timeout=60))
        missing = [entry for entry in backup.entries if not _is_there(to / entry.path, entry)]
        newer = _newer_versions(backup, to)
        differing = [entry.path for entry in missing if (to / entry.path).exists()]
        differing += [file.relative_to(to).as_posix() for file in newer]
        if differing and not overwrite:
            raise RestoreRefused(_refusal(to, differing))
        progress.advance(RESTORE, len(backup.entries) - len(missing))
        problems = _write(shelf.pool, missing, to)
        if not problems:
            for file in newer:
                file.unlink()
    return Restored(
        backup,
        restored=len(missing) - len(problems),
        unchanged=len(backup.entries) - len(missing),
        problems=problems,
        remarks=_remarks(to),
    )


def _write(pool: Pool, entries: list[Entry], to: Path) -> dict[str, str]:
    """Restore files side by side; what went wrong, by path."""

    def write(entry: Entry) -> str | None:
        try:
            _write_file(pool, entry, to / entry.path)
        except Damaged as error:
            return str(error)
        finally:
            progress.advance(RESTORE, 1)
        return None

    with ThreadPoolExecutor(_THREADS) as threads:
        said = list(threads.map(write, entries))
    os.sync()  # flushing each of thousands takes minutes
    return {entry.path: problem for entry, problem in zip(entries, said, strict=True) if problem}


def _write_file(pool: Pool, entry: Entry, target: Path) -> None:
    with atomic_file(target, durable=False) as temporary:
        whole, left = hashlib.sha256(), entry.bytes
        with temporary.open("wb") as file:
            for sha256 in entry.chunks:
                chunk = pool.get(sha256, min(CHUNK, left))
                whole.update(chunk)
                left -= len(chunk)
                file.write(chunk)
        if left or whole.hexdigest() != entry.sha256:
            raise Damaged("its chunks do not make up the file of the manifest")
        for log in _logs(target):  # of the file that was there; it would be played into this one
            log.unlink(missing_ok=True)


def _logs(target: Path) -> list[Path]:
    return [target.with_name(f"{target.name}{ending}") for ending in _LOGS.get(target.suffix, ())]


def _is_there(target: Path, entry: Entry) -> bool:
    if any(log.exists() and log.stat().st_size for log in _logs(target)[:1]):
        return False  # what is read is not what the file holds
    if not target.is_file() or target.stat().st_size != entry.bytes:
        return False
    return sha256_of(target) == entry.sha256


def _locks(to: Path) -> Path:
    """Where those who write to the archive in `to` hold their locks."""
    try:
        return DataRoot.open(to).paths.locks
    except SettingsError:  # nobody opens it before its settings are restored
        return Paths.of(to, Settings()).locks


def _newer_versions(backup: Backup, to: Path) -> list[Path]:
    """Manifests, of the LanceDB tables of the backup, that it does not have."""
    known = {entry.path for entry in backup.entries}
    tables = {PurePosixPath(path).parent for path in known if path.endswith(".manifest")}
    found = (file for versions in sorted(tables) for file in (to / versions).glob("*"))
    return [file for file in found if file.relative_to(to).as_posix() not in known]


def _refusal(to: Path, differing: list[str]) -> str:
    more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
    return (
        f"{len(differing)} files in {to} are not those of the backup: "
        f"{', '.join(differing[:3])}{more}; restore to another folder, or replace them with "
        "--overwrite"
    )


def _remarks(to: Path) -> list[str]:
    """What a person has to know before the restored archive is opened."""
    try:
        storage = load_settings(to).storage
    except SettingsError as error:
        return [str(error)]
    moved = {key: folder for key, folder in storage.model_dump().items() if folder is not None}
    return [
        f"flux.yaml names {folder} as storage.{key}, and the restored files lie in {to}: move them "
        "there, or set it to null"
        for key, folder in moved.items()
    ]
