"""Photographs to draft from: rows and vectors made from a seed, alone or published."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from flux_assets.publishing.drafts.candidates import Candidates, sift
from flux_assets.search import Archive
from flux_resources.data_root import DataRoot
from flux_resources.vectors import Vectors
from flux_tests.search.conftest import FakeEmbedder, photo, publish_rows, store_vectors

PLACES = [("Rome", "Italy"), ("Tokyo", "Japan"), ("Lisbon", "Portugal"), (None, None)]
_TYPES = {
    "issue_id": pl.String,
    "fold": pl.Int32,
    "burst_id": pl.String,
    "model_score": pl.Float64,
    "location_city": pl.String,
    "location_country": pl.String,
}


def photographs(count: int, seed: int = 0, **columns: Sequence[object]) -> pl.DataFrame:
    """Rows as `sift` takes them: keepers, all of one archive, in four places over a year."""
    random = np.random.default_rng(seed)
    places = [PLACES[n % len(PLACES)] for n in range(count)]
    rows = {
        "photo_id": [f"P{n:04}" for n in range(count)],
        "filename": [f"P{n:04}.JPG" for n in range(count)],
        "keeper": [True] * count,
        "keeper_score": [1.0] * count,
        "model_score": random.random(count).tolist(),
        "captured_at": [datetime(2022, 1, 1) + timedelta(hours=7 * n) for n in range(count)],
        "location_city": [city for city, _ in places],
        "location_country": [country for _, country in places],
        "median_luminance": random.random(count).tolist(),
        "thumb_path": [None] * count,
        "fold": [None] * count,
        "fold_place": [None] * count,
        "burst_id": [None] * count,
        "issue_id": [None] * count,
        "asked": [True] * count,
        **columns,
    }
    return pl.DataFrame(rows, schema_overrides=_TYPES).with_columns(
        pl.col("fold_place", "thumb_path").cast(pl.String),
        pl.col("captured_at").cast(pl.Datetime("ms")),
    )


def candidates(count: int, seed: int = 0, **columns: Sequence[object]) -> Candidates:
    """Sifted photographs, without a theme."""
    found = sift(photographs(count, seed, **columns), taken=[], least_score=0.1)
    unknown = pl.lit(None, pl.Float64)
    rows = found.rows.with_columns(theme_cosine=unknown, suits=unknown)
    return Candidates(rows, found.asked, found.left_out)


def looks(count: int, seed: int = 0, dimensions: int = 16) -> Vectors:
    """Float32 `(count, dimensions)` of unit length."""
    drawn = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def publish(archive: DataRoot, count: int = 48, *, issue: int = 0) -> Archive:
    """An archive of keepers, the first `issue` of them in FLUX_001; every other one is a cat.

    Text and picture of a cat lie on one axis, of a dog on another.
    """
    vectors = looks(count, dimensions=64) * 0.6
    vectors[np.arange(count), np.arange(count) % 2] += 1.5
    rows = photographs(count).drop("asked", "burst_id", "model_score", "fold", "fold_place")
    published = [
        photo(**{**row, "keeper": 1, "issue_id": "FLUX_001" if number < issue else None})
        for number, row in enumerate(rows.iter_rows(named=True))
    ]
    publish_rows(archive, published)
    store_vectors(archive, dict(zip(rows["photo_id"], vectors.tolist(), strict=True)))
    search = Archive(archive.paths.root)
    axes = np.eye(64).tolist()
    search.__dict__["embedder"] = FakeEmbedder({"cats": axes[0], "dogs": axes[1]})
    return search
