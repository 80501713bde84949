"""Vectors in clusters, as pictures are, and rows of the vector store."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from flux_resources.vectors import Vectors


def clustered(count: int, dimensions: int, *, clusters: int = 25, seed: int = 0) -> Vectors:
    """Unit vectors, float32 `(count, dimensions)`, cluster after cluster.

    They share an offset, as the vectors of CLIP do.
    """
    random = np.random.default_rng(seed)
    centres = random.normal(size=(clusters, dimensions))
    members = np.sort(random.integers(0, clusters, count))
    vectors = 0.8 * centres[members] + random.normal(size=(count, dimensions))
    return unit(vectors + 2 * random.normal(size=dimensions))


def unit(vectors: "np.ndarray[Any, Any]") -> Vectors:
    scaled: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return scaled


def names(count: int) -> list[str]:
    return [f"photo-{number:06}" for number in range(count)]


def rows(vectors: Vectors, photo_ids: Sequence[str], day: str = "2022-01-15") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "day": [day] * len(photo_ids),
            "photo_id": list(photo_ids),
            "sha256": list(photo_ids),
            "vector": pl.Series(vectors).cast(pl.List(pl.Float32)),
        }
    )
