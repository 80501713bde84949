"""What the keeper model has to beat: simpler ways to choose, on the same photographs."""

import numpy as np
import polars as pl

from flux_assets.keepers.taste.evaluation import Numbers
from flux_assets.keepers.taste.taste import Taste
from flux_resources.vectors import Vectors


def baseline_scores(
    known: pl.DataFrame, vectors: Vectors, taste: Taste, *, seed: int
) -> dict[str, Numbers]:
    """Scores `(n,)` of each baseline, the higher the better.

    `random` knows nothing, `technical quality` the column `quality_score` alone, `keeper centroid`
    the cosine to the mean of the training keepers, `logistic regression` the vectors alone.
    """
    quality = (
        known["quality_score"].cast(pl.Float64).fill_null(0.5).to_numpy()
        if "quality_score" in known.columns
        else np.zeros(known.height)
    )
    return {
        "random": np.random.default_rng(seed).random(known.height),
        "technical quality": quality,
        "keeper centroid": (vectors @ taste.centroid).astype(np.float64),
        "logistic regression": (vectors @ taste.linear[:, 0]).astype(np.float64),
    }
