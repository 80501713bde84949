"""Folders and names that survive a power cut, and that overwrite nothing."""

import os
from pathlib import Path

from flux_resources.files import sync_folder


def durable_folder(folder: Path) -> None:
    """Make a folder and all above it, each of them durable in the one it lies in."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        sync_folder(made.parent)


def name_finally(temporary: Path, target: Path) -> None:
    """Give a file its final name in the same folder; whatever bears that name stays.

    Raises:
        FileExistsError: something lies at `target`, be it a link that leads nowhere.
    """
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without hard links, such as exFAT
        if os.path.lexists(target):
            raise FileExistsError(f"{target} is taken") from error
        temporary.rename(target)
    else:
        temporary.unlink()
