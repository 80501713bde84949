"""`duplicates`: photographs that are there more than once. Phase 5; whole archive.

Identical: one content in several places, by the ledger. Near: pictures that look like the medoid
of their group, by perceptual hash and, where that is unsure, by vector. Frames of one burst or
bracket that were taken at different moments are several pictures, not one picture twice; so are
RAW and JPEG of one press, of which the JPEG takes part. Pictures without detail match nothing.
"""

from collections import defaultdict
from collections.abc import Mapping

import dataframely as dy
import numpy as np
import polars as pl

from flux_assets.vision.duplicate_groups import Separate, group_around_medoids
from flux_assets.vision.duplicate_keep import suggest_keep
from flux_assets.vision.duplicate_pairs import pairs_of
from flux_assets.vision.duplicate_verdicts import told_from
from flux_assets.vision.hamming_pairs import Pairs
from flux_resources.decisions import Decision

DUPLICATES = "duplicates"
DUPLICATE_PAIRS = "duplicate_pairs"
DUPLICATES_VERSION = "1"


class Duplicates(dy.Schema):
    """Grain: file in a group; a photograph with copies has several files.

    A photograph stands in at most one group of each relation.
    """

    group_id = dy.String(
        primary_key=True,
        description="`same_` or `near_` and 16 digits of the sha256 of its lowest photo_id.",
    )
    path = dy.String(
        primary_key=True, description="Relative to the data root; absolute in a read-only root."
    )
    photo_id = dy.String(description="Canonical file name without its ending.")
    sha256 = dy.String(description="Digest of the content.")
    relation = dy.Enum(["identical", "near"], description="The same bytes, or the same picture.")
    medoid = dy.Bool(description="The photograph that all others of the group are close to.")
    distance = dy.UInt8(description="Bits of 64 in which the phash differs from the medoid's.")
    cosine = dy.Float32(
        nullable=True, description="Of its vector and the medoid's; null where the hash sufficed."
    )
    keep = dy.Bool(description="Suggested, or said by a person.")
    keep_reason = dy.String(nullable=True, description="Why it is kept.")


def taking_part(photographs: pl.DataFrame) -> pl.DataFrame:
    """The photographs that can have near duplicates, by photo_id.

    They have a hash and are not flat; of those that share a `pair_id` the JPEG takes part, whose
    photo_id it is, or else the first.
    """
    press = pl.coalesce("pair_id", "photo_id")
    return (
        photographs.filter(pl.col("phash").is_not_null() & ~pl.col("flat").fill_null(False))
        .sort(pl.col("photo_id") != press, "photo_id")
        .filter(press.is_first_distinct())
        .sort("photo_id")
    )


def find_duplicates(
    photographs: pl.DataFrame,
    pairs: pl.DataFrame,
    copies: pl.DataFrame,
    *,
    told_apart: Mapping[str, Decision],
    to_keep: Mapping[str, Decision],
) -> pl.DataFrame:
    """The rows of `Duplicates`, by group, the kept ones first.

    Args:
        photographs: the whole archive: `photo_id, sha256, path, pair_id, bytes, width, height,
            phash, flat, burst_id, resolved_at, exif_fields, quality_score, keeper`.
        pairs: `DuplicatePairs` of these photographs.
        copies: `sha256, path` of every file of contents that lie in several places.
        told_apart, to_keep: what stands of the decisions `not_duplicates` and `keep`.
    """
    said = pl.col("sha256").is_in(list(to_keep)).alias("said")
    near = _near(taking_part(photographs).with_columns(said), pairs, told_apart)
    types = pl.Schema({name: column.dtype for name, column in Duplicates.columns().items()})
    rows = pl.concat([part.cast(types) for part in (near, _identical(photographs, copies))])
    order = ["group_id", "keep", "distance", "photo_id", "path"]
    return rows.sort(order, descending=[False, True, False, False, False])


