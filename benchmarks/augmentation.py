"""Vectors of changed pictures, beside those of the pictures themselves.

    .venv/bin/python -m benchmarks.augmentation [--pictures 256] [--model mini]

Encoding the working copies as they are is the limit: it decodes and encodes the same number of
pictures, and changes none. The working copies are noise of 1024 x 683 pixels, from a seed.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from flux_assets.keepers.taste.augmented_vectors import AugmentedVectors, refresh_augmented
from flux_resources.clip.embedder import load_embedder
from flux_resources.paths import Paths
from flux_resources.settings import Settings

_KEEPERS = 12_000  # of 15,000, in the training split


def main() -> None:
    """Print pictures per second of both, and the hours that a whole archive takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=256)
    parser.add_argument("--model", default="mini")
    options = parser.parse_args()
    settings = Settings()
    embedder = load_embedder(settings.vision.model_copy(update={"model": options.model}))
    with tempfile.TemporaryDirectory() as folder:
        files = [_write(Path(folder, f"{seed}.jpg"), seed) for seed in range(options.pictures)]
        embedder.encode_images(files[: embedder.batch_size])
        started = time.perf_counter()
        embedder.encode_images(files)
        plain = time.perf_counter() - started
        wanted = pl.DataFrame({"proxy_path": [file.name for file in files]}).with_columns(
            photo_id="proxy_path", fingerprint="proxy_path"
        )
        started = time.perf_counter()
        done = refresh_augmented(
            wanted,
            AugmentedVectors.create_empty(),
            variants=1,
            paths=Paths.of(Path(folder), settings),
            model=options.model,
            version="1",
            embedder=lambda: embedder,
            save=lambda _: None,
        )
        changed = time.perf_counter() - started
    assert done.made == options.pictures
    rate = options.pictures / changed
    whole = 2 * _KEEPERS * settings.keeper_labels.augmented_variants
    print(f"as they are  {options.pictures / plain:8.1f} pictures/s")
    print(f"changed      {rate:8.1f} pictures/s, {changed / plain:.2f} times as long")
    print(f"{whole:,} changed pictures of an archive: {whole / rate / 3600:.2f} hours, once")


def _write(file: Path, seed: int) -> Path:
    coarse = np.random.default_rng(seed).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((1024, 683), Image.Resampling.BICUBIC).save(file, quality=90)
    return file


if __name__ == "__main__":
    main()
