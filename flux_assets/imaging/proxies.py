"""`proxies`: working copy, thumbnail and light of every photograph. Phase 4; source: the original.

Everything downstream reads the working copy, so each original is decoded once.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path

import dataframely as dy
import polars as pl
from PIL import Image

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.imaging.working_copy import decode, fitted, measure_light
from flux_assets.photo_table import PhotoTable, Product
from flux_resources.files import atomic_file
from flux_resources.paths import Paths
from flux_resources.settings_sections import ImagingSettings
from flux_resources.tables import TableStore

PROXIES_VERSION = "1"
_THUMB_QUALITY = 85
_DECODED = frozenset({"JPEG", "PNG", "WEBP", "TIFF"})
_COLUMNS = ("proxy_path", "thumb_path", "median_luminance", "dark_ratio", "mean_saturation")


class Proxies(PhotoTable):
    """Grain: photograph."""

    proxy_path = dy.String(nullable=True, description="1024 px sRGB JPEG, below the data root.")
    thumb_path = dy.String(nullable=True, description="800 px sRGB JPEG, below the data root.")
    median_luminance = dy.Float64(nullable=True, min=0, max=1, description="Rec. 709 luma, 0-1.")
    dark_ratio = dy.Float64(
        nullable=True, min=0, max=1, description="Share of pixels with luma under 0.08."
    )
    mean_saturation = dy.Float64(nullable=True, min=0, max=1, description="HSV saturation, 0-1.")


PROXIES = Product("proxies", Proxies, value="proxy_path")


def proxies_version(settings: ImagingSettings) -> str:
    """What a proxy depends on beside its original."""
    sizes = f"{settings.proxy_pixels}|{settings.proxy_quality}|{settings.thumb_pixels}"
    return f"{PROXIES_VERSION}|{sizes}"


def build_proxies(
    inputs: pl.DataFrame, *, day: str, paths: Paths, settings: ImagingSettings
) -> pl.DataFrame:
    """Proxy rows for index rows (`photo_id`, `path`, `format`).

    A picture that is broken, or of a format that is not decoded, gives an error row.

    At most `settings.workers` originals are in memory at once.
    """
    build = partial(_build_row, day, paths, settings)
    with ThreadPoolExecutor(settings.workers) as pool:
        rows = list(pool.map(build, *inputs.select("photo_id", "path", "format")))
    schema = {name: Proxies.columns()[name].dtype for name in ("photo_id", *_COLUMNS, "error")}
    return pl.DataFrame(rows, schema=schema | {"retry": pl.Boolean()})


def _build_row(
    day: str, paths: Paths, settings: ImagingSettings, photo_id: str, path: str, image_format: str
) -> dict[str, object]:
    if image_format not in _DECODED:  # a RAW file opened as TIFF would give a postage stamp
        message = f"proxies: {image_format} files are not decoded"
        return {"photo_id": photo_id, "error": message, "retry": False}
    original = paths.absolute(path)
    proxy_file, thumb_file = paths.proxy(day, photo_id), paths.thumb(photo_id)
    try:
        proxy = decode(original, settings.proxy_pixels)
        _save(proxy, proxy_file, settings.proxy_quality)
        size = fitted(proxy.size, settings.thumb_pixels)
        _save(proxy.resize(size, Image.Resampling.BICUBIC), thumb_file, _THUMB_QUALITY)
    except Exception as error:  # decoders raise whatever broken bytes provoke
        # A broken picture stays broken; a full disk or a lost mount (these carry an errno) do not.
        passing = isinstance(error, MemoryError) or getattr(error, "errno", None) is not None
        message = f"proxies: {type(error).__name__}: {error}"
        return {"photo_id": photo_id, "error": message, "retry": passing}
    return {
        "photo_id": photo_id,
        "proxy_path": paths.relative(proxy_file),
        "thumb_path": paths.relative(thumb_file),
        **asdict(measure_light(proxy)),
        "error": None,
        "retry": False,
    }


def _save(image: Image.Image, target: Path, quality: int) -> None:
    with atomic_file(target, durable=False) as temporary:
        image.save(temporary, "JPEG", quality=quality)


def files_exist(rows: pl.DataFrame, *, paths: Paths) -> pl.Series:
    """True where the files a row speaks of are there; error rows speak of none."""

    def present(stored: str | None) -> bool:
        file = None if stored is None else paths.absolute(stored)
        return file is None or (file.is_file() and file.stat().st_size > 0)

    return pl.Series(
        [
            present(proxy) and present(thumb)
            for proxy, thumb in rows.select("proxy_path", "thumb_path").iter_rows()
        ],
        dtype=pl.Boolean,
    )


def remove_proxies(photo_ids: Sequence[str], *, day: str, paths: Paths, tables: TableStore) -> None:
    """Delete the copies of photographs that left a day; one that moved keeps its thumbnail."""
    moved = _indexed_elsewhere(photo_ids, tables) if photo_ids else set()
    for photo_id in photo_ids:
        paths.proxy(day, photo_id).unlink(missing_ok=True)
        if photo_id not in moved:
            paths.thumb(photo_id).unlink(missing_ok=True)


def _indexed_elsewhere(photo_ids: Sequence[str], tables: TableStore) -> set[str]:
    index = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    found = index.filter(pl.col("photo_id").is_in(list(photo_ids))).select("photo_id").collect()
    return set(found["photo_id"])
