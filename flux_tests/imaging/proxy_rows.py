"""Rows of `proxies` whose working copies can be read, are broken, are gone, were never made."""

from pathlib import Path

import polars as pl

from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph

READ, BROKEN, GONE, NEVER = "read", "broken", "gone", "never"


def write_proxy_rows(archive: DataRoot, photograph: Photograph) -> pl.DataFrame:
    """One row of each kind, with `photo_id, proxy_path, fingerprint`."""
    folder: Path = archive.paths.proxies
    photograph(folder / "read.jpg", size=(300, 200))
    (folder / "broken.jpg").write_bytes((folder / "read.jpg").read_bytes()[:900])
    names = [READ, BROKEN, GONE, NEVER]
    stored = [archive.paths.relative(folder / f"{name}.jpg") for name in names[:3]]
    return pl.DataFrame({"photo_id": names, "proxy_path": [*stored, None], "fingerprint": names})
