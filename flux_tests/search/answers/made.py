"""Vectors made to measure."""

from collections.abc import Sequence

import numpy as np

from flux_resources.vectors import Vectors


def units(rows: "Sequence[Sequence[float]] | np.ndarray") -> Vectors:
    """Rows scaled to unit length, float32."""
    values = np.asarray(rows, np.float64)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def around(centre: Sequence[float], count: int, *, spread: float = 0.1, seed: int = 0) -> Vectors:
    """Unit vectors near a direction."""
    noise = np.random.default_rng(seed).normal(scale=spread, size=(count, len(centre)))
    return units(np.asarray(centre) + noise)
