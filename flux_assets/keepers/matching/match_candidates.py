"""The photographs that a keeper may have come from, for whoever compares the pictures."""

import numpy as np
import polars as pl

from flux_assets.keepers.matching.match_evidence import Evidence

MOST = 12
_NEAR_S = 600
_MATCHED, _OF_TIME, _OF_NAME, _NEAR, _UNLIKELY = range(5)


def best_candidates(seen: Evidence, found: pl.DataFrame) -> pl.DataFrame:
    """`k, candidates`: at most `MOST` photo_ids, the best first.

    In this order: the match, photographs of its time, of its name where nothing speaks against
    them, for keepers without a match those taken within ten minutes, and others of its name. Of
    equals the nearest in time comes first.

    Args:
        found: `k, o, photo_id` of matches.
    """
    by_name = pl.when("possible").then(_OF_NAME).otherwise(_UNLIKELY).cast(pl.Int32)
    apart = pl.col("apart_s").cast(pl.Float64).fill_null(float("inf"))
    unmatched = seen.keepers.join(found, on="k", how="anti")
    ranked = pl.concat(
        [
            _ranked(found, _MATCHED),
            _ranked(seen.timed, _OF_TIME),
            seen.named.select("k", "o", by_name.alias("order"), apart),
            _nearby(unmatched, seen.originals),
        ]
    )
    matched = found.select("k", "o", pl.col("photo_id").alias("matched_id"))
    return (
        ranked.sort("k", "order", "apart_s", "o")
        .unique(["k", "o"], keep="first", maintain_order=True)
        .group_by("k", maintain_order=True)
        .head(MOST)
        .join(seen.originals.select("o", "photo_id"), on="o", maintain_order="left")
        .join(matched, on=["k", "o"], how="left", maintain_order="left")
        .group_by("k", maintain_order=True)
        .agg(pl.coalesce("matched_id", "photo_id").alias("candidates"))
    )


def _ranked(pairs: pl.DataFrame, order: int) -> pl.DataFrame:
    return pairs.select(
        "k",
        "o",
        pl.lit(order, pl.Int32).alias("order"),
        pl.lit(0.0).alias("apart_s"),
    )


def _nearby(keepers: pl.DataFrame, originals: pl.DataFrame) -> pl.DataFrame:
    """The photographs nearest in time, within ten minutes, in the shape of `_ranked`."""
    taken = pl.coalesce("second", "named_second").alias("taken")
    timed = keepers.select("k", taken).drop_nulls()
    sorted_originals = originals.select("o", "second").drop_nulls().sort("second")
    seconds = sorted_originals["second"].to_numpy()
    middle = np.searchsorted(seconds, timed["taken"].to_numpy())
    window = middle[:, None] + np.arange(-MOST, MOST)
    inside = (window >= 0) & (window < len(seconds))
    rows, columns = np.nonzero(inside)
    return (
        pl.DataFrame(
            {
                "k": timed["k"].gather(rows),
                "taken": timed["taken"].gather(rows),
                "o": sorted_originals["o"].gather(window[rows, columns]),
                "second": sorted_originals["second"].gather(window[rows, columns]),
            }
        )
        .select(
            "k",
            "o",
            pl.lit(_NEAR, pl.Int32).alias("order"),
            (pl.col("taken") - pl.col("second")).abs().cast(pl.Float64).alias("apart_s"),
        )
        .filter(pl.col("apart_s") <= _NEAR_S)
    )