def _identical(photographs: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Every file of each content that lies in several places; the photograph's own is kept."""
    own = photographs.select("photo_id", "sha256", pl.col("path").alias("own"))
    kept = pl.col("path") == pl.col("own")
    return (
        copies.join(own, on="sha256", how="inner")
        .filter(pl.len().over("sha256") > 1)
        .with_columns(
            _group_id("same", pl.col("sha256")),
            pl.lit("identical").alias("relation"),
            kept.alias("medoid"),
            pl.lit(0).alias("distance"),
            pl.lit(None).alias("cosine"),
            kept.alias("keep"),
            pl.when(kept).then(pl.lit("stands for the photograph")).alias("keep_reason"),
        )
        .select(Duplicates.column_names())
    )


def _near(
    part: pl.DataFrame, pairs: pl.DataFrame, told_apart: Mapping[str, Decision]
) -> pl.DataFrame:
    """One row per photograph of each group."""
    number = part.select("photo_id").with_row_index("number")
    edges = pairs_of(pairs).join(number, on="photo_id", how="inner")
    edges = edges.join(number.rename({"photo_id": "other", "number": "second"}), on="other")
    medoids = group_around_medoids(
        Pairs(
            edges["number"].to_numpy().astype(np.int32),
            edges["second"].to_numpy().astype(np.int32),
            edges["distance"].to_numpy(),
        ),
        _separate(part, told_apart),
    )
    members = part.with_columns(number=pl.int_range(pl.len()), second=pl.Series(medoids)).filter(
        pl.col("second") >= 0
    )
    first = pl.col("sha256").sort_by("photo_id").first().over("second")
    members = members.with_columns(
        _group_id("near", first),
        pl.lit("near").alias("relation"),
        (pl.col("number") == pl.col("second")).alias("medoid"),
    ).join(_to_medoid(edges), on=["number", "second"], how="left")
    return (
        members.with_columns(pl.col("distance").fill_null(0))
        .join(suggest_keep(members), on=["group_id", "photo_id"])
        .select(Duplicates.column_names())
    )


def _to_medoid(edges: pl.DataFrame) -> pl.DataFrame:
    """Distance and cosine of every pair in both directions, by number."""
    both = edges.select("number", "second", "distance", "cosine").cast(
        {"number": pl.Int64, "second": pl.Int64}
    )
    return pl.concat(
        [both, both.rename({"number": "second", "second": "number"}).select(both.columns)]
    )


def _separate(part: pl.DataFrame, told_apart: Mapping[str, Decision]) -> Separate:
    positions = dict(zip(part["sha256"], range(part.height), strict=True))
    apart: defaultdict[int, set[int]] = defaultdict(set)
    for sha256 in told_apart:
        for other in told_from(told_apart, sha256):
            if sha256 in positions and other in positions:
                apart[positions[sha256]].add(positions[other])
                apart[positions[other]].add(positions[sha256])
    sequence = pl.col("burst_id").rank("dense").cast(pl.Int64).fill_null(-1)
    moment = pl.col("resolved_at").dt.epoch("ms").fill_null(0)
    return Separate(
        part.select(sequence).to_series().to_numpy(),
        part.select(moment).to_series().to_numpy(),
        {one: frozenset(others) for one, others in apart.items()},
    )


def _group_id(prefix: str, sha256: pl.Expr) -> pl.Expr:
    return pl.format(f"{prefix}_{{}}", sha256.str.head(16)).alias("group_id")


def list_duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per group of `Duplicates`, the largest first: what to keep, and why."""
    return (
        rows.group_by("group_id", "relation", maintain_order=True)
        .agg(
            pl.len().alias("files"),
            pl.col("distance").max().alias("furthest"),
            pl.col("photo_id").filter("keep").unique(maintain_order=True).alias("keep"),
            pl.col("keep_reason").drop_nulls().first().alias("reason"),
            pl.col("path"),
        )
        .sort("files", "group_id", descending=[True, False])
    )
