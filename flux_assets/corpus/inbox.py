"""What lies in the inbox and may be taken."""

import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

from flux_resources.paths import Paths


def settled_files(paths: Paths, settle_seconds: float) -> list[Path]:
    """Files in the inbox that have not changed for `settle_seconds`, by path.

    The folders for rejected files and duplicates are passed over, hidden files and links too. A
    file that is still being copied keeps its change time fresh, whatever modification time the
    copying program gives it.
    """
    latest = time.time() - settle_seconds
    aside = {str(paths.rejected), str(paths.inbox_duplicates)}
    return sorted(
        Path(entry.path) for entry in _walk(str(paths.inbox), aside) if _changed(entry) <= latest
    )


def _changed(entry: os.DirEntry[str]) -> float:
    """When a file last changed; a file that is gone since it was listed never settles."""
    try:
        return entry.stat().st_ctime
    except FileNotFoundError:
        return math.inf


def files_below(path: Path) -> list[Path]:
    """A file itself, or all files in a folder and below, by path; links are not followed."""
    if path.is_dir():
        return sorted(Path(entry.path) for entry in _walk(str(path), set()))
    return [path]


def _walk(folder: str, aside: set[str]) -> Iterator[os.DirEntry[str]]:
    if not Path(folder).is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir():
                if entry.path not in aside:
                    yield from _walk(entry.path, aside)
            elif entry.is_file():
                yield entry
