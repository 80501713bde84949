"""`keeper_looks`: what keeper files look like. Phase 5; source: the KEEPERS tree and the model.

Only contents that are no original's need a look: the others have their original's hash and vector.
One table, written after every few hundred pictures in one step, so that a killed run loses little.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dataframely as dy
import polars as pl

from flux_assets import progress
from flux_assets.imaging.perceptual_hashes import (
    PERCEPTUAL_HASHES_VERSION,
    build_perceptual_hashes,
)
from flux_assets.imaging.proxies import proxies_version
from flux_assets.vision.embeddings import EMBEDDINGS_VERSION
from flux_assets.vision.keeper_copies import CopyOrder, make_copy
from flux_resources.clip.embedder import Embedder
from flux_resources.isolation import isolated_map
from flux_resources.paths import Paths
from flux_resources.settings_sections import ImagingSettings

KEEPER_LOOKS = "keeper_looks"
KEEPER_LOOKS_VERSION = "1"
_COMMIT_PICTURES = 512


class KeeperLooks(dy.Schema):
    """Grain: content of keeper files that is no original's."""

    sha256 = dy.String(primary_key=True, description="Digest of the content.")
    captured_at = dy.Datetime(
        nullable=True, time_unit="ms", description="DateTimeOriginal, local, as in the index."
    )
    proxy_path = dy.String(nullable=True, description="1024 px sRGB JPEG, below the data root.")
    phash = dy.UInt64(nullable=True, description="Cosine transform, 64 bits.")
    flat = dy.Bool(nullable=True, description="Nearly constant: its hash means nothing.")
    vector = dy.List(dy.Float32(), nullable=True, description="Of unit length.")
    model = dy.String(nullable=True, description="Model name.")
    error = dy.String(nullable=True, description="Null, or `stage: message`.")
    fingerprint = dy.String(
        nullable=True, description="Digest of content, sizes and model; null means: try again."
    )


@dataclass(frozen=True)
class LooksReport:
    """`rows` is `KeeperLooks`; counts are contents."""

    rows: pl.DataFrame
    computed: int
    failed: int
    removed: int


def keepers_to_look_at(keepers: pl.DataFrame, originals: pl.DataFrame) -> pl.DataFrame:
    """`sha256, keeper_path, format, captured_at` of each content that needs a look.

    `keepers` is `KeeperIndex`, `originals` has the `sha256` of all photographs. Broken files have
    no look.
    """
    return (
        keepers.filter(pl.col("error").is_null() & pl.col("format").is_not_null())
        .join(originals, on="sha256", how="anti")
        .sort("keeper_path")
        .unique("sha256", keep="first", maintain_order=True)
        .select("sha256", "keeper_path", "format", "captured_at")
    )


def copy_path(paths: Paths, sha256: str) -> Path:
    """Where the working copy of a keeper file lies."""
    return paths.proxies / "keepers" / sha256[:2] / f"{sha256}.jpg"


def refresh_looks(
    needed: pl.DataFrame,
    stored: pl.DataFrame,
    *,
    paths: Paths,
    imaging: ImagingSettings,
    model: str,
    version: str,
    embedder: Callable[[], Embedder],
    save: Callable[[pl.DataFrame], None],
) -> LooksReport:
    """Look at what is new or changed, and forget what is gone together with its working copy.

    Args:
        needed: see `keepers_to_look_at`.
        stored: `KeeperLooks` so far.
        paths: the data root.
        imaging: sizes, and what one file may take.
        model: name of the model.
        version: digest of its weights.
        embedder: loads it; called only when there is something to encode.
        save: is given all rows whenever some are new or gone.
    """
    made_of = "|".join(
        (
            *(KEEPER_LOOKS_VERSION, proxies_version(imaging), PERCEPTUAL_HASHES_VERSION),
            *(EMBEDDINGS_VERSION, model, version),
        )
    )
    current = needed.with_columns(
        fingerprint=pl.Series([_digest(made_of, key) for key in needed["sha256"]], dtype=pl.String)
    )
    kept = stored.join(current, on=["sha256", "fingerprint"], how="semi")
    kept = kept.filter(_copy_is_there(kept, paths))
    todo = current.join(kept, on="sha256", how="anti")
    gone = stored.join(current, on="sha256", how="anti")
    for sha256 in gone["sha256"]:
        copy_path(paths, sha256).unlink(missing_ok=True)
    rows = kept
    for part in todo.iter_slices(_COMMIT_PICTURES):
        rows = pl.concat([rows, _look(part, paths, imaging, model, embedder)]).sort("sha256")
        save(rows)
        progress.advance(KEEPER_LOOKS, part.height)
    if gone.height and todo.is_empty():
        save(rows)
    return LooksReport(rows, todo.height, rows["error"].count(), gone.height)


