"""Which days changed since they were indexed, from folder times alone."""

import os
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from flux_assets.corpus.day_folders import is_day
from flux_assets.corpus.loss_guard import MARKER
from flux_resources.ledger import Ledger
from flux_resources.paths import Paths

NEIGHBOUR_DAYS = 2


def changed_days(ledger: Ledger, paths: Paths) -> dict[str, str]:
    """Days that need `photo_index`, each with a state that changes when the day does again.

    A day changed when its folder has another modification time than at its last index, or when
    the ledger learned of a change in it (intake, a read-only root, a product that is unfinished).
    """
    states = ledger.day_states()
    folders = {path.name: path.stat().st_mtime_ns for path in _day_folders(paths.originals)}
    mounted = (paths.originals / MARKER).exists()
    changed = {}
    for day in sorted(states.keys() | folders.keys()):
        folder, known = folders.get(day), states.get(day)
        moved = known is None or (mounted and known.folder_mtime_ns != folder)
        if moved or (known and known.changed):
            changed[day] = f"{folder} {known.revision if known else 0}"
    return changed


def with_neighbours(changed: Iterable[str], days: Iterable[str]) -> list[str]:
    """The changed days and those of `days` within two days of them, ascending.

    A photograph without GPS borrows its place from neighbours in time, up to 37 hours away.

    >>> with_neighbours(["2022-01-15"], ["2022-01-12", "2022-01-13", "2022-01-17"])
    ['2022-01-13', '2022-01-15', '2022-01-17']
    """
    changed = set(changed)
    reached = {
        (date.fromisoformat(day) + timedelta(days=offset)).isoformat()
        for day in changed
        for offset in range(-NEIGHBOUR_DAYS, NEIGHBOUR_DAYS + 1)
    }
    return sorted(changed | reached.intersection(days))


def _day_folders(originals: Path, depth: int = 3) -> Iterator[Path]:
    """`ORIGINALS/YYYY/YYYY-MM/YYYY-MM-DD`, without looking into the days."""
    if not originals.is_dir():
        return
    with os.scandir(originals) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                continue
            path = Path(entry.path)
            if depth > 1 and entry.name[:1].isdigit():
                yield from _day_folders(path, depth - 1)
            elif is_day(entry.name):
                yield path
