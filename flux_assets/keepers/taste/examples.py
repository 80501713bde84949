"""Labelled photographs, as the keeper model is trained and judged on them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from flux_assets.keepers.taste.evaluation import Flags, Numbers
from flux_assets.keepers.taste.learning import Jittered
from flux_resources.vectors import Vectors


@dataclass(frozen=True)
class Examples:
    """Photographs `(n,)`, labelled and not, whole sessions.

    Attributes:
        known, vectors: see `flux_assets.keepers.taste.features.Photographs`.
        labels, weights: keepers, and what a row counts; False and 0 without a label.
        groups: what no split and no fold cuts.
        train, validation, test: the rows of each split.
        jittered: altered copies of rows to train on.
    """

    known: pl.DataFrame
    vectors: Vectors
    labels: Flags
    weights: Numbers
    groups: pl.Series
    train: Flags
    validation: Flags
    test: Flags
    jittered: Jittered | None


def examples_of(
    known: pl.DataFrame,
    vectors: Vectors,
    training: pl.DataFrame,
    *,
    split: str,
    augmented: pl.DataFrame | None = None,
) -> Examples:
    """The rows of `known`, labelled, in the splits of the column `split`.

    Args:
        known, vectors, training, augmented: see `flux_assets.keepers.taste.training.train`.
        split: `split`, or `forward_split`.
    """
    labelled = training.select("photo_id", "keeper", "weight", "group_id", split)
    rows = known.select("photo_id").join(labelled, on="photo_id", how="left", maintain_order="left")
    parts = {
        part: (rows[split].cast(pl.String) == part).fill_null(False).to_numpy()
        for part in ("train", "validation", "test")
    }
    return Examples(
        known=known,
        vectors=vectors,
        labels=(rows["keeper"] == 1).fill_null(False).to_numpy(),
        weights=rows["weight"].cast(pl.Float64).fill_null(0.0).to_numpy(),
        groups=rows.select(pl.coalesce("group_id", "photo_id")).to_series(),
        **parts,
        jittered=None if augmented is None else _jittered(augmented, rows, parts["train"]),
    )


def _jittered(augmented: pl.DataFrame, rows: pl.DataFrame, train: Flags) -> Jittered | None:
    """The altered copies of the rows that are trained on."""
    taught = rows.select("photo_id", row=pl.int_range(pl.len())).filter(pl.Series(train))
    copies = augmented.select("photo_id", "vector").join(
        taught, on="photo_id", how="inner", maintain_order="left"
    )
    if copies.is_empty():
        return None
    values = copies["vector"].explode().to_numpy().astype(np.float32, copy=False)
    return Jittered(values.reshape(copies.height, -1), copies["row"].to_numpy().astype(np.int64))
