"""What each product has, lacks and failed at, and why. Source: the product tables."""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.corpus.take_in import open_ledger
from flux_assets.photo_table import Product
from flux_assets.products import ENRICHMENTS
from flux_resources.data_root import DataRoot
from flux_resources.tables import TableStore


@dataclass(frozen=True)
class ProductStatus:
    """Counts of photographs; they add up to `photographs`.

    `expected` says why a value is rightly absent, `failed` what went wrong, `waiting` what comes
    by itself and why not yet, `pending` how many were never computed and `pending_days` where.
    """

    product: str
    photographs: int
    have: int
    pending: int
    expected: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    pending_days: list[str] = field(default_factory=list)


def photographs_by_range(archive: DataRoot) -> tuple[dict[str, int], int]:
    """Photographs of each day that can be enriched, and how many lie outside the day range."""
    with open_ledger(archive) as ledger:
        per_day = ledger.photographs_per_day()
    inside = {day: n for day, n in per_day.items() if archive.settings.archive.spans(day)}
    return inside, sum(per_day.values()) - sum(inside.values())


def archive_status(tables: TableStore, photographs_per_day: dict[str, int]) -> list[ProductStatus]:
    """The state of every day-partitioned product, the index first.

    `photographs_per_day` is what the ledger knows of the days that can be enriched.
    """
    index = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema).select("day", "photo_id").collect()
    indexed = dict(index.group_by("day").len().iter_rows())
    missing = {
        day: n - indexed.get(day, 0)
        for day, n in photographs_per_day.items()
        if n > indexed.get(day, 0)
    }
    first = ProductStatus(
        product=PHOTO_INDEX.name,
        photographs=index.height + sum(missing.values()),
        have=index.height,
        pending=sum(missing.values()),
        pending_days=sorted(missing),
    )
    return [first, *(_status(tables, product, index) for product in ENRICHMENTS)]


def _status(tables: TableStore, product: Product, index: pl.DataFrame) -> ProductStatus:
    keys = ["day", "photo_id"]
    waits = pl.col("pending") if product.waits else pl.lit(None, pl.String)
    rows = tables.scan(product.name, product.schema).select(
        *keys, product.value, "error", waits.alias("pending")
    )
    joined = index.lazy().join(rows.with_columns(computed=True), on=keys, how="left").collect()
    computed = joined.filter(pl.col("computed"))
    pending = joined.filter(pl.col("computed").is_null())
    waiting = computed["pending"].drop_nulls()
    errors = computed["error"].drop_nulls()
    fine = computed.filter(pl.col("error").is_null() & pl.col("pending").is_null())
    absent = fine[product.value].null_count()
    return ProductStatus(
        product=product.name,
        photographs=index.height,
        have=fine.height - absent,
        pending=pending.height,
        expected={product.gap or "no value": absent} if absent else {},
        failed=dict(Counter(map(_reason, errors)).most_common()),
        waiting=dict(Counter(map(_reason, waiting)).most_common()),
        pending_days=sorted(pending["day"].unique()),
    )


def _reason(error: str) -> str:
    """`stage: kind` of an error, so that messages that name files fall together."""
    return ": ".join(error.split(": ")[:2])
