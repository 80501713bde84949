"""How the tests of this folder write rows, and look at what was measured."""

from datetime import datetime
from typing import Any

import polars as pl

from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.photo_table import Product
from flux_assets.publishing.coverage.measure import ArchiveCoverage
from flux_assets.refresh import full_version, mark_of
from flux_resources.data_root import DataRoot
from flux_tests.publishing.product_rows import write_index, write_rows

DAY, NEXT = "2022-01-15", "2022-02-16"


def product_row(coverage: ArchiveCoverage, product: str) -> dict[str, Any]:
    return coverage.products.row(by_predicate=pl.col("product") == product, named=True)


def gap_rows(coverage: ArchiveCoverage, product: str) -> list[dict[str, Any]]:
    return coverage.gaps.filter(pl.col("product") == product).to_dicts()


def counted(coverage: ArchiveCoverage, dimension: str, value: str, product: str) -> tuple[Any, Any]:
    """Count and share of one row of `by`."""
    same = {"dimension": dimension, "value": value, "product": product}
    (row,) = coverage.by.filter(**same).to_dicts()
    return row["count"], row["share"]


def fingerprint_of(product: Product, version: str) -> str:
    """A fingerprint as a run of that version would have written it."""
    return "0" * 24 + mark_of(full_version(product, version))


def indexed(archive: DataRoot, count: int, day: str = DAY) -> list[object]:
    return write_index(archive, day, *(f"13-{n // 60:02}-{n % 60:02}" for n in range(count)))


def write_times(archive: DataRoot, ids: list[object], trust: list[object], **more: Any) -> None:
    """Rows of `capture_times`, with the columns that must not be null."""
    columns: dict[str, list[object]] = {
        "photo_id": ids,
        "resolved_at": [datetime(2022, 1, 15)] * len(ids),
        "trust": trust,
        "signals_used": [[]] * len(ids),
        "candidates": [[]] * len(ids),
        "flags": [[]] * len(ids),
    }
    write_rows(archive, CAPTURE_TIMES, DAY, **(columns | more))
