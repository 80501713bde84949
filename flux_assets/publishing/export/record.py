"""One photograph's record, as the wiki shows it. Source: `flux.duckdb`."""

import json

import polars as pl

from flux_assets.corpus.lookup import photo_called
from flux_assets.publishing.export.tables import open_published
from flux_assets.publishing.export.wiki import wiki_photos
from flux_resources.data_root import DataRoot


def record(archive: DataRoot, photo: str) -> dict[str, object]:
    """The row of `photos` in the wiki's columns; `tags` is a list. See `photo_called`.

    Raises:
        flux_assets.corpus.lookup.UnknownPhotograph: none is called so, or several are.
        flux_assets.publishing.export.tables.NotPublished: there is no `flux.duckdb`.
    """
    with open_published(archive) as database:
        query = "SELECT * FROM photos WHERE photo_id = ?"
        photo_id = photo_called(database, photo, archive.paths)
        rows = pl.DataFrame(database.sql(query, params=[photo_id]).to_arrow_table())
    found = wiki_photos(rows).row(0, named=True)
    return {**found, "tags": json.loads(found["tags"] or "[]")}
