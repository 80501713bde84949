"""What bursts and duplicates are found from: upstream rows side by side."""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import groupby
from pathlib import Path

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.corpus.take_in import open_ledger
from flux_assets.imaging.perceptual_hashes import PERCEPTUAL_HASHES
from flux_assets.imaging.quality import QUALITY
from flux_assets.keepers.matching.keeper_matches import KEEPER_MATCHES, KeeperMatches
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.photo_table import Product
from flux_assets.refresh import combine_fingerprints
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.duplicate_keep import count_exif_fields
from flux_assets.vision.duplicate_pairs import VectorsOf
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.data_root import DataRoot
from flux_resources.tables import TableStore
from flux_resources.vectors import Vectors, VectorStore, as_matrix

_FINGERPRINT = "fingerprint"
_BURSTS_READ: dict[Product, tuple[str, ...]] = {
    PHOTO_INDEX: ("sha256", "pair_id"),
    EXIF: (
        *("subsecond", "camera_make", "camera_model", "serial", "camera_burst_id"),
        *("exposure_s", "aperture", "iso"),
    ),
    CAPTURE_TIMES: ("resolved_at",),
    PLACES: ("lat", "lon"),
    PERCEPTUAL_HASHES: ("phash", "flat"),
    QUALITY: ("quality_score",),
    EMBEDDINGS: (),
}


def matched_originals(tables: TableStore) -> pl.DataFrame:
    """`photo_id, matched` (1) of photographs of which there is a keeper file."""
    matches = tables.read(KEEPER_MATCHES, KeeperMatches).select("photo_id").drop_nulls().unique()
    return matches.with_columns(matched=pl.lit(1, pl.Int8))


def of_bursts(
    tables: TableStore, day: str, said: pl.DataFrame, matched: pl.DataFrame
) -> pl.DataFrame:
    """The columns that `find_bursts` reads, but for `vector`, and a `fingerprint` of each row.

    `said` holds the decisions `sha256, keep`, `matched` is `matched_originals`: what a person
    keeps is best of its burst.
    """
    parts = [
        tables.read_day(product.name, day, product.schema).select(
            "photo_id", *columns, pl.col(_FINGERPRINT).alias(f"of_{product.name}")
        )
        for product, columns in _BURSTS_READ.items()
    ]
    joined = reduce(lambda left, right: left.join(right, on="photo_id", how="left"), parts)
    marks = ["keep", "of_match", *(f"of_{product.name}" for product in _BURSTS_READ)]
    return (
        joined.join(said, on="sha256", how="left")
        .join(matched, on="photo_id", how="left")
        .with_columns(of_match=pl.col("matched").cast(pl.String))
        .with_columns(
            combine_fingerprints(*marks),
            keeper=pl.when(pl.col("keep").is_not_null()).then(1).otherwise("matched"),
        )
        .drop(*marks, "matched")
    )


def of_duplicates(tables: TableStore) -> pl.DataFrame:
    """The columns that `search_pairs` and `find_duplicates` read, of the whole archive."""

    def part(product: Product, *columns: str | pl.Expr) -> pl.LazyFrame:
        return tables.scan(product.name, product.schema).select("day", "photo_id", *columns)

    index = ("sha256", "path", "pair_id", "bytes", "width", "height")
    parts = [
        part(PHOTO_INDEX, *index),
        part(EXIF, count_exif_fields()),
        part(CAPTURE_TIMES, "resolved_at"),
        part(PERCEPTUAL_HASHES, "phash", "flat"),
        part(QUALITY, "quality_score"),
        part(EMBEDDINGS, pl.col(_FINGERPRINT).alias("vector_fingerprint")),
        part(BURSTS, "burst_id"),
    ]
    joined = reduce(lambda left, right: left.join(right, on=["day", "photo_id"], how="left"), parts)
    matched = matched_originals(tables).rename({"matched": "keeper"})
    return joined.join(matched.lazy(), on="photo_id", how="left").sort("photo_id").collect()


def vectors_of(photographs: pl.DataFrame, store: VectorStore) -> VectorsOf:
    """Reads `photo_id, vector` of photographs (`day, photo_id`) from the store."""
    day_of = photographs.select("photo_id", "day")

    def read(photo_ids: Sequence[str]) -> pl.DataFrame:
        wanted = pl.DataFrame({"photo_id": photo_ids}).join(day_of, on="photo_id")
        vectors = store.rows(wanted["day"].unique()).select("photo_id", "vector")
        return vectors.join(wanted, on="photo_id", how="semi")

    return read


def embedded_in_order(tables: TableStore) -> pl.Series:
    """photo_ids that have a vector, in the order of time."""
    rows = tables.scan(EMBEDDINGS.name, EMBEDDINGS.schema)
    found = rows.filter(pl.col("embedding_id").is_not_null()).sort("day", "photo_id")
    return found.select("photo_id").collect()["photo_id"]


def vectors_by_month(tables: TableStore, store: VectorStore) -> Iterator[Vectors]:
    """All vectors, float32 `(n, d)`, a month at a time."""
    for _, days in groupby(tables.days(EMBEDDINGS.name), key=lambda day: day[:7]):
        vectors = store.rows(list(days)).sort("photo_id")["vector"]
        if len(vectors):
            yield as_matrix(vectors)


def copies_of(archive: DataRoot) -> pl.DataFrame:
    """`sha256, path` of every file of contents that lie in several places, by the ledger."""
    originals = archive.paths.originals
    with open_ledger(archive) as ledger:
        files = [
            (
                copy.sha256,
                archive.paths.relative(Path(copy.root or originals, copy.path)),
            )
            for copy in ledger.copies()
        ]
    return pl.DataFrame(files, schema={"sha256": pl.String, "path": pl.String}, orient="row")
