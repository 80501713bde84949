"""`bursts`: frames that belong together. Phase 5; sources: time, camera, exposure, look, quality.

A burst is many frames of one moment, of which one is best. A bracket is one scene at several
exposures, and all of it is meant. Days do not look at each other: a burst across midnight is two.
"""

import hashlib

import dataframely as dy
import numpy as np
import polars as pl

from flux_assets.photo_table import PhotoTable, Product
from flux_assets.vision.brackets import find_brackets
from flux_assets.vision.presses import Flags, Numbers, Presses, press_rows, presses_of
from flux_resources.settings_sections import BurstSettings

BURSTS_VERSION = "1"
_DESCRIBED = ("burst_id", "position", "burst_size", "is_best", "best_reason")


class Bursts(PhotoTable):
    """Grain: photograph. RAW and JPEG of one press share all values."""

    kind = dy.Enum(["burst", "bracket", "none"], nullable=True, description="What it is part of.")
    burst_id = dy.String(
        nullable=True, description="`burst_` or `bracket_`, 16 digits of the first frame's sha256."
    )
    position = dy.Int32(nullable=True, min=1, description="In the order of time, from 1.")
    burst_size = dy.Int32(nullable=True, min=2, description="Presses.")
    is_best = dy.Bool(
        nullable=True, description="The frame of a burst to look at; null where there is no choice."
    )
    best_reason = dy.String(nullable=True, description="Why it is the best.")


BURSTS = Product("bursts", Bursts, value="kind")


def bursts_version(settings: BurstSettings) -> str:
    """Digest of all that decides bursts beside the photographs."""
    content = f"{BURSTS_VERSION}|{settings!r}"
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def as_one_day(inputs: pl.DataFrame) -> pl.DataFrame:
    """Inputs whose every `fingerprint` covers the whole day, since frames look at each other."""
    known = inputs.sort("photo_id").select(pl.concat_str("photo_id", "fingerprint", separator=" "))
    day = hashlib.sha256("\n".join(known.to_series().fill_null("none")).encode()).hexdigest()
    return inputs.with_columns(fingerprint=pl.lit(day))


def find_bursts(photographs: pl.DataFrame, *, settings: BurstSettings) -> pl.DataFrame:
    """Rows of `Bursts` for all photographs of one day.

    Args:
        photographs: `photo_id, sha256, pair_id, resolved_at` (Datetime), `subsecond, camera_make,
            camera_model, serial, camera_burst_id, exposure_s, aperture` (`f/5.6`), `iso, lat, lon,
            phash` (UInt64), `flat, vector` (list of float32), `quality_score, keeper`; all but the
            first two may be null.
    """
    rows = press_rows(photographs)
    presses = presses_of(rows)
    brackets = find_brackets(presses, settings)
    groups = np.full(len(presses), -1, np.int64)
    rest = presses.only(brackets < 0)
    groups[rest.number] = rest.number[_burst_chains(rest, settings)]
    found = _described(rows.with_columns(bracket=pl.Series(brackets), burst=pl.Series(groups)))
    return (
        photographs.select("photo_id")
        .join(found.explode("members"), left_on="photo_id", right_on="members", how="left")
        .with_columns(
            pl.when(pl.col("kind").is_null())
            .then(pl.lit("bursts: no capture time (see capture_times)"))
            .alias("error")
        )
    )


def _burst_chains(presses: Presses, settings: BurstSettings) -> Numbers:
    """The first press of each press's burst, `(n,)`: the press itself where it is alone."""

    def together(later: Numbers, earlier: Numbers) -> Flags:
        exact = presses.exact[later] & presses.exact[earlier]
        longest = np.where(exact, settings.gap_seconds, settings.gap_seconds_without_subseconds)
        looks = presses.look_alike(
            later, earlier, bits=settings.hash_distance, cosine=1 - settings.cosine_distance
        )
        both: Flags = (
            (presses.sequence[later] < 0)
            & (presses.gap(later, earlier) <= longest)
            & presses.same_camera(later, earlier)
            & looks
        )
        return both

    chains = presses.chains(together)
    _, first, which = np.unique(presses.sequence, return_index=True, return_inverse=True)
    named: Numbers = np.where(presses.sequence >= 0, first[which], chains)
    return named


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    """`members` and what `Bursts` says of them, one row per press; a group of one is none."""
    bracket = pl.col("bracket") >= 0
    group = pl.when(bracket).then("bracket").otherwise("burst")
    size = pl.len().over("group")
    together = pl.col("kind") != "none"
    digits = pl.col("sha256").first().over("group").str.head(16)
    described = rows.with_columns(group.alias("group"), bracket.alias("bracket")).with_columns(
        kind=pl.when("bracket")
        .then(pl.lit("bracket"))
        .otherwise(pl.when(size > 1).then(pl.lit("burst")).otherwise(pl.lit("none")))
    )
    return (
        described.with_columns(
            burst_id=pl.when(together).then(pl.format("{}_{}", "kind", digits)),
            position=pl.when(together).then(pl.int_range(1, pl.len() + 1).over("group")),
            burst_size=pl.when(together).then(size),
        )
        .pipe(_with_best)
        .select("members", "kind", *_DESCRIBED)
    )


def _with_best(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `is_best` and `best_reason`: keepers, then quality, then the first."""
    ranked = rows.with_columns(
        keeper=pl.col("keeper").fill_null(0), quality=pl.col("quality_score").fill_null(0).round(4)
    ).sort("group", "keeper", "quality", "position", descending=[False, True, True, False])
    keeper, quality = pl.col("keeper"), pl.col("quality")
    next_keeper, next_quality = (column.shift(-1).over("group") for column in (keeper, quality))
    reason = (
        pl.when(keeper > next_keeper)
        .then(pl.lit("a keeper"))
        .when(quality > next_quality)
        .then(pl.format("quality {}, the next {}", quality.round(2), next_quality.round(2)))
        .otherwise(pl.lit("the first of equals"))
    )
    best = pl.col("group").is_first_distinct()
    return ranked.with_columns(
        is_best=pl.when(pl.col("kind") == "burst").then(best),
        best_reason=pl.when((pl.col("kind") == "burst") & best).then(reason),
    )


def list_bursts(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per burst and bracket of `Bursts` rows, the largest first.

    `photo_ids` are in the order of time.
    """
    return (
        rows.filter(pl.col("burst_id").is_not_null())
        .sort("burst_id", "position", "photo_id")
        .group_by("burst_id", "kind", maintain_order=True)
        .agg(
            pl.col("burst_size").first().alias("frames"),
            pl.col("photo_id").filter("is_best").first().alias("best"),
            pl.col("best_reason").drop_nulls().first().alias("reason"),
            pl.col("photo_id").alias("photo_ids"),
        )
        .sort("frames", "burst_id", descending=[True, False])
    )
