"""Which files failed, what their rows say, and which failures only follow from another."""

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.products import ENRICHMENTS
from flux_resources.tables import TableStore

_SHOWN = 3  # photographs of a gap
_OF_GAP = ("product", "why", "reason")
_SEE = r"\(see (\w+)\)$"


def failures_of(tables: TableStore, gaps: pl.DataFrame) -> pl.DataFrame:
    """`product, why, reason, photo_id, path, error`: some photographs of each failed gap.

    `path` is that of `photo_index`; `error` is what the row of the product says.
    """
    failed = _failed(gaps).select(*_OF_GAP, photo_id=pl.col("photo_ids").list.head(_SHOWN))
    failed = failed.explode("photo_id")
    ids = failed["photo_id"].unique().to_list()
    chosen = pl.col("photo_id").is_in(ids)
    paths = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema).filter(chosen)
    errors = [
        tables.scan(product.name, product.schema)
        .filter(chosen)
        .select(pl.lit(product.name).alias("product"), "photo_id", "error")
        for product in ENRICHMENTS
        if product.name in failed["product"]
    ]
    if not errors:
        return failed.with_columns(path=pl.lit(""), error=pl.lit(""))
    return (
        failed.lazy()
        .join(paths.select("photo_id", "path"), on="photo_id", maintain_order="left")
        .join(pl.concat(errors), on=["product", "photo_id"], maintain_order="left")
        .collect()
    )


def to_close(gaps: pl.DataFrame) -> pl.DataFrame:
    """The closable gaps, in their order, without those that another failed gap explains.

    A gap is explained if its reason ends with `(see X)` and X failed on all of its days.
    """
    failed_days = (
        _failed(gaps)
        .explode("days")
        .group_by(pl.col("product").alias("seen"))
        .agg(pl.col("days").alias("failed_days"))
    )
    left = pl.col("days").list.set_difference(pl.col("failed_days").fill_null([]))
    explained = (pl.col("why") == "failed") & (left.list.len() == 0)
    return (
        gaps.filter(pl.col("priority").is_not_null())
        .with_columns(seen=pl.col("reason").str.extract(_SEE))
        .join(failed_days, on="seen", how="left", maintain_order="left")
        .filter(~explained)
        .drop("seen", "failed_days")
    )


def _failed(gaps: pl.DataFrame) -> pl.DataFrame:
    return gaps.filter(pl.col("why") == "failed")
