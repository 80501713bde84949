"""The wiki's schema, and rows of `photos` in it.

The schema stands in `schema.sql`. The wiki gives `photos`, its six indexes and the head of
`embeddings`; the columns of `issues` and `catalog_entries`, and `dimensions`, are those that FLUX's
own tables have under these names.
"""

from pathlib import Path

import polars as pl

SCHEMA = Path(__file__).with_name("schema.sql")
PHOTOS = {
    **dict.fromkeys(("photo_id", "filename", "sha256", "captured_at"), pl.String()),
    **dict.fromkeys(("camera_make", "camera_model"), pl.String()),
    "focal_length_mm": pl.Float64(),
    **dict.fromkeys(("aperture", "shutter_speed"), pl.String()),
    "iso": pl.Int64(),
    **dict.fromkeys(("lat", "lon"), pl.Float64()),
    **dict.fromkeys(("location_city", "location_country", "weather"), pl.String()),
    "keeper": pl.Int64(),
    "keeper_score": pl.Float64(),
    **dict.fromkeys(("issue_id", "catalog_id", "embedding_id", "tags"), pl.String()),
    **dict.fromkeys(("created_at", "updated_at"), pl.String()),
}


def statements() -> list[str]:
    """The statements of the schema, to the letter: tables first, then indexes."""
    found = [part.strip() for part in SCHEMA.read_text(encoding="utf-8").split(";")]
    return sorted(filter(None, found), key=lambda sql: not sql.startswith("CREATE TABLE"))


def wiki_photos(photos: pl.DataFrame) -> pl.DataFrame:
    """Rows of `photos` in the wiki's columns and types.

    `captured_at` is ISO 8601, local; milliseconds are written where there are any. Who is not
    labelled is no keeper. `created_at` and `updated_at` are UTC, as SQLite's `datetime('now')`.
    """
    times = pl.col("created_at", "updated_at").dt.strftime("%Y-%m-%d %H:%M:%S")
    taken = pl.col("captured_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f").str.strip_suffix(".000")
    return photos.with_columns(times, taken, pl.col("keeper").fill_null(0)).select(
        pl.col(name).cast(kind) for name, kind in PHOTOS.items()
    )
