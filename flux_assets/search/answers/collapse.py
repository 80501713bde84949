"""Frames that show the same thing become one answer; answers are put in order and on pages.

What belongs together does not depend on the question: the frames of a burst, near duplicates, RAW
and JPEG of one press, and what is linked by several of these. A bracket has no best frame and
stays. Which frame stands for the others and how many they are depends on the filters alone, so
that a deeper page never changes an earlier one.
"""

from typing import Literal

import numpy as np
import polars as pl

from flux_assets.search.answers.reasons import with_reason

Sort = Literal["relevance", "time"]


def fold_groups(
    photos: pl.DataFrame, bursts: pl.DataFrame, duplicates: pl.DataFrame
) -> pl.DataFrame:
    """`photo_id, fold, place` of every photograph that belongs together with another.

    `place` counts from 1, the frame to show: the best of its burst and the one to keep, then the
    JPEG. Built once per state of the archive.

    Args:
        photos: `photo_id, pair_id`, the whole archive.
        bursts: `photo_id, burst_id, is_best`.
        duplicates: `photo_id, group_id, relation, keep`.
    """
    best = bursts.filter(pl.col("is_best").is_not_null())
    near = duplicates.filter(pl.col("relation").cast(pl.String) == "near")
    links = pl.concat(
        frame.select("photo_id", pl.format("{} {}", pl.lit(key), key).alias("link"))
        for frame, key in (
            (photos, "pair_id"),
            (best, "burst_id"),
            (near, "group_id"),
        )
    )
    links = links.drop_nulls().filter(pl.len().over("link") > 1)
    merits = (
        links.select("photo_id", fold=_components(links))
        .unique("photo_id")
        .join(photos.select("photo_id", "pair_id"), on="photo_id")
        .join(best.select("photo_id", "is_best").unique("photo_id"), on="photo_id", how="left")
        .join(near.select("photo_id", "keep").unique("photo_id"), on="photo_id", how="left")
    )
    chosen = sum(pl.col(name).fill_null(False).cast(pl.Int8) for name in ("is_best", "keep"))
    jpeg = pl.col("pair_id").fill_null(pl.col("photo_id")) == pl.col("photo_id")
    ranked = merits.sort("fold", chosen, jpeg, "photo_id", descending=[False, True, True, False])
    return ranked.select("photo_id", "fold", place=pl.int_range(1, pl.len() + 1).over("fold"))


def _components(links: pl.DataFrame) -> pl.Series:
    """The group of each link's photograph, over all ways that lead from one to another."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    photograph = links["photo_id"].rank("dense").to_numpy().astype(np.int64) - 1
    link = links["link"].rank("dense").to_numpy().astype(np.int64) - 1
    if not len(photograph):
        return pl.Series([], dtype=pl.Int32)
    photographs = int(photograph.max()) + 1
    nodes = photographs + int(link.max()) + 1
    ones = np.ones(len(link), np.int8)
    graph = coo_array((ones, (photograph, photographs + link)), shape=(nodes, nodes))
    _, labels = connected_components(graph, directed=False)
    return pl.Series(labels[photograph], dtype=pl.Int32)


def members(hits: pl.DataFrame, folds: pl.DataFrame) -> pl.DataFrame:
    """Rows of `fold_groups` of everything that belongs together with a hit."""
    touched = folds.filter(pl.col("photo_id").is_in(hits["photo_id"].implode()))
    return folds.filter(pl.col("fold").is_in(touched["fold"].unique().implode()))


def collapse(hits: pl.DataFrame, folded: pl.DataFrame) -> pl.DataFrame:
    """One row per fold: the frame to show, with the score of its best hit.

    Args:
        hits: `photo_id, score`, one row per photograph. Further columns stay those of the hit.
        folded: `members` of the hits, without what the filters refuse.

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
    """Best first; equals by photo_id."""
    return rows.sort("score", "photo_id", descending=[True, False])


def page(
    rows: pl.DataFrame, *, sort: Sort = "relevance", offset: int = 0, limit: int
) -> pl.DataFrame:
    """`limit` answers from `offset` on, best first or by `captured_at`."""
    ordered = rows.sort("captured_at", "photo_id") if sort == "time" else by_relevance(rows)
    return ordered.slice(offset, limit)
