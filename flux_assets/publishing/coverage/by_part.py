"""Coverage and keeper rate by year, month, place, country, camera and keeper."""

from collections.abc import Sequence

import polars as pl

from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.metadata.estimated_places import ESTIMATED_PLACES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.publishing.coverage.schemas import CoverageBy

DIMENSIONS = ("year", "month", "place", "country", "camera", "keeper")
KEEPERS = "keepers"
UNKNOWN = "unknown"
_NAMED = ("location_city", "location_country")
READ: dict[str, tuple[str, ...]] = {
    EXIF.name: ("camera_make", "camera_model"),
    PLACES.name: _NAMED,
    ESTIMATED_PLACES.name: _NAMED,
    KEEPER_LABELS.name: ("keeper",),
}
"""The columns that parts are told by, of each product."""


def part_columns(product: str, seen: pl.DataFrame) -> list[pl.Series]:
    """The `READ` columns of a product, named so that `with_parts` finds them."""
    return [seen[name].alias(f"{product}.{name}") for name in READ.get(product, ())]


def with_parts(photographs: pl.DataFrame) -> pl.DataFrame:
    """`photographs` with the `DIMENSIONS` in place of all `part_columns`.

    Years and months are those of archive days. A place is measured, or else estimated.
    """
    city, country = (
        pl.coalesce(f"{PLACES.name}.{name}", f"{ESTIMATED_PLACES.name}.{name}") for name in _NAMED
    )
    camera = pl.concat_str(
        "exif.camera_make", "exif.camera_model", separator=" ", ignore_nulls=True
    )
    kept = pl.col(f"{KEEPER_LABELS.name}.keeper")
    parts = {
        "year": pl.col("day").str.head(4),
        "month": pl.col("day").str.head(7),
        "place": pl.when(city.is_not_null()).then(
            pl.concat_str(city, country, separator=", ", ignore_nulls=True)
        ),
        "country": country,
        "camera": pl.when(camera != "").then(camera),
        "keeper": pl.when(kept == 1).then(pl.lit("kept")).when(kept == 0).then(pl.lit("not kept")),
    }
    named = [
        part.fill_null(UNKNOWN).cast(pl.Categorical).alias(name) for name, part in parts.items()
    ]
    read = [f"{product}.{name}" for product, columns in READ.items() for name in columns]
    return photographs.with_columns(named).drop(read)


def count_parts(photographs: pl.DataFrame, products: Sequence[str]) -> pl.DataFrame:
    """`CoverageBy` rows of all `DIMENSIONS`: each product, and the keeper rate.

    `photographs` is `with_parts`, with a `State` by the name of each product.
    """
    measures = [(pl.col(name) == "have").sum().cast(pl.Int64).alias(name) for name in products]
    kept = (pl.col("keeper") == "kept").sum().cast(pl.Int64).alias(KEEPERS)
    wide = [
        photographs.lazy()
        .group_by(pl.col(name).cast(pl.String).alias("value"))
        .agg(pl.len().cast(pl.Int64).alias("photographs"), *measures, kept)
        .select(pl.lit(name).alias("dimension"), pl.all())
        for name in DIMENSIONS
    ]
    long = pl.concat(wide).unpivot(
        index=["dimension", "value", "photographs"], variable_name="product", value_name="count"
    )
    shared = long.with_columns(share=pl.col("count") / pl.col("photographs"))
    return shared.select(CoverageBy.column_names()).collect()
