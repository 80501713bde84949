"""Files that survive a crash: hashing, atomic writes, copies that are proven."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from flux_resources.errors import FluxError

FileState = tuple[int, int, int, int]


class CopyError(OSError):
    """A copy did not read back as what was written."""


class Busy(FluxError):
    """Another process holds the lock."""


def legible(path: Path | str) -> str:
    """A path as text that can be stored and shown: bytes that are no UTF-8 become `�`."""
    return os.fsencode(path).decode("utf-8", "replace")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, as 64 hex digits.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_state(path: Path) -> FileState:
    """What changes when a file's content does: inode, size, modification and change time."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def atomic_file(target: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside `target`; on success it becomes `target` in one step.

    `durable=False` leaves out the fsyncs, for files that can be made again.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        if durable:
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        temporary.replace(target)
        if durable:
            sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def copy_proven(source: Path, temporary: Path, sha256: str) -> None:
    """Copy with modification time to `temporary`, flush it, and read it back.

    Raises:
        CopyError: the copy's content does not hash to `sha256`.
    """
    temporary.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, temporary)
        times = source.stat()
        os.utime(temporary, ns=(times.st_atime_ns, times.st_mtime_ns))
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        same = sha256_of(temporary) == sha256
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if not same:
        temporary.unlink()
        raise CopyError(f"copying {source} to {temporary} changed its content; check the disk")


@contextmanager
def single_writer(locks: Path, name: str, *, timeout: float = 600) -> Iterator[None]:
    """Hold the file lock `name`, so that one process writes at a time.

    Raises:
        Busy: it was not free within `timeout` seconds.
    """
    locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(locks / f"{name}.lock")
    try:
        with lock.acquire(timeout=timeout):
            yield
    except Timeout as error:
        raise Busy(f"another process is writing ({lock.lock_file}); try again later") from error
