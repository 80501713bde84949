"""What was published before, so that a new publication goes on from it."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from flux_assets.publishing.export.wiki import PHOTOS, wiki_photos
from flux_assets.publishing.row_history import HISTORY, with_history
from flux_resources.paths import Paths


def continued(photos: pl.DataFrame, paths: Paths) -> pl.DataFrame:
    """`photos` with the times at which each row came and last changed.

    They are those of the last `flux.duckdb`. Where that is lost, those of `flux.db`, by the columns
    that it holds; where both are, every photograph is new.
    """
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    published = _of_duckdb(paths.duckdb)
    if published is not None:
        return with_history(photos, published, now)
    exported = _of_sqlite(paths.flux_db)
    dated = with_history(wiki_photos(photos), exported, now)
    return photos.with_columns(dated.select(HISTORY))


def _of_duckdb(file: Path) -> pl.DataFrame | None:
    """The published rows, or None without a history. Read from a copy: a client may hold a lock.

    The copy has one name: the next publication replaces what a killed one left.
    """
    if not file.exists():
        return None
    copy = file.with_name(f".{file.name}.last")
    copy.unlink(missing_ok=True)
    try:
        shutil.copyfile(file, copy)
        with duckdb.connect(str(copy), read_only=True) as database:
            rows = pl.DataFrame(database.sql("SELECT * FROM photos").to_arrow_table())
    except duckdb.Error:  # damaged, or not of FLUX
        return None
    finally:
        copy.unlink(missing_ok=True)
    return rows if set(HISTORY) <= set(rows.columns) else None


def _of_sqlite(file: Path) -> pl.DataFrame:
    """The exported rows in the wiki's columns; no rows where they cannot be read."""
    rows: list[tuple[object, ...]] = []
    if file.exists():
        try:
            with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
                rows = database.execute(f"SELECT {', '.join(PHOTOS)} FROM photos").fetchall()
        except sqlite3.Error:  # damaged, or of another program
            rows = []
    times = pl.col(HISTORY).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ms", strict=False)
    return pl.DataFrame(rows, schema=PHOTOS, orient="row").with_columns(times)
