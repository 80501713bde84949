"""Which days changed since they were indexed, from folder times alone."""

import os
from collections.abc import Iterator
from pathlib import Path

from flux_resources.ledger import Ledger
from flux_resources.paths import Paths


def changed_days(ledger: Ledger, paths: Paths) -> dict[str, str]:
    """Days that need `photo_index`, each with a state that changes when the day does again.

    A day changed when its folder has another modification time than at its last index, or when
    the ledger learned of a change in it (intake, a read-only root).
    """
    indexed = ledger.indexed_days()
    folders = {path.name: path.stat().st_mtime_ns for path in _day_folders(paths.originals)}
    changed = {
        day: f"folder {mtime}" for day, mtime in folders.items() if indexed.get(day, -1) != mtime
    }
    for day in ledger.changed_days():
        changed.setdefault(day, f"ledger {folders.get(day, 0)}")
    vanished = {day for day, mtime in indexed.items() if mtime is not None} - folders.keys()
    return changed | {day: "folder gone" for day in vanished if paths.originals.exists()}


def _day_folders(originals: Path, depth: int = 3) -> Iterator[Path]:
    """`ORIGINALS/YYYY/YYYY-MM/YYYY-MM-DD`, without looking into the days."""
    if not originals.is_dir():
        return
    with os.scandir(originals) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and entry.name[:1].isdigit():
                path = Path(entry.path)
                yield from [path] if depth == 1 else _day_folders(path, depth - 1)
