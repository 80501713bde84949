"""`keeper_matches`: the originals of keepers by time, name and content. Phase 3; whole archive.

The first rung that leads to one photograph matches: EXIF time, the camera's file name, SHA-256.
The same content is proof, whatever rung it is met on: a rung that leads to another photograph
gives way to it. Everything else that leads to several photographs, or nowhere, is left for a look
and for a person.
"""

import dataframely as dy
import polars as pl

from flux_assets.keepers.matching.match_candidates import best_candidates
from flux_assets.keepers.matching.match_evidence import Evidence, gather_evidence
from flux_assets.keepers.matching.match_report import NOTHING, UNREADABLE
from flux_assets.keepers.matching.name_rung import original_of_name
from flux_assets.keepers.matching.rungs import sole
from flux_resources.settings_sections import KeeperMatchSettings

KEEPER_MATCHES = "keeper_matches"
KEEPER_MATCHES_VERSION = "1"
SEVERAL_AT_TIME = "several photographs at that time"
NAME_REPEATS = "the name is not unique"
NAME_ONLY = "the name fits, its time or camera does not"
TIME_OR_NAME = "its time and its name lead to different photographs"

# How strong the evidence is, in order; these are no measured probabilities.
_TIME_AND_NAME, _EXACT, _NAME_AT_TIME, _TO_THE_SECOND = 0.99, 0.98, 0.97, 0.95
_AGAINST_THE_NAME = 0.7


class KeeperMatches(dy.Schema):
    """Grain: file of the KEEPERS tree, as in `KeeperIndex`."""

    keeper_path = dy.String(primary_key=True, description="Relative to the data root.")
    sha256 = dy.String(nullable=True, description="Digest; null: it cannot be read.")
    photo_id = dy.String(nullable=True, description="The original; null: not matched.")
    rung = dy.Int8(nullable=True, min=1, max=3, description="1 time, 2 name, 3 content.")
    confidence = dy.Float64(
        nullable=True, min=0, max=1, description="How strong the evidence is; 1 is proof."
    )
    edited = dy.Bool(nullable=True, description="Whether the bytes differ from the original's.")
    clock_offset_s = dy.Int32(
        nullable=True,
        description="Seconds by which its session's clock was ahead; null: none was applied.",
    )
    candidates = dy.List(
        dy.String(), description="photo_ids that may be the original, the best first, at most 12."
    )
    review = dy.String(nullable=True, description="Why a person must look; null: matched.")


