"""Exact search: what every quicker way is measured against."""

from typing import Any

import numpy as np
import polars as pl

from flux_resources.vectors.rows import Vectors, vectors_in


def compare_all(
    table: Any, queries: Vectors, limit: int, among: pl.Series | None = None
) -> pl.DataFrame:
    """The nearest rows of several queries, by reading every float32 vector once.

    Args:
        table: a LanceDB table of vectors.
        queries: float32 `(q, d)` of unit length.
        limit: rows for each query.
        among: photo_ids to choose from; None for all.

    Returns:
        `query` (row of `queries`), `photo_id`, `score`; best first.
    """
    columns = {"query": pl.Int64, "photo_id": pl.String, "score": pl.Float64}
    best = [pl.DataFrame(schema=columns)]
    for batch in table.search().select(["photo_id", "vector"]).limit(None).to_batches():
        names = pl.Series(batch["photo_id"].to_pylist(), dtype=pl.String)
        vectors = vectors_in(batch)
        if among is not None:
            chosen = names.is_in(among.implode())
            names, vectors = names.filter(chosen), vectors[chosen.to_numpy()]
        scores = queries @ vectors.T
        top = np.argsort(-scores, axis=1, kind="stable")[:, :limit]
        best.append(
            pl.DataFrame(
                {
                    "query": np.repeat(np.arange(len(queries)), top.shape[1]),
                    "photo_id": names.gather(top.ravel()),
                    "score": np.take_along_axis(scores, top, axis=1).ravel(),
                },
                schema=columns,
            )
        )
    order = ["query", "score", "photo_id"]
    found = pl.concat(best).sort(order, descending=[False, True, False])
    return found.group_by("query", maintain_order=True).head(limit)
