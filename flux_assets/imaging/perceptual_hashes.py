"""`perceptual_hashes`: what makes look-alikes findable. Phase 4; source: the working copy."""

import dataframely as dy
import polars as pl

from flux_assets.imaging.hashing import hash_batch, miniatures
from flux_assets.imaging.proxy_pixels import read_proxies
from flux_assets.photo_table import PhotoTable, Product
from flux_resources.paths import Paths

PERCEPTUAL_HASHES_VERSION = "1"


class PerceptualHashes(PhotoTable):
    """Grain: photograph. A hash is `int(str(imagehash.phash(picture)), 16)`, and so on."""

    phash = dy.UInt64(nullable=True, description="Cosine transform, 64 bits.")
    dhash = dy.UInt64(nullable=True, description="Differences of neighbours, 64 bits.")
    ahash = dy.UInt64(nullable=True, description="Brighter than the mean, 64 bits.")
    whash = dy.UInt64(nullable=True, description="Haar wavelet, 64 bits.")
    flat = dy.Bool(
        nullable=True, description="Nearly constant: its hashes mean nothing and match nothing."
    )


PERCEPTUAL_HASHES = Product(
    "perceptual_hashes", PerceptualHashes, value="phash", gap="no working copy"
)


def build_perceptual_hashes(inputs: pl.DataFrame, *, paths: Paths, workers: int) -> pl.DataFrame:
    """Hash rows for rows of `proxies` (`photo_id`, `proxy_path`).

    At most `workers` working copies are in memory at once.
    """
    readings = read_proxies(
        inputs, miniatures, stage=PERCEPTUAL_HASHES.name, paths=paths, workers=workers
    )
    hashes = hash_batch([*readings.measured.values()])
    values = {"photo_id": pl.Series([*readings.measured], dtype=pl.String), **vars(hashes)}
    return readings.with_values(pl.DataFrame(values))
