"""What keepers are verified against: every photograph with its hash and working copy."""

from functools import reduce

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.imaging.perceptual_hashes import PERCEPTUAL_HASHES
from flux_assets.imaging.proxies import PROXIES
from flux_resources.tables import TableStore

_READ = {
    PHOTO_INDEX: ("pair_id", "sha256", "captured_at"),
    PROXIES: ("proxy_path",),
    PERCEPTUAL_HASHES: ("phash", "flat"),
}


def of_verification(tables: TableStore) -> pl.DataFrame:
    """The columns that `compare_looks`, `verify_keepers` and `look_closely` read of photographs."""
    parts = [
        tables.scan(product.name, product.schema).select("day", "photo_id", *columns)
        for product, columns in _READ.items()
    ]
    joined = reduce(lambda left, right: left.join(right, on=["day", "photo_id"], how="left"), parts)
    return joined.sort("photo_id").collect()
