"""The files of one version of a LanceDB table.

Lance never changes a file: a write adds data files and, last, a manifest that names what its
version consists of. Files of older versions stay for days. The manifest is read for names only: a
data file's name stands in it as text, an index folder's as the 16 bytes of its UUID. Deletion
files are named by numbers, and small: all of them are taken. What its own write replaced is named
as well, and taken; an earlier backup has it already. Hidden files are of other programs.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

_LAST = (1 << 64) - 1  # manifests are called by this less their version


def files_of_newest_version(table: Path) -> Iterator[Path]:
    """Files below a table's folder without which its newest version cannot be read.

    While the `vectors` lock is held, the newest version stays the newest.
    """
    manifests = list((table / "_versions").glob("[!.]*.manifest"))
    if not manifests:
        return
    manifest = max(manifests, key=_version)
    names = manifest.read_bytes()
    yield manifest
    yield from sorted((table / "_deletions").glob("[!.]*"))
    for file in sorted((table / "data").glob("[!.]*.lance")):
        if file.name.encode() in names:
            yield file
    for index in sorted((table / "_indices").glob("[!.]*")):
        if UUID(index.name).bytes in names:
            yield from sorted(file for file in index.rglob("[!.]*") if file.is_file())


def _version(manifest: Path) -> int:
    """Names count up in tables of earlier releases, and down in others."""
    number = int(manifest.stem)
    return _LAST - number if number > _LAST // 2 else number
