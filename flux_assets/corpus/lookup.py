"""Which photograph is meant: by its photo_id, by the name of its file, or by its path."""

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.paths import Paths

_NEAR = 3


class UnknownPhotograph(FluxError):
    """No photograph is called so, or several are."""


def photo_called(database: "duckdb.DuckDBPyConnection", said: str, paths: Paths) -> str:
    """The photo_id of the one photograph that is called so.

    Args:
        database: has a table `photos` with `photo_id, filename, path`.
        said: a photo_id, which goes before all else; or a path, absolute or relative to the data
            root or the current folder; or the name of a file, with its ending or without.
        paths: those of the data root.

    Raises:
        UnknownPhotograph: there is none, and the message names those with the nearest names; or
            there are several, and it names them.
    """
    ways: tuple[tuple[str, object], ...] = (
        ("photo_id = ?", said),
        ("path IN (SELECT unnest(?))", _as_stored(said, paths)),
        (r"? IN (filename, regexp_replace(filename, '\.[^.]*$', ''))", said),
    )
    for condition, value in ways:
        query = f"SELECT DISTINCT photo_id FROM photos WHERE {condition} ORDER BY 1"
        found = [name for (name,) in database.execute(query, [value]).fetchall()]
        if len(found) > 1:
            raise UnknownPhotograph(f"{said} may be each of {', '.join(found)}: say which")
        if found:
            return str(found[0])
    query = "SELECT photo_id FROM photos ORDER BY levenshtein(photo_id, ?), 1 LIMIT ?"
    near = database.execute(query, [Path(said).name, _NEAR]).fetchall()
    hint = f"; near it: {', '.join(name for (name,) in near)}" if near else ""
    raise UnknownPhotograph(f"no photograph of the archive is called {said}{hint}")


def indexed_photos(archive: DataRoot, said: Iterable[str]) -> list[str]:
    """The photo_ids of photographs that `photo_index` knows, published or not.

    Raises:
        UnknownPhotograph: one of them is called so by none or by several.
    """
    index = archive.tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    known = index.select("photo_id", "filename", "path").collect()
    with duckdb.connect(":memory:") as database:
        database.register("photos", known.to_arrow())
        return [photo_called(database, name, archive.paths) for name in said]


def _as_stored(said: str, paths: Paths) -> list[str]:
    """How `photos` may hold a path."""
    written = (Path(said).absolute(), Path(os.path.realpath(said)))
    return [said, *(paths.relative(path) for path in written)]
