"""One photograph's record, as the wiki shows it. Source: `flux.duckdb`."""

import json

import polars as pl

from flux_assets.publishing.export.tables import open_published
from flux_assets.publishing.export.wiki import wiki_photos
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError

_NEAR = 3


class UnknownPhotograph(FluxError):
    """No photograph has this photo_id."""


def record(archive: DataRoot, photo_id: str) -> dict[str, object]:
    """The row of `photos` in the wiki's columns; `tags` is a list.

    Raises:
        UnknownPhotograph: there is none; the message names those with the nearest names.
        flux_assets.publishing.export.tables.NotPublished: there is no `flux.duckdb`.
    """
    with open_published(archive) as database:
        query = "SELECT * FROM photos WHERE photo_id = ?"
        rows = pl.DataFrame(database.sql(query, params=[photo_id]).to_arrow_table())
        if rows.is_empty():
            query = "SELECT photo_id FROM photos ORDER BY levenshtein(photo_id, ?), 1 LIMIT ?"
            near = database.execute(query, [photo_id, _NEAR]).fetchall()
            hint = f"; near it: {', '.join(name for (name,) in near)}" if near else ""
            raise UnknownPhotograph(f"no photograph is called {photo_id}{hint}")
    found = wiki_photos(rows).row(0, named=True)
    return {**found, "tags": json.loads(found["tags"] or "[]")}
