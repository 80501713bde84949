"""`keeper_labels`: what the photographer kept. Phase 6; source: verified keepers, people, look.

A session is an archive day. A person's word outranks a match. Of the photographs that were not
kept, those that lie close to a keeper of their session, in time and in picture, are near misses:

    near_miss = exp(-(seconds / near_miss_seconds + (1 - cosine) / near_miss_cosine))

to the keeper for which that is highest. It is 1 at the keeper's own moment and look, grows
whenever the photograph comes closer in either, and falls to 1/e at the scale of either.
"""

import hashlib
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from flux_assets.photo_table import PhotoTable, Product
from flux_resources.settings_sections import KeeperLabelSettings

KEEPER_LABELS_VERSION = "1"
SOURCES = ("person", "match", "none")
_AT_ONCE = 4096  # photographs compared with all keepers of their session

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Vectors = np.ndarray[Any, np.dtype[np.float32]]


class KeeperLabels(PhotoTable):
    """Grain: photograph."""

    keeper = dy.Int8(min=0, max=1, description="1: kept.")
    near_miss = dy.Float64(
        min=0,
        max=1,
        description="Closeness to a keeper of the session, in time and picture; 0 for keepers, "
        "after a person's no, in sessions without keepers, and where time or vector is unknown.",
    )
    source = dy.Enum(SOURCES, description="Who says so: a person, a keeper file, or nobody.")
    keeper_paths = dy.List(
        dy.String(), description="Keeper files of the photograph; several edits are one keeper."
    )


KEEPER_LABELS = Product("keeper_labels", KeeperLabels, value="keeper")


def keeper_labels_version(settings: KeeperLabelSettings) -> str:
    """Digest of all that decides labels beside the photographs."""
    scales = f"{settings.near_miss_seconds}|{settings.near_miss_cosine}"
    return hashlib.sha256(f"{KEEPER_LABELS_VERSION}|{scales}".encode()).hexdigest()[:12]


def keeper_files(verified: pl.DataFrame) -> pl.DataFrame:
    """`photo_id, keeper_paths` of the photographs that have keeper files.

    `verified` is `keeper_path, photo_id` of `keeper_verification`; a file without a photo_id is
    not matched.
    """
    matched = verified.filter(pl.col("photo_id").is_not_null()).sort("keeper_path")
    return matched.group_by("photo_id", maintain_order=True).agg(
        pl.col("keeper_path").alias("keeper_paths")
    )


def label_session(photographs: pl.DataFrame, *, settings: KeeperLabelSettings) -> pl.DataFrame:
    """Rows of `KeeperLabels` (without fingerprint) for all photographs of one session.

    Args:
        photographs: `photo_id, resolved_at` (Datetime), `vector` (list of float32, unit length),
            `keeper_paths` (list of strings), `said` (0 or 1, by a person); all but the first may
            be null.
        settings: the scales of a near miss.
    """
    said = pl.col("said")
    matched = pl.col("keeper_paths").list.len() > 0
    labelled = photographs.with_columns(pl.col("keeper_paths").fill_null([])).with_columns(
        keeper=pl.coalesce(said, matched).cast(pl.Int8),
        source=pl.when(said.is_not_null())
        .then(pl.lit("person"))
        .when(matched)
        .then(pl.lit("match"))
        .otherwise(pl.lit("none")),
    )
    closeness = _closeness(labelled, settings)
    return labelled.select(
        "photo_id",
        "keeper",
        near_miss=pl.when(pl.col("source") == "none").then(pl.Series(closeness)).otherwise(0.0),
        source="source",
        keeper_paths="keeper_paths",
        error=pl.lit(None, pl.String),
    )


def _closeness(session: pl.DataFrame, settings: KeeperLabelSettings) -> Numbers:
    """Of each photograph to the closest keeper, 0-1, `(n,)`; 0 where that is not known."""
    seconds = session["resolved_at"].dt.epoch("us").cast(pl.Float64).fill_null(np.nan).to_numpy()
    seconds = seconds / 1e6
    vectors = _vectors(session["vector"])
    keepers = np.flatnonzero(session["keeper"] == 1)
    furthest = np.full(session.height, np.inf)
    for start in range(0, session.height if len(keepers) else 0, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        cosines = vectors[part] @ vectors[keepers].T
        apart = np.abs(seconds[part, None] - seconds[keepers]) / settings.near_miss_seconds
        apart += np.maximum(0, 1 - cosines) / settings.near_miss_cosine
        furthest[part] = np.where(np.isnan(apart), np.inf, apart).min(axis=1)
    closeness: Numbers = np.exp(-furthest)
    return closeness


def _vectors(column: pl.Series) -> Vectors:
    """Float32 `(n, d)`, NaN where there is none."""
    have = column.is_not_null().to_numpy()
    if not have.any():
        return np.full((len(column), 1), np.nan, np.float32)
    values = column.drop_nulls().explode().to_numpy().astype(np.float32)
    vectors = np.full((len(column), len(values) // have.sum()), np.nan, np.float32)
    vectors[have] = values.reshape(have.sum(), -1)
    return vectors
