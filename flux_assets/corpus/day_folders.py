"""Which folders of ORIGINALS are days, and which hold photographs that belong to no day."""

import os
import re
from datetime import date
from pathlib import Path

from flux_assets.corpus.exclusion import Exclusion
from flux_resources.files import legible
from flux_resources.paths import day_folder

_ABOVE_DAYS = re.compile(r"\d{4}(/\d{4}-\d{2})?")
_ASTRAY = (
    "holds photographs, but is no day, so they are left out; move them into the inbox, or rename "
    "the folder to YYYY/YYYY-MM/YYYY-MM-DD"
)


def is_day(name: str) -> bool:
    """Whether a name is a date that exists, as `2022-01-15`."""
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def day_folders(originals: Path, exclusion: Exclusion) -> tuple[set[str], dict[str, str]]:
    """Days with a folder in ORIGINALS; and what else holds photographs or cannot be listed.

    The latter are paths below ORIGINALS with the reason why they are left out. Links are followed
    where a year, a month or a day is expected.

    Raises:
        OSError: ORIGINALS itself cannot be listed.
    """
    days: set[str] = set()
    left_out: dict[str, str] = {}
    waiting = [originals]
    while waiting:
        folder = waiting.pop()
        path = folder.relative_to(originals)
        try:
            for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
                below = path / entry.name
                if is_day(entry.name) and below == day_folder(entry.name):
                    days.add(entry.name)
                elif _is_passed_over(entry, below):
                    continue
                elif entry.is_dir():
                    waiting.append(folder / entry.name)
                elif exclusion.refuses(below) is None:
                    left_out[legible(path)] = _ASTRAY
        except FileNotFoundError:
            continue
        except OSError as error:
            if folder == originals:
                raise
            left_out[legible(path)] = str(error)
    return days, left_out


def _is_passed_over(entry: os.DirEntry[str], below: Path) -> bool:
    if entry.is_symlink():
        return not _ABOVE_DAYS.fullmatch(below.as_posix())
    return entry.name.startswith(".") and entry.is_dir()