def match_keepers(
    index: pl.DataFrame, corpus: pl.DataFrame, *, settings: KeeperMatchSettings
) -> pl.DataFrame:
    """The rows of `KeeperMatches`, one per row of `index`, by path.

    Args:
        index: `KeeperIndex`.
        corpus: every photograph: `photo_id, pair_id, sha256, original_filename, bytes, width,
            height, captured_at` (the camera's), `subsecond, camera_model, serial`; all but the
            id, the digest and the name may be null.
    """
    seen = gather_evidence(index, corpus, settings)
    found = _by_content(_first_rungs(seen), seen, corpus)
    used = seen.offsets.join(seen.timed.join(found, on=["k", "o"]), on="k")
    rows = (
        index.select("keeper_path", "sha256", "error")
        .with_row_index("k")
        .join(found, on="k", how="left")
        .join(used.select("k", "clock_offset_s"), on="k", how="left")
        .join(_reviews(seen), on="k", how="left")
        .join(best_candidates(seen, found), on="k", how="left")
    )
    unreadable = pl.format(f"{UNREADABLE}: {{}}", "error")
    types = {name: column.dtype for name, column in KeeperMatches.columns().items()}
    return (
        rows.with_columns(
            candidates=pl.col("candidates").fill_null([]),
            review=pl.when(pl.col("photo_id").is_null()).then(pl.coalesce("review", unreadable)),
            edited=pl.col("sha256") != pl.col("sha256_o"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in types.items())
        .sort("keeper_path")
    )


def _first_rungs(seen: Evidence) -> pl.DataFrame:
    """`k, o, rung, confidence` of keepers that time or name lead to one photograph."""
    several = seen.timed.filter(pl.len().over("k") > 1)
    best = seen.agreeing.filter(pl.col("level") == pl.col("level").max().over("k"))
    at_time = sole(best).join(several, on="k", how="semi")
    free = original_of_name(seen.named.join(seen.timed, on="k", how="anti"))
    second = pl.lit(2, pl.Int8).alias("rung")
    return pl.concat(
        [
            _by_time(seen),
            at_time.select("k", "o", second, pl.lit(_NAME_AT_TIME).alias("confidence")),
            free.select("k", "o", second, "confidence"),
        ]
    )


def _by_time(seen: Evidence) -> pl.DataFrame:
    """The first rung; a name that other photographs bear lowers the confidence."""
    one = sole(seen.timed).join(seen.at_odds, on="k", how="anti")
    named_otherwise = pl.col("k").is_in(seen.named["k"].implode())
    confidence = (
        pl.when(pl.col("level").is_not_null())
        .then(_TIME_AND_NAME)
        .when(named_otherwise)
        .then(_AGAINST_THE_NAME)
        .when("exact")
        .then(_EXACT)
        .otherwise(_TO_THE_SECOND)
    )
    return one.join(seen.agreeing, on=["k", "o"], how="left").select(
        "k", "o", pl.lit(1, pl.Int8).alias("rung"), confidence.alias("confidence")
    )


def _by_content(found: pl.DataFrame, seen: Evidence, corpus: pl.DataFrame) -> pl.DataFrame:
    """`k, o, photo_id, sha256_o, rung, confidence`; the same content overrules the first rungs.

    A copy of a RAW file is matched to that file and not to the JPEG beside it.
    """
    own = seen.originals.select("o", "press", "photo_id", pl.col("sha256").alias("sha256_o"))
    press = pl.coalesce("pair_id", "photo_id").alias("press")
    same = corpus.select("sha256", press, pl.col("photo_id").alias("same_id")).join(
        own.select("press", pl.col("o").alias("same_o")), on="press"
    )
    identical = pl.col("same_o").is_not_null()
    alone = identical & pl.col("o").ne_missing(pl.col("same_o"))
    return (
        seen.keepers.select("k", "sha256")
        .join(found, on="k", how="left")
        .join(own.drop("press"), on="o", how="left")
        .join(same, on="sha256", how="left")
        .select(
            "k",
            pl.coalesce("same_o", "o").alias("o"),
            pl.coalesce("same_id", "photo_id").alias("photo_id"),
            pl.when(identical).then("sha256").otherwise("sha256_o").alias("sha256_o"),
            pl.when(alone).then(3).otherwise("rung").alias("rung"),
            pl.when(identical).then(1.0).otherwise("confidence").alias("confidence"),
        )
        .drop_nulls("photo_id")
    )


def _reviews(seen: Evidence) -> pl.DataFrame:
    """`k, review`: why no rung led to one photograph, of every keeper."""
    possible, by_time = seen.named.filter("possible"), pl.col("by_time")
    reasons = (
        (TIME_OR_NAME, seen.at_odds),
        (SEVERAL_AT_TIME, seen.timed),
        (NAME_REPEATS, possible),
        (NAME_REPEATS, seen.indistinct.filter(~by_time)),
        (NAME_ONLY, seen.named),
        (SEVERAL_AT_TIME, seen.indistinct.filter(by_time)),
    )
    applies = [
        pl.when(pl.col("k").is_in(rows["k"].implode())).then(pl.lit(reason))
        for reason, rows in reasons
    ]
    return seen.keepers.select("k", pl.coalesce(*applies, pl.lit(NOTHING)).alias("review"))
