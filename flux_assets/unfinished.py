"""Days on which a product is missing, incomplete, waits, or wants to be tried again."""

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.photo_table import Product
from flux_assets.products import ENRICHMENTS
from flux_resources.tables import TableStore


def unfinished_days(tables: TableStore) -> list[str]:
    """Days with an indexed photograph that some product has no finished row of, ascending.

    A run that was killed or failed after the index leaves such days, and so does a row without a
    fingerprint, whose reason may have passed. Rows that wait are `waiting_days`.
    """
    index = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema).select("day", "photo_id")
    unfinished = [_unfinished(tables, product, index) for product in ENRICHMENTS]
    days = pl.concat(unfinished).select(pl.col("day").unique().sort()).collect()
    return days["day"].to_list()


def waiting_days(tables: TableStore) -> list[str]:
    """Days with a row that waits for what comes by itself, ascending."""
    days = [
        tables.scan(product.name, product.schema).filter(pl.col("pending").is_not_null())
        for product in ENRICHMENTS
        if product.waits
    ]
    found = pl.concat(rows.select("day") for rows in days).select(pl.col("day").unique().sort())
    return found.collect()["day"].to_list()


def _unfinished(tables: TableStore, product: Product, index: pl.LazyFrame) -> pl.LazyFrame:
    rows = tables.scan(product.name, product.schema)
    done = pl.col("fingerprint").is_not_null()
    if product.waits:
        done |= pl.col("pending").is_not_null()
    finished = rows.filter(done).select("day", "photo_id")
    return index.join(finished, on=["day", "photo_id"], how="anti").select("day")
