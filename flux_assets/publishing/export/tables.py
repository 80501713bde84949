"""The rows of the wiki's tables: what `flux.db` and PostgreSQL get alike."""

from collections.abc import Iterator

import duckdb
import polars as pl

from flux_assets.publishing.export.wiki import wiki_photos
from flux_assets.publishing.issues.catalog import CATALOG_ENTRIES, CatalogEntries
from flux_assets.publishing.issues.issues import read_issues
from flux_assets.publishing.photos import open_for_reading
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError

_BATCH_ROWS = 50_000


class NotPublished(FluxError):
    """There is no `flux.duckdb` to take photographs from."""


def wiki_tables(archive: DataRoot) -> Iterator[tuple[str, pl.DataFrame]]:
    """Table names with rows, the referenced tables first; `photos` comes in several parts.

    Raises:
        NotPublished: there is no `flux.duckdb`.
    """
    with open_published(archive) as database:
        for batch in database.sql("SELECT * FROM photos").to_arrow_reader(_BATCH_ROWS):
            yield "photos", wiki_photos(pl.DataFrame(batch))
        shown = "SELECT photo_id, embedding_id FROM photos WHERE embedding_id IS NOT NULL"
        published = pl.DataFrame(database.sql(shown).to_arrow_table())
    yield "embeddings", _embeddings(archive, published)
    yield "issues", read_issues(archive.tables)
    yield "catalog_entries", archive.tables.read(CATALOG_ENTRIES, CatalogEntries)


def open_published(archive: DataRoot) -> "duckdb.DuckDBPyConnection":
    """`flux.duckdb`, to be closed by the caller.

    Raises:
        NotPublished: there is none.
        flux_assets.publishing.photos.Unreadable: it cannot be opened.
    """
    if not archive.paths.duckdb.exists():
        raise NotPublished(f"{archive.paths.root} has no photographs yet; run: flux materialize")
    return open_for_reading(archive.paths.duckdb)


def _embeddings(archive: DataRoot, published: pl.DataFrame) -> pl.DataFrame:
    """The vectors that `photos` names; a photograph that left its day may have stale rows."""
    columns = ("embedding_id", "photo_id", "model", "dimensions")
    rows = archive.tables.scan(EMBEDDINGS.name, EMBEDDINGS.schema).select(columns)
    named = rows.join(published.lazy(), on=["photo_id", "embedding_id"], how="semi")
    return named.unique("embedding_id", maintain_order=True).collect()
