"""Which photographs must stay in one split, since they show the same moment or picture.

A link is anything that several photographs share: their session, a burst, a group of duplicates,
midnight between two sessions. Photographs that are linked, directly or through others, are one
group. A group holds whole sessions, and is named after its first.
"""

from datetime import timedelta

import numpy as np
import polars as pl


def links_of(
    photographs: pl.DataFrame, duplicates: pl.DataFrame, *, midnight_seconds: float
) -> pl.DataFrame:
    """`photo_id, link`: every session, burst and group of duplicates of every photograph.

    Args:
        photographs: `photo_id, day, burst_id, resolved_at`; the last two may be null.
        duplicates: `photo_id, group_id` of `duplicates`; other photographs are passed over.
        midnight_seconds: sessions of consecutive days with a shorter pause between them are
            linked: days do not look at each other, so a burst across midnight has two ids.
    """
    links = [
        photographs.select("photo_id", link=pl.format("session {}", "day")),
        photographs.select("photo_id", link=pl.format("burst {}", "burst_id")),
        duplicates.select("photo_id", link=pl.format("duplicates {}", "group_id")),
        _across_midnight(photographs, midnight_seconds),
    ]
    known = pl.concat(links).filter(pl.col("link").is_not_null()).unique()
    return known.join(photographs, on="photo_id", how="semi")


def group_photographs(photographs: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """`photo_id, group_id` of `photographs` (`photo_id, day`), in the same order.

    `links` is `links_of`: the groups are the connected components of photographs and links.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    numbers = photographs.select("photo_id").with_row_index("photograph")
    edges = links.join(numbers, on="photo_id").select(
        "photograph", link=pl.col("link").rank("dense").cast(pl.Int64) - 1 + photographs.height
    )
    nodes = photographs.height + edges["link"].n_unique()
    ends = (edges["photograph"].to_numpy(), edges["link"].to_numpy())
    graph = coo_matrix((np.ones(edges.height, np.int8), ends), shape=(nodes, nodes))
    _, component = connected_components(graph, directed=False)
    groups = photographs.with_columns(group=pl.Series(component[: photographs.height]))
    first = pl.col("day").min().over("group")
    return groups.select("photo_id", group_id=pl.format("group_{}", first))


def _across_midnight(photographs: pl.DataFrame, seconds: float) -> pl.DataFrame:
    """The last photograph of a day and the first of the next, where they follow so closely."""
    day = pl.col("day").str.to_date()
    follows = (day.diff() == timedelta(days=1)) & (
        pl.col("resolved_at").diff() <= timedelta(seconds=seconds)
    )
    link = pl.format("midnight before {}", "day")
    ordered = photographs.filter(pl.col("resolved_at").is_not_null()).sort(
        "resolved_at", "photo_id"
    )
    pairs = ordered.with_columns(before=pl.col("photo_id").shift()).filter(follows)
    return pl.concat(
        [pairs.select("photo_id", link=link), pairs.select(photo_id="before", link=link)]
    )
