"""What labels and the training set are made from: upstream rows side by side."""

from functools import reduce

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.photo_table import Product
from flux_assets.refresh import combine_fingerprints
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.tables import TableStore

_LABELS_READ: dict[Product, tuple[str, ...]] = {
    PHOTO_INDEX: ("sha256",),
    CAPTURE_TIMES: ("resolved_at",),
    EMBEDDINGS: (),
}
_TRAINING_READ: dict[Product, tuple[str, ...]] = {
    PHOTO_INDEX: ("pair_id",),
    KEEPER_LABELS: ("keeper", "near_miss", "source"),
    CAPTURE_TIMES: ("resolved_at",),
    BURSTS: ("burst_id",),
    EMBEDDINGS: ("embedding_id",),
}


def of_keeper_labels(
    tables: TableStore, day: str, files: pl.DataFrame, said: pl.DataFrame
) -> pl.DataFrame:
    """The columns that `label_session` reads, but for `vector`, and a `fingerprint` of each row.

    `files` is `keeper_labels.keeper_files`, `said` is `keeper_decisions.labels_said`.
    """
    parts = [
        tables.read_day(product.name, day, product.schema).select(
            "photo_id", *columns, pl.col("fingerprint").alias(f"of_{product.name}")
        )
        for product, columns in _LABELS_READ.items()
    ]
    joined = reduce(lambda left, right: left.join(right, on="photo_id", how="left"), parts)
    marks = [f"of_{product.name}" for product in _LABELS_READ]
    return (
        joined.join(said, on="sha256", how="left")
        .join(files, on="photo_id", how="left")
        .with_columns(
            of_person=pl.col("said").cast(pl.String),
            of_files=pl.col("keeper_paths").list.join("\n"),
        )
        .with_columns(combine_fingerprints(*marks, "of_person", "of_files"))
        .select("photo_id", "resolved_at", "said", "keeper_paths", "fingerprint")
    )


def of_training_set(tables: TableStore) -> pl.DataFrame:
    """The columns that `build_training_set` reads, of the whole archive."""
    parts = [
        tables.scan(product.name, product.schema).select("day", "photo_id", *columns)
        for product, columns in _TRAINING_READ.items()
    ]
    joined = reduce(lambda left, right: left.join(right, on=["day", "photo_id"], how="left"), parts)
    return joined.sort("photo_id").collect()
