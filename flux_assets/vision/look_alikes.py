"""What the looks of keepers and photographs prove: which one it is, and which one it is not.

`pairs` are frames of `sha256` (of a keeper file), `photo_id`, `cosine` of their vectors,
`distance` of their hashes in bits, `one_flat`: one of both has no detail. What could not be
compared is null. Limits that are no settings come from `benchmarks/keeper_looks.py`.
"""

from collections.abc import Callable

import polars as pl

from flux_resources.settings_sections import KeeperMatchSettings

Closely = Callable[[pl.DataFrame], pl.DataFrame]

DIFFERENT = "refused: the pictures plainly differ"
ANOTHER = "refused: another photograph looks far more like it"
# Where time or name left several photographs, a lower cosine and a stronger edit will do.
_NAMED_COSINE, _NAMED_FRAME = 0.9, 0.03
# What two pictures of one frame do not share: at most, where nothing but the look speaks for it;
# how many times as much any other frame; and below what all is the same.
SAME_FRAME, TIMES, NOISE = 0.005, 4, 5e-5
_RIVALS, _RIVAL_FRAME = 3, 0.02


def clear_winners(
    options: pl.DataFrame, *, settings: KeeperMatchSettings, closely: Closely
) -> pl.DataFrame:
    """`k, photo_id, unshared` of the rows for which one option is clearly the picture.

    It is alike enough and all others lie behind it by the margin; or, where some do not, it is
    the very frame and they are not, by the pixels. `unshared` is null in the first case.

    Args:
        options: `k`, the columns of `pairs`, and `named`: time or name left these photographs.
        settings: what is alike enough, and the margin.
        closely: adds `unshared` to pairs; see `close_look`.
    """
    cosine, named = pl.col("cosine"), pl.col("named")
    loosely = named & (pl.len().over("k") > 1)  # one photograph alone is ahead of nothing
    lower = min(_NAMED_COSINE, settings.cosine)
    judged = options.drop_nulls("cosine").with_columns(
        least=pl.when(loosely).then(lower).otherwise(settings.cosine),
        limit=pl.when(named).then(_NAMED_FRAME).otherwise(SAME_FRAME),
        best=cosine.max().over("k"),
    )
    alike = cosine >= pl.col("least")
    near = judged.filter(
        (cosine > pl.col("best") - settings.margin) & ((pl.col("best") >= pl.col("least")) | named)
    )
    ahead = near.filter((pl.len().over("k") == 1) & alike)
    seen = closely(near.join(ahead, on="k", how="anti"))
    unshared = pl.col("unshared")
    runner_up = unshared.sort().slice(1, 1).first().over("k").fill_null(1.0)
    this_one = (
        (unshared == unshared.min().over("k"))
        & (unshared.null_count().over("k") == 0)
        & (named | alike)
        & _same_frame(unshared, runner_up, pl.col("limit"))
    )
    columns = ["k", "photo_id", "unshared"]
    by_vector = ahead.with_columns(unshared=pl.lit(None, pl.Float64))
    return pl.concat([by_vector.select(columns), seen.filter(this_one).select(columns)])


def refused_matches(
    matched: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    settings: KeeperMatchSettings,
    closely: Closely,
) -> pl.DataFrame:
    """`k, review, rival` of matches that the pictures contradict, `rival` null where none is known.

    The pictures plainly differ, by vector and by hash; or another photograph is far more alike
    and the hash speaks against the match; or another one is the very frame, by the pixels.

    Args:
        matched: `k` and the columns of `pairs`, with the photograph that time or name led to.
        pairs: of all keepers.
        settings: from where on pictures differ, or are alike.
        closely: adds `unshared` to pairs; see `close_look`.
    """
    other_hash = (pl.col("distance") > settings.differing_bits).fill_null(False) | pl.col(
        "one_flat"
    )
    known = matched.drop_nulls("cosine").with_columns(other_hash=other_hash)
    plain = known.filter((pl.col("cosine") < settings.differing_cosine) & pl.col("other_hash"))
    rivals = _with_rivals(known, pairs, closely)
    far_behind = (pl.col("cosine_rival") >= settings.cosine) & (
        pl.col("cosine") <= pl.col("cosine_rival") - settings.margin
    )
    other_frame = _same_frame(pl.col("unshared_rival"), pl.col("unshared"), pl.lit(_RIVAL_FRAME))
    beaten = rivals.filter((far_behind & pl.col("other_hash")) | other_frame.fill_null(False))
    beaten = beaten.unique("k", keep="first", maintain_order=True)
    reasons = pl.concat(
        [
            plain.select("k", review=pl.lit(DIFFERENT)),
            beaten.select("k", review=pl.lit(ANOTHER)),
        ]
    ).unique("k", keep="first", maintain_order=True)
    return reasons.join(beaten.select("k", "rival"), on="k", how="left", maintain_order="left")


def _with_rivals(known: pl.DataFrame, pairs: pl.DataFrame, closely: Closely) -> pl.DataFrame:
    """Matches beside photographs that are more alike, the most alike first.

    Adds `rival`, its `cosine_rival` and `unshared_rival`, and `unshared` of the match.
    """
    rivals = (
        known.join(pairs.select("sha256", rival="photo_id", cosine_rival="cosine"), on="sha256")
        .filter(pl.col("cosine_rival") > pl.col("cosine"))
        .sort("k", "cosine_rival", "rival", descending=[False, True, False])
        .group_by("k", maintain_order=True)
        .head(_RIVALS)
    )
    both = [rivals.select("sha256", photo_id=name) for name in ("photo_id", "rival")]
    seen = closely(pl.concat(both).unique(maintain_order=True))
    return rivals.join(seen, on=["sha256", "photo_id"], how="left", maintain_order="left").join(
        seen.select("sha256", rival="photo_id", unshared_rival="unshared"),
        on=["sha256", "rival"],
        how="left",
        maintain_order="left",
    )


def _same_frame(this: pl.Expr, other: pl.Expr, limit: pl.Expr) -> pl.Expr:
    """Whether `this` is the very frame, and the other one is not."""
    return (this <= limit) & (other >= pl.max_horizontal(this, pl.lit(NOISE)) * TIMES)
