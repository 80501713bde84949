"""`duplicate_pairs`: which photographs look alike. Phase 5; whole archive, incremental.

Each photograph is compared with all others once, and a new day only with what is there. One
table, replaced in one step, so that a run killed at any instant leaves the old state or the new.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from flux_assets.vision.hamming_pairs import Hashes, Pairs, joined, pairs_between, pairs_within
from flux_resources.settings_sections import DuplicateSettings

PAIRS_VERSION = "1"
_MOST_PAIRS = 20_000_000  # bounds memory, and is ten times what 400,000 photographs may have
_AT_ONCE = 4096  # vectors read, or cosines computed

VectorsOf = Callable[[Sequence[str]], pl.DataFrame]
Halves = np.ndarray[Any, np.dtype[np.float16]]


class DuplicatePairs(dy.Schema):
    """Grain: photograph that was compared with all others. Every pair stands in one row only."""

    photo_id = dy.String(primary_key=True, description="Canonical file name without its ending.")
    fingerprint = dy.String(description="Digest of hash, vector, settings and version.")
    other = dy.List(dy.String(), description="Photographs that look like this one.")
    distance = dy.List(dy.UInt8(), description="Bits of 64 in which the phashes differ.")
    cosine = dy.List(
        dy.Float32(nullable=True), description="Of the vectors; null where the hash sufficed."
    )


@dataclass(frozen=True)
class PairSearch:
    """`rows` is `DuplicatePairs`; counts are photographs.

    `complete_to` is the distance up to which no pair was left out: the larger one of the
    settings, unless there were more new pairs than memory is granted for.
    """

    rows: pl.DataFrame
    searched: int
    removed: int
    complete_to: int


def search_pairs(
    photographs: pl.DataFrame,
    stored: pl.DataFrame,
    *,
    settings: DuplicateSettings,
    vectors: VectorsOf,
    workers: int = 1,
) -> PairSearch:
    """Bring the pairs up to date: search what is new or changed, drop what is gone.

    Args:
        photographs: `photo_id`, `phash` (UInt64), `vector_fingerprint` (nullable, changes when
            the vector does) of all that take part.
        stored: `DuplicatePairs`.
        vectors: given photo_ids, `photo_id, vector` (float32, unit length) of those that have one.
    """
    current = photographs.select("photo_id", "phash", _fingerprint(settings)).sort("photo_id")
    kept = stored.join(current, on=["photo_id", "fingerprint"], how="semi")
    fresh = current.join(kept, on="photo_id", how="anti")
    old = current.join(kept, on="photo_id", how="semi")
    radius = max(settings.near_distance, settings.agreeing_distance)
    found, complete_to = joined(
        _blocks(fresh["phash"].to_numpy(), old["phash"].to_numpy(), radius, workers),
        radius,
        _MOST_PAIRS,
    )
    photo_ids = pl.concat([fresh["photo_id"], old["photo_id"]])
    edges = pl.concat(
        [
            pairs_of(kept).join(kept, left_on="other", right_on="photo_id", how="semi"),
            _alike(found, photo_ids, settings, vectors),
        ]
    )
    lists = edges.group_by("photo_id").agg("other", "distance", "cosine")
    rows = current.drop("phash").join(lists, on="photo_id", how="left", maintain_order="left")
    return PairSearch(
        rows=rows.with_columns(pl.col("other", "distance", "cosine").fill_null([])),
        searched=fresh.height,
        removed=stored.join(current, on="photo_id", how="anti").height,
        complete_to=complete_to,
    )


def pairs_of(rows: pl.DataFrame) -> pl.DataFrame:
    """`photo_id, other, distance, cosine` of `DuplicatePairs`, one row per pair."""
    columns = ["other", "distance", "cosine"]
    return rows.select("photo_id", *columns).filter(pl.col("other").list.len() > 0).explode(columns)


def _fingerprint(settings: DuplicateSettings) -> pl.Expr:
    version = f"{PAIRS_VERSION}|{settings!r}"
    return (
        pl.format(
            "{}|{}|{}", "phash", pl.col("vector_fingerprint").fill_null("none"), pl.lit(version)
        )
        .map_elements(
            lambda text: hashlib.sha256(text.encode()).hexdigest()[:32], return_dtype=pl.String
        )
        .alias("fingerprint")
    )


def _blocks(fresh: Hashes, old: Hashes, radius: int, workers: int) -> Iterator[Pairs]:
    """Pairs of positions in `fresh` and then `old` of which one at least is fresh."""
    yield from pairs_within(fresh, radius, workers=workers)
    for block in pairs_between(fresh, old, radius, workers=workers):
        yield block._replace(second=block.second + np.int32(len(fresh)))


def _alike(
    found: Pairs, photo_ids: pl.Series, settings: DuplicateSettings, vectors: VectorsOf
) -> pl.DataFrame:
    """Of pairs within the radius those that count, in the shape of `pairs_of`."""
    first, second, distance = found
    near = distance <= settings.near_distance
    cosine = np.full(len(near), np.nan, np.float32)
    cosine[~near] = _cosines(first[~near], second[~near], photo_ids, vectors)
    alike = near | (cosine >= settings.cosine)
    return pl.DataFrame(
        {
            "photo_id": photo_ids.gather(first[alike]),
            "other": photo_ids.gather(second[alike]),
            "distance": distance[alike],
            "cosine": pl.Series(cosine[alike]).fill_nan(None),
        }
    )


def _cosines(
    first: np.ndarray[Any, Any],
    second: np.ndarray[Any, Any],
    photo_ids: pl.Series,
    vectors: VectorsOf,
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Cosine of each pair; NaN where one has no vector."""
    positions = np.unique(np.concatenate([first, second]))
    matrix = _matrix(photo_ids.gather(positions), vectors)
    cosines = np.empty(len(first), np.float32)
    for start in range(0, len(first), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        left, right = (
            matrix[np.searchsorted(positions, side[part])].astype(np.float32)
            for side in (first, second)
        )
        cosines[part] = np.einsum("ij,ij->i", left, right)
    return cosines


def _matrix(photo_ids: pl.Series, vectors: VectorsOf) -> Halves:
    """Vectors `(n, d)` in the order of `photo_ids`, NaN where there is none.

    Half precision keeps those of a whole archive in memory, and cosines to four digits.
    """
    matrix = np.full((len(photo_ids), 1), np.nan, np.float16)
    wanted = pl.DataFrame({"photo_id": photo_ids}).with_row_index("row")
    for part in wanted.iter_slices(_AT_ONCE):
        have = part.join(vectors(part["photo_id"].to_list()), on="photo_id", how="inner")
        if have.height:
            dimensions = len(have["vector"][0])
            if matrix.shape[1] != dimensions:
                matrix = np.full((len(photo_ids), dimensions), np.nan, np.float16)
            values = have["vector"].explode().to_numpy().reshape(-1, dimensions)
            matrix[have["row"].to_numpy()] = values
    return matrix
