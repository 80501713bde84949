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
    copying program gives it. A folder that cannot be listed stands for all in it.
    """
    latest = time.time() - settle_seconds
    aside = {paths.rejected, paths.inbox_duplicates}
    return sorted(file for file in _walk(paths.inbox, aside) if changed_at(file) <= latest)


def changed_at(file: Path) -> float:
    """When a file last changed; a file that is gone since it was listed never settles.

    One that cannot be looked at has settled, so that intake says why.
    """
    try:
        return file.stat().st_ctime
    except FileNotFoundError:
        return math.inf
    except OSError:
        return -math.inf


def files_below(path: Path) -> list[Path]:
    """A file itself, or all files in a folder and below, by path; links are not followed.

    A folder that cannot be listed stands for all in it.
    """
    return sorted(_walk(path, set())) if path.is_dir() else [path]


def _walk(folder: Path, aside: set[Path]) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        path = folder / entry.name
        if entry.is_dir():
            if path not in aside:
                yield from _walk(path, aside)
        elif entry.is_file():
            yield path
