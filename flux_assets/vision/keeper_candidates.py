"""The photographs that a keeper may come from, for whoever has to choose."""

import polars as pl

from flux_assets.keepers.matching.match_candidates import MOST

_FINAL, _LEFT, _OTHER = range(3)


def rank_candidates(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`k, ranked, scores`: the original first, then what was left to choose from, then the rest.

    Of each the most alike come first; those that were not compared keep their order.

    Args:
        rows: `k, sha256, photo_id, candidates`, `first`: to be shown first, and `left`: its
            candidates are what time or name left.
        pairs: `sha256, photo_id, cosine`.
    """
    own = rows.select(
        "k",
        "sha256",
        photo_id="candidates",
        order=pl.when("left").then(_LEFT).otherwise(_OTHER),
    )
    first = [
        rows.select("k", "sha256", photo_id=name, order=pl.lit(_FINAL))
        for name in ("photo_id", "first")
    ]
    alike = rows.select("k", "sha256").join(pairs.select("sha256", "photo_id"), on="sha256")
    alike = alike.with_columns(order=pl.lit(_OTHER))
    together = pl.concat([*first, own.explode("photo_id"), alike]).drop_nulls("photo_id")
    return (
        together.with_row_index("place")
        .join(pairs.select("sha256", "photo_id", "cosine"), on=["sha256", "photo_id"], how="left")
        .sort(
            *("k", "order", "cosine", "place"),
            descending=[False, False, True, False],
            nulls_last=True,
        )
        .unique(["k", "photo_id"], keep="first", maintain_order=True)
        .group_by("k", maintain_order=True)
        .head(MOST)
        .group_by("k", maintain_order=True)
        .agg(ranked=pl.col("photo_id"), scores=pl.col("cosine"))
    )
