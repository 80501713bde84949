"""Frames that show the same thing become one answer; answers are put in order and on pages.

Which frame stands for the others of its fold and how many they are depends on the filters alone,
so that a deeper page never changes an earlier one.
"""

from typing import Literal

import polars as pl

from flux_assets.search.answers.reasons import with_reason

Sort = Literal["relevance", "time"]


def collapse(hits: pl.DataFrame, folded: pl.DataFrame) -> pl.DataFrame:
    """One row per fold: the frame to show, with the score of its best hit.

    Args:
        hits: `photo_id, score`, one row per photograph. Further columns stay those of the hit.
        folded: `photo_id, fold, place` of all frames of the hits' folds that pass the filters.

    Returns:
        The hits, best first, with `hit` (the photograph that was found), `folded` (how many more
        the shown one stands for) and a reason where there are any.
    """
    shown = (
        folded.sort("fold", "place")
        .group_by("fold", maintain_order=True)
        .agg(
            pl.col("photo_id").first().alias("shown"), (pl.len() - 1).cast(pl.Int64).alias("folded")
        )
    )
    rows = by_relevance(hits).join(
        folded.select("photo_id", "fold").join(shown, on="fold"), on="photo_id", how="left"
    )
    rows = rows.filter(pl.col("fold").is_null() | pl.col("fold").is_first_distinct())
    rows = rows.with_columns(
        pl.col("photo_id").alias("hit"),
        pl.coalesce("shown", "photo_id").alias("photo_id"),
        pl.col("folded").fill_null(0),
    ).drop("fold", "shown")
    more = pl.when(pl.col("folded") > 0).then(
        pl.format("the best frame of {} alike", pl.col("folded") + 1)
    )
    return by_relevance(with_reason(rows, more))


def by_relevance(rows: pl.DataFrame) -> pl.DataFrame:
    """Best first, by `boosted` where there is one, else by `score`; equals by photo_id."""
    score = "boosted" if "boosted" in rows.columns else "score"
    return rows.sort(score, "photo_id", descending=[True, False])


def page(
    rows: pl.DataFrame, *, sort: Sort = "relevance", offset: int = 0, limit: int
) -> pl.DataFrame:
    """`limit` answers from `offset` on, best first or by `captured_at`."""
    ordered = rows.sort("captured_at", "photo_id") if sort == "time" else by_relevance(rows)
    return ordered.slice(offset, limit)
