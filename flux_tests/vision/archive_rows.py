"""Rows of photographs as other products would give them, with plain values where none are said."""

import hashlib
from typing import Any

import numpy as np
import polars as pl

from flux_assets.vision.duplicate_pairs import DuplicatePairs, search_pairs
from flux_assets.vision.duplicates import find_duplicates, taking_part
from flux_resources.decisions import Decision
from flux_resources.settings_sections import DuplicateSettings

SCHEMA = {
    "photo_id": pl.String(),
    "sha256": pl.String(),
    "path": pl.String(),
    "pair_id": pl.String(),
    "phash": pl.UInt64(),
    "flat": pl.Boolean(),
    "vector_fingerprint": pl.String(),
    "burst_id": pl.String(),
    "resolved_at": pl.Datetime("ms"),
    "subsecond": pl.String(),
    "camera_make": pl.String(),
    "camera_model": pl.String(),
    "serial": pl.String(),
    "camera_burst_id": pl.String(),
    "exposure_s": pl.Float64(),
    "aperture": pl.String(),
    "iso": pl.Int32(),
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "vector": pl.List(pl.Float32),
    "quality_score": pl.Float64(),
    "keeper": pl.Int8(),
    "width": pl.Int32(),
    "height": pl.Int32(),
    "bytes": pl.Int64(),
    "exif_fields": pl.UInt32(),
    "fingerprint": pl.String(),
}
PLAIN = {
    "phash": 0,
    "flat": False,
    "width": 6000,
    "height": 4000,
    "bytes": 1_000_000,
    "exif_fields": 8,
    "subsecond": "00",
    "camera_make": "RICOH",
    "camera_model": "GR III",
    "exposure_s": 1 / 250,
    "aperture": "f/5.6",
    "iso": 400,
    "fingerprint": "f",
}
NO_COPIES = pl.DataFrame(schema={"sha256": pl.String(), "path": pl.String()})


def sha256_of(photo_id: str) -> str:
    return hashlib.sha256(photo_id.encode()).hexdigest()


def photographs(*rows: dict[str, Any]) -> pl.DataFrame:
    """One photograph per dict, which names at least its `photo_id`."""
    full = [
        PLAIN | {"sha256": sha256_of(row["photo_id"]), "path": f"{row['photo_id']}.JPG"} | row
        for row in rows
    ]
    return pl.DataFrame(full, schema=SCHEMA)


def bits(*positions: int) -> int:
    """A hash with these bits set."""
    return sum(1 << position for position in positions)


def no_vectors(photo_ids: object) -> pl.DataFrame:
    return pl.DataFrame(schema={"photo_id": pl.String(), "vector": pl.List(pl.Float32)})


def duplicates_of(
    rows: pl.DataFrame,
    *,
    copies: pl.DataFrame = NO_COPIES,
    told_apart: dict[str, Decision] | None = None,
    to_keep: dict[str, Decision] | None = None,
) -> pl.DataFrame:
    """What `find_duplicates` says of photographs without vectors other than in their rows."""

    def vectors(photo_ids: object) -> pl.DataFrame:
        return rows.select("photo_id", "vector").drop_nulls()

    pairs = search_pairs(
        taking_part(rows),
        DuplicatePairs.create_empty(),
        settings=DuplicateSettings(),
        vectors=vectors,
    )
    return find_duplicates(
        rows, pairs.rows, copies, told_apart=told_apart or {}, to_keep=to_keep or {}
    )


def groups(rows: pl.DataFrame) -> list[set[str]]:
    """The photo_ids of each group of `Duplicates`."""
    found = rows.group_by("group_id", maintain_order=True).agg("photo_id")
    return [set(members) for members in found["photo_id"]]


def random_hashes(count: int, seed: int = 0) -> "np.ndarray[Any, np.dtype[np.uint64]]":
    """Hashes of which many lie within 4, and some within 12 bits of another."""
    random = np.random.default_rng(seed)
    centres = random.integers(0, 2**64, max(1, count // 5), dtype=np.uint64)
    hashes = centres[random.integers(0, len(centres), count)]
    for flips in (random.random(count) < share for share in (0.9, 0.9, 0.3, 0.3, 0.3, 0.2)):
        bit = np.uint64(1) << random.integers(0, 64, count, dtype=np.uint64)
        hashes = np.where(flips, hashes ^ bit, hashes)
    return hashes
