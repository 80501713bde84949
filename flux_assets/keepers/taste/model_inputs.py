"""What the keeper model reads of photographs: upstream rows side by side, and their vectors."""

from functools import reduce

import numpy as np
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.imaging.proxies import PROXIES
from flux_assets.imaging.quality import QUALITY
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.exif import EXIF
from flux_assets.photo_table import Product
from flux_assets.refresh import combine_fingerprints
from flux_assets.vision.bursts import BURSTS, as_one_day
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.tables import TableStore
from flux_resources.vectors import Vectors, VectorStore, as_matrix

_READ: dict[Product, tuple[str, ...]] = {
    PHOTO_INDEX: (),
    EXIF: ("iso", "exposure_s", "focal_length_mm"),
    CAPTURE_TIMES: ("resolved_at",),
    PROXIES: ("median_luminance", "dark_ratio", "mean_saturation"),
    QUALITY: (
        *("sharpness", "exposure", "clipped_shadows", "clipped_highlights", "spread", "noise"),
        *("contrast", "quality_score"),
    ),
    EMBEDDINGS: (),
    BURSTS: ("burst_id", "position", "burst_size"),
}
_DAYS_AT_ONCE = 64  # whose vectors are in memory twice


def of_keeper_model(tables: TableStore, training: pl.DataFrame) -> pl.DataFrame:
    """`known` of `train`: all photographs of the sessions of the `TrainingSet`, by photo_id."""
    parts = [
        tables.scan(product.name, product.schema).select("day", "photo_id", *columns)
        for product, columns in _READ.items()
    ]
    joined = reduce(lambda left, right: left.join(right, on=["day", "photo_id"], how="left"), parts)
    return (
        joined.filter(pl.col("day").is_in(training["day"].unique().implode()))
        .sort("photo_id")
        .collect()
    )


def of_keeper_scores(tables: TableStore, day: str) -> pl.DataFrame:
    """`known` of one day, `keeper`, and a `fingerprint` of the whole day on each row.

    Photographs are judged beside the others of their session, so each depends on all. Of the
    labels only `keeper` counts: what is a near miss changes no score.
    """
    parts = [
        tables.read_day(product.name, day, product.schema).select(
            "photo_id", *columns, pl.col("fingerprint").alias(f"of_{product.name}")
        )
        for product, columns in _READ.items()
    ]
    labels = tables.read_day(KEEPER_LABELS.name, day, KEEPER_LABELS.schema)
    joined = reduce(
        lambda left, right: left.join(right, on="photo_id", how="left"),
        [*parts, labels.select("photo_id", "keeper")],
    )
    marks = [f"of_{product.name}" for product in _READ]
    return (
        joined.with_columns(pl.lit(day).alias("day"), of_label=pl.col("keeper").cast(pl.String))
        .with_columns(combine_fingerprints(*marks, "of_label"))
        .drop(*marks, "of_label")
        .pipe(as_one_day)
    )


def with_vectors(known: pl.DataFrame, store: VectorStore) -> tuple[pl.DataFrame, Vectors]:
    """The rows of `known` (`day, photo_id`) that have a vector, by day, and these, `(n, d)`.

    Read in stretches of days, so that not much more than the result is in memory.
    """
    days = known["day"].unique().sort()
    kept, vectors, count = [known.clear()], np.empty((0, 1), np.float32), 0
    for start in range(0, len(days), _DAYS_AT_ONCE):
        some = days[start : start + _DAYS_AT_ONCE]
        stored = store.rows(some).select("photo_id", "vector")
        rows = known.filter(pl.col("day").is_in(some.implode()))
        rows = rows.join(stored, on="photo_id", how="inner", maintain_order="left")
        if rows.is_empty():
            continue
        block = as_matrix(rows["vector"])
        if count == 0:
            vectors = np.empty((known.height, block.shape[1]), np.float32)
        vectors[count : count + rows.height] = block
        count += rows.height
        kept.append(rows.drop("vector"))
    return pl.concat(kept), vectors[:count]
