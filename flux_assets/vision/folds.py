"""Frames that show the same thing: bursts, near duplicates, RAW and JPEG of one press.

What is linked by several of these belongs together as well. A bracket has no best frame and stays
apart.
"""

import numpy as np
import polars as pl


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