def _digest(made_of: str, sha256: str) -> str:
    return hashlib.sha256(f"{made_of}|{sha256}".encode()).hexdigest()[:32]


def _copy_is_there(rows: pl.DataFrame, paths: Paths) -> pl.Series:
    """True where the working copy of a row is there; error rows have none."""

    def present(stored: str | None) -> bool:
        file = None if stored is None else paths.absolute(stored)
        return file is None or (file.is_file() and file.stat().st_size > 0)

    return pl.Series([present(stored) for stored in rows["proxy_path"]], dtype=pl.Boolean)


def _look(
    part: pl.DataFrame,
    paths: Paths,
    imaging: ImagingSettings,
    model: str,
    embedder: Callable[[], Embedder],
) -> pl.DataFrame:
    """Rows of `KeeperLooks` for some of `needed` with their `fingerprint`."""
    copied = _copy(part, paths, imaging)
    whole = copied.filter(pl.col("error").is_null())
    hashes = build_perceptual_hashes(
        whole.select(pl.col("sha256").alias("photo_id"), "proxy_path"),
        paths=paths,
        workers=imaging.workers,
    ).select(pl.col("photo_id").alias("sha256"), "phash", "flat", hash_error="error")
    encoded = _encode(whole, paths, model, embedder)
    error = pl.coalesce("error", "hash_error", "vector_error")
    again = pl.col("passing") | pl.col("hash_error").is_not_null()
    return (
        copied.join(hashes, on="sha256", how="left")
        .join(encoded, on="sha256", how="left")
        .with_columns(
            error.alias("error"),
            pl.when(again | pl.col("vector_error").is_not_null())
            .then(None)
            .otherwise("fingerprint")
            .alias("fingerprint"),
        )
        .select(KeeperLooks.column_names())
    )


def _copy(part: pl.DataFrame, paths: Paths, imaging: ImagingSettings) -> pl.DataFrame:
    """`part` with `proxy_path`, or `error` and whether it is `passing`."""
    orders = [
        CopyOrder(
            keeper=paths.absolute(path),
            format=image_format,
            copy=copy_path(paths, sha256),
            pixels=imaging.proxy_pixels,
            quality=imaging.proxy_quality,
        )
        for sha256, path, image_format in part.select("sha256", "keeper_path", "format").iter_rows()
    ]
    made = isolated_map(
        make_copy,
        orders,
        workers=imaging.workers,
        seconds=imaging.file_seconds,
        gigabytes=imaging.file_gigabytes,
    )
    outcomes = [
        (paths.relative(order.copy), None, False)
        if failure is None
        else (None, f"{KEEPER_LOOKS}: {failure.reason}", failure.passing)
        for order, failure in zip(orders, made, strict=True)
    ]
    schema = {"proxy_path": pl.String, "error": pl.String, "passing": pl.Boolean}
    return part.hstack(pl.DataFrame(outcomes, schema=schema, orient="row"))


def _encode(
    whole: pl.DataFrame, paths: Paths, model: str, embedder: Callable[[], Embedder]
) -> pl.DataFrame:
    """`sha256, vector, model, vector_error` of working copies."""
    if whole.is_empty():
        types = (pl.String(), pl.List(pl.Float32), pl.String(), pl.String())
        names = ("sha256", "vector", "model", "vector_error")
        return pl.DataFrame(schema=dict(zip(names, types, strict=True)))
    encoded = embedder().encode_images([*map(paths.absolute, whole["proxy_path"])])
    failed = pl.Series(encoded.errors, dtype=pl.String)
    vectors = pl.DataFrame({"vector": pl.Series(encoded.vectors).cast(pl.List(pl.Float32))})
    return whole.select("sha256").hstack(
        vectors.select(
            pl.when(failed.is_null()).then("vector"),
            pl.lit(model).alias("model"),
            (f"{KEEPER_LOOKS}: " + failed).alias("vector_error"),
        )
    )
