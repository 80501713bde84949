"""`augmented_vectors`: vectors of changed pictures, to learn from. Phase 6; incremental.

Source: working copies of the training split and the model. One table, written after every few
thousand pictures in one step, so that a killed run loses little.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import dataframely as dy
import polars as pl
from PIL import Image

from flux_assets.keepers.taste.augmentation import AUGMENTATION_VERSION, CROP, draw_jitter, jitter
from flux_resources.clip.embedder import Embedder
from flux_resources.paths import Paths

AUGMENTED_VECTORS = "augmented_vectors"
_COMMIT_PICTURES = 2048
_AT_ONCE = 128  # changed pictures on disk
_WORKERS = min(8, os.cpu_count() or 1)


class AugmentedVectors(dy.Schema):
    """Grain: changed picture of a photograph that is trained on."""

    photo_id = dy.String(primary_key=True, description="Canonical file name without its ending.")
    variant = dy.Int16(primary_key=True, min=1, description="Number of the change.")
    vector = dy.List(dy.Float32(), description="Of unit length.")
    model = dy.String(description="Model name.")
    fingerprint = dy.String(description="Digest of working copy, change and model.")


@dataclass(frozen=True)
class Augmented:
    """What was done; counts are changed pictures. `failed` are tried again the next time."""

    rows: pl.DataFrame
    made: int
    removed: int
    failed: int


def refresh_augmented(
    wanted: pl.DataFrame,
    stored: pl.DataFrame,
    *,
    variants: int,
    paths: Paths,
    model: str,
    version: str,
    embedder: Callable[[], Embedder],
    save: Callable[[pl.DataFrame], None],
) -> Augmented:
    """Bring the table up to date.

    Args:
        wanted: `photo_id, proxy_path, fingerprint` (of the working copy) of the photographs of
            `augmentation.choose_augmented`; those without a working copy are passed over.
        stored: `AugmentedVectors` so far.
        variants: changed pictures of each photograph.
        paths: the data root.
        model: name of the model.
        version: digest of its weights.
        embedder: loads it; called only when there is something to encode.
        save: is given all rows whenever enough of them are new, and at the end.
    """
    pictures = wanted.drop_nulls("proxy_path").join(
        pl.DataFrame({"variant": range(1, variants + 1)}, schema={"variant": pl.Int16}),
        how="cross",
    )
    digests = [
        hashlib.sha256(f"{copy}|{AUGMENTATION_VERSION}|{model}|{version}".encode()).hexdigest()[:32]
        for copy in pictures["fingerprint"]
    ]
    pictures = pictures.with_columns(fingerprint=pl.Series(digests, dtype=pl.String))
    kept = stored.join(pictures, on=["photo_id", "variant", "fingerprint"], how="semi")
    todo = pictures.join(kept, on=["photo_id", "variant"], how="anti")
    removed = stored.join(pictures, on=["photo_id", "variant"], how="anti").height
    rows, size = kept.select(AugmentedVectors.column_names()), kept.height
    for part in todo.iter_slices(_COMMIT_PICTURES):
        rows = pl.concat([rows, _encode(part, model, paths, embedder())])
        save(rows)
    if removed and todo.is_empty():
        save(rows)
    made = rows.height - size
    return Augmented(rows, made, removed, failed=todo.height - made)


def _encode(pictures: pl.DataFrame, model: str, paths: Paths, embedder: Embedder) -> pl.DataFrame:
    """Rows of `AugmentedVectors`; of pictures that cannot be read there are none."""
    parts = []
    shortest = round(embedder.clip.image_size / CROP)
    for part in pictures.iter_slices(_AT_ONCE):
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(_WORKERS) as pool:
            files = [Path(folder, f"{number}.ppm") for number in range(part.height)]
            rows = part.select("photo_id", "variant", "proxy_path").iter_rows()
            orders = [
                (paths.absolute(proxy), photo_id, variant, file)
                for (photo_id, variant, proxy), file in zip(rows, files, strict=True)
            ]
            list(pool.map(partial(_write, shortest=shortest), orders))
            encoded = embedder.encode_images(files)
        good = pl.Series([error is None for error in encoded.errors], dtype=pl.Boolean)
        vectors = pl.Series(encoded.vectors).cast(pl.List(pl.Float32))
        parts.append(part.with_columns(vector=vectors, model=pl.lit(model)).filter(good))
    return pl.concat(parts).select(AugmentedVectors.column_names())


def _write(order: tuple[Path, str, int, Path], *, shortest: int) -> None:
    """Write one changed picture, at about the size that the model sees, without loss.

    A working copy that cannot be read leaves no file.
    """
    proxy, photo_id, variant, file = order
    try:
        with Image.open(proxy) as picture:
            scale = shortest / min(picture.size)
            width, height = (round(side * scale) for side in picture.size)
            picture.draft("RGB", (width, height))
            jitter(picture, draw_jitter(photo_id, variant)).save(file)
    except Exception:  # decoders raise whatever broken bytes provoke
        file.unlink(missing_ok=True)
