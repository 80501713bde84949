"""Verdicts on keepers, and what becomes of their rows: pure frames for `keeper_verification`.

A verdict is `k` of a row and what it changes: `photo_id, rung, confidence, review`, and `rival`, a
photograph to be shown first. What it does not name becomes null.
"""

import polars as pl

from flux_assets.keepers.matching.keeper_matches import (
    NAME_ONLY,
    NAME_REPEATS,
    SEVERAL_AT_TIME,
    TIME_OR_NAME,
)
from flux_assets.keepers.matching.match_report import NOTHING, UNREADABLE
from flux_resources.settings_sections import KeeperMatchSettings

SEVERAL_ALIKE = "several photographs look like it"
OTHER_TIME = "the photograph that looks like it is of another time"
NOT_THERE = "the photograph that a person named is not in the archive"
LEFT_SEVERAL = (TIME_OR_NAME, SEVERAL_AT_TIME, NAME_REPEATS, NAME_ONLY)

_BY_PIXELS, _BY_VECTOR = 0.97, 0.9  # how strong the evidence is; no measured probabilities


def of_people(rows: pl.DataFrame) -> pl.DataFrame:
    """Verdicts on the rows that a person settled."""
    gone = pl.col("said_id").is_null() & ~pl.col("none")
    return rows.drop_nulls("none").select(
        "k",
        photo_id="said_id",
        confidence=pl.when(~gone).then(1.0),
        review=pl.when(gone).then(pl.lit(NOT_THERE)),
    )


def of_look(won: pl.DataFrame) -> pl.DataFrame:
    """Verdicts of the fourth rung."""
    strength = pl.when(pl.col("unshared").is_null()).then(_BY_VECTOR).otherwise(_BY_PIXELS)
    return won.select("k", "photo_id", rung=pl.lit(4), confidence=strength)


def of_another_time(
    won: pl.DataFrame, rows: pl.DataFrame, photographs: pl.DataFrame, settings: KeeperMatchSettings
) -> pl.DataFrame:
    """`k, review, rival` of looks that lead to a photograph whose time no drift explains."""
    seconds = (pl.col("captured_at") - pl.col("captured_at_of_photo")).dt.total_seconds().abs()
    return (
        won.join(rows.select("k", "captured_at"), on="k")
        .join(photographs.select("photo_id", captured_at_of_photo="captured_at"), on="photo_id")
        .filter(seconds > settings.drift_hours * 3600)
        .select("k", review=pl.lit(OTHER_TIME), rival="photo_id")
    )


def unsure(
    rows: pl.DataFrame, options: pl.DataFrame, settings: KeeperMatchSettings
) -> pl.DataFrame:
    """Verdicts on rows that nothing matched so far: why the look did not help either."""
    alike = options.filter(pl.col("cosine") >= settings.cosine)
    reason = pl.coalesce(
        pl.format(f"{UNREADABLE}: {{}}", "blind"),
        pl.when(pl.col("k").is_in(alike["k"].implode())).then(pl.lit(SEVERAL_ALIKE)),
        "review",
    )
    return rows.filter(pl.col("review") == NOTHING).select("k", review=reason)


def settle(rows: pl.DataFrame, verdicts: pl.DataFrame, photographs: pl.DataFrame) -> pl.DataFrame:
    """`rows` after the first verdict on each: `k, photo_id, rung, confidence, review, rival`.

    Adds `first` and `left` for `rank_candidates`.
    """
    judged = rows.join(
        verdicts.unique("k", keep="first", maintain_order=True).with_columns(judged=True),
        on="k",
        how="left",
        maintain_order="left",
        suffix="_new",
    )
    changed = pl.col("judged").is_not_null()
    final = judged.with_columns(
        *(
            pl.when(changed).then(f"{name}_new").otherwise(name).alias(name)
            for name in ("photo_id", "rung", "confidence", "review")
        ),
        clock_offset_s=pl.when(~changed).then("clock_offset_s"),
        decided=pl.col("none").is_not_null(),
        first=pl.coalesce("rival", "photo_id"),
        left=pl.col("review").is_in(LEFT_SEVERAL).fill_null(False)
        | pl.col("photo_id").is_not_null(),
    )
    originals = photographs.select("photo_id", original_sha256="sha256")
    return final.join(originals, on="photo_id", how="left", maintain_order="left").with_columns(
        edited=pl.col("sha256") != pl.col("original_sha256")
    )
