"""Recurring motifs: hits grouped by look, one row for each look that comes back over the years."""

import polars as pl

from flux_assets.search.answers.clusters import cluster_looks
from flux_resources.vectors import Vectors

_MOST_LOOKS = 24
_LEAST_YEARS = 2


def find_motifs(
    hits: pl.DataFrame, vectors: Vectors, *, limit: int = 12, seed: int = 0
) -> pl.DataFrame:
    """Looks among hits that occur in two years or more.

    Args:
        hits: `photo_id, score, captured_at`, some hundred.
        vectors: float32 `(n, d)`, row by row those of the hits.

    Returns:
        `motif` (from 1), `photographs`, `years` (list), `first` and `last` (times), `score` (mean),
        `photo_ids` (of each year the picture that is most typical), `why`; at most `limit`: most
        years first, then most photographs, then the best score.
    """
    looks = cluster_looks(vectors, most=_MOST_LOOKS, seed=seed)
    typical = (vectors * looks.centroids[looks.labels]).sum(axis=1)
    rows = hits.select(
        *("photo_id", "score", "captured_at"),
        pl.col("captured_at").dt.year().alias("year"),
        pl.Series("look", looks.labels),
        pl.Series("typical", typical, pl.Float64),
    )
    found = (
        rows.sort("look", "year", "typical", "photo_id", descending=[False, False, True, False])
        .group_by("look", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("photographs"),
            pl.col("year").unique(maintain_order=True).alias("years"),
            pl.col("captured_at").min().alias("first"),
            pl.col("captured_at").max().alias("last"),
            pl.col("score").mean(),
            pl.col("photo_id").filter(pl.col("year").is_first_distinct()).alias("photo_ids"),
        )
        .filter(pl.col("years").list.len() >= _LEAST_YEARS)
        .sort(
            pl.col("years").list.len(), "photographs", "score", "look",
            descending=[True, True, True, False],
        )
        .head(limit)
    )  # fmt: skip
    why = pl.format(
        "{} photographs that look alike, in {}",
        "photographs",
        pl.col("years").cast(pl.List(pl.String)).list.join(", "),
    )
    return found.select(
        pl.int_range(1, pl.len() + 1).alias("motif"), pl.exclude("look"), why.alias("why")
    )
