"""The files of the KEEPERS tree: which there are, and what one says of itself.

Loads neither Polars nor Dagster, so that worker processes start quickly.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flux_assets.corpus.exclusion import Exclusion
from flux_assets.corpus.loss_guard import LossSuspected
from flux_assets.corpus.pictures import NotAPhotograph, identify
from flux_assets.metadata.exif_fields import exif_fields
from flux_resources.exif.parse import ExifUnreadable
from flux_resources.exif.tags import read_tags
from flux_resources.files import legible, sha256_of

Row = dict[str, Any]
_OF_EXIF = ("captured_at", "subsecond", "camera_make", "camera_model", "serial")


@dataclass(frozen=True)
class KeeperFile:
    """A file as its folder lists it; two that are equal are taken to hold the same."""

    path: Path
    size: int
    mtime_ns: int


def list_keepers(folder: Path, exclusion: Exclusion) -> list[KeeperFile]:
    """Picture files by name in `folder` and below, by path; links are not followed.

    Raises:
        LossSuspected: a folder cannot be listed, so that its keepers would seem to be gone.
    """
    try:
        return list(_walk(folder, folder, exclusion))
    except OSError as error:
        raise LossSuspected(
            f"{error.filename or folder} cannot be listed: {error.strerror or error}. The index "
            "was kept. Mend the disk or the folder's permissions and run it again."
        ) from error


def _walk(base: Path, folder: Path, exclusion: Exclusion) -> Iterator[KeeperFile]:
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.is_symlink():
            continue
        if entry.is_dir():
            if not entry.name.startswith("."):
                yield from _walk(base, path, exclusion)
        elif exclusion.refuses(path.relative_to(base)) is None:
            with suppress(FileNotFoundError):  # gone since the folder was listed
                stat = entry.stat()
                yield KeeperFile(path, stat.st_size, stat.st_mtime_ns)


def tree_state(files: Sequence[KeeperFile]) -> str:
    """A digest that changes whenever a file comes, goes or changes: 32 hex digits."""
    lines = (f"{legible(file.path)}|{file.size}|{file.mtime_ns}\n" for file in files)
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
    return digest.hexdigest()[:32]


def read_keepers(files: list[KeeperFile]) -> list[Row]:
    """What each file says of itself; one that cannot be read gives an error row."""
    return [_read(file) for file in files]


def unread(file: KeeperFile, reason: str, *, retry: bool) -> Row:
    """The row of a file that could not be read; with `retry` it is tried again next time."""
    return _named(file) | {"error": f"keeper: {reason}", "retry": retry}


def _named(file: KeeperFile) -> Row:
    return {
        "file": file,
        "filename": legible(file.path.name),
        "bytes": file.size,
        "modified_at": datetime.fromtimestamp(file.mtime_ns / 1e9, UTC),
        "error": None,
        "retry": False,
    }


def _read(file: KeeperFile) -> Row:
    """A picture whose EXIF is broken is still a picture: it is known by content and name."""
    if legible(file.path) != str(file.path):
        return unread(file, "its name is not valid UTF-8; rename it", retry=False)
    try:
        picture = identify(file.path)
        row = _named(file) | {
            "sha256": sha256_of(file.path),
            "format": picture.format,
            "width": picture.width,
            "height": picture.height,
        }
        with suppress(ExifUnreadable):
            fields = exif_fields(read_tags(file.path))
            row |= {name: fields[name] for name in _OF_EXIF}
    except NotAPhotograph as error:
        return unread(file, str(error), retry=False)
    except OSError as error:
        return unread(file, str(error), retry=True)
    except Exception as error:  # no file, however odd, may stop the others
        return unread(file, f"{type(error).__name__}: {error}", retry=False)
    return row
