"""The parts and facts of a coverage report, as tables ready to be shown."""

import polars as pl

from flux_assets.publishing.coverage.by_part import KEEPERS
from flux_assets.publishing.coverage.measure import ArchiveCoverage

PARTS = {"year": 50, "month": 24, "place": 20, "country": 20, "camera": 20, "keeper": 3}
"""Dimensions that are shown, and how many of their values; the table has all."""
FACTS = {
    "Dates": ("dates", "flags"),
    "Pictures": ("images",),
    "Tags": ("tags",),
    "Most used tags": ("tag",),
    "Duplicates, bursts, brackets": ("groups",),
}
_SHOWN_TAGS = 20
_IN_ORDER = ("year", "month")


def parts_of(coverage: ArchiveCoverage, dimension: str) -> pl.DataFrame:
    """Photographs, keeper rate and the share of each product by the values of a dimension.

    Years and months from the latest on, the others by their photographs.
    """
    rows = coverage.by.filter(pl.col("dimension") == dimension)
    products = [name for name in rows["product"].unique(maintain_order=True) if name != KEEPERS]
    wide = rows.pivot("product", index=["value", "photographs"], values="share")
    order = "value" if dimension in _IN_ORDER else "photographs"
    wide = wide.sort([order, "value"], descending=[True, False]).head(PARTS[dimension])
    shown = [percent(name) for name in (KEEPERS, *products) if name in wide.columns]
    return wide.select(pl.col("value").alias(dimension), "photographs", *shown)


def facts_of(coverage: ArchiveCoverage, title: str) -> pl.DataFrame:
    """`fact, count, share` of one of the `FACTS`."""
    rows = coverage.by.filter(pl.col("dimension").is_in(FACTS[title]))
    if title == "Most used tags":
        rows = rows.head(_SHOWN_TAGS)
    return rows.select(pl.col("value").alias("fact"), "count", percent("share"))


def percent(column: str) -> pl.Expr:
    """A share as `98.5%`; 100% and 0% only where nothing lacks, and nothing is there."""
    share = pl.col(column)
    inside = (share > 0) & (share < 1)
    rounded = pl.when(inside).then((share * 100).clip(0.1, 99.9)).otherwise(share * 100).round(1)
    return pl.format("{}%", rounded).alias(column)
