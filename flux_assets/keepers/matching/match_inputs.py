"""What keepers are matched against: every photograph of the archive."""

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_resources.tables import TableStore

_READ = (
    *("photo_id", "pair_id", "sha256", "original_filename", "bytes", "width", "height"),
    *("captured_at", "camera_model", "serial"),
)


def match_corpus(tables: TableStore) -> pl.DataFrame:
    """The columns that `match_keepers` reads, one row per photograph, by photo_id.

    Times are those that cameras wrote, as keepers repeat them, whatever was resolved since. The
    index has sub-seconds within `captured_at` only, so that a zero counts as unknown.
    """
    index = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    unknown = pl.lit(None, pl.String).alias("subsecond")
    return index.select(*_READ, unknown).sort("photo_id").collect()
