"""`proxies`: working copy, thumbnail and light of every photograph. Phase 4; source: the original.

Everything downstream reads the working copy, so each original is decoded once.
"""

from collections.abc import Sequence
from dataclasses import asdict

import dataframely as dy
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.imaging.working_copy import Copied, Failure, Order, make_copies
from flux_assets.photo_table import PhotoTable, Product
from flux_resources.isolation import Died, isolated_map
from flux_resources.paths import Paths
from flux_resources.settings_sections import ImagingSettings
from flux_resources.tables import TableStore

PROXIES_VERSION = "3"


class Proxies(PhotoTable):
    """Grain: photograph."""

    proxy_path = dy.String(nullable=True, description="1024 px sRGB JPEG, below the data root.")
    thumb_path = dy.String(nullable=True, description="800 px sRGB JPEG, below the data root.")
    median_luminance = dy.Float64(nullable=True, min=0, max=1, description="Rec. 709 luma, 0-1.")
    dark_ratio = dy.Float64(
        nullable=True, min=0, max=1, description="Share of pixels with luma under 0.08."
    )
    mean_saturation = dy.Float64(nullable=True, min=0, max=1, description="HSV saturation, 0-1.")
    quantization_step = dy.Float64(
        nullable=True,
        min=0,
        description="Of a JPEG original: mean rounding of coarse luminance, levels of 255.",
    )


PROXIES = Product("proxies", Proxies, value="proxy_path")


def proxies_version(settings: ImagingSettings) -> str:
    """What a proxy depends on beside its original."""
    sizes = f"{settings.proxy_pixels}|{settings.proxy_quality}|{settings.thumb_pixels}"
    return f"{PROXIES_VERSION}|{sizes}"


def build_proxies(
    inputs: pl.DataFrame, *, day: str, paths: Paths, settings: ImagingSettings
) -> pl.DataFrame:
    """Proxy rows for index rows (`photo_id`, `path`, `format`).

    A picture that is broken, or on which a decoder hangs, dies or grows without bounds, gives an
    error row. At most `settings.workers` originals are in memory at once.
    """
    orders = [
        _order(day, paths, settings, *row)
        for row in inputs.select("photo_id", "path", "format").iter_rows()
    ]
    made = isolated_map(
        make_copies,
        orders,
        workers=settings.workers,
        seconds=settings.file_seconds,
        gigabytes=settings.file_gigabytes,
    )
    rows = [
        _row(paths, photo_id, order, outcome)
        for photo_id, order, outcome in zip(inputs["photo_id"], orders, made, strict=True)
    ]
    own = [name for name in Proxies.column_names() if name not in PhotoTable.column_names()]
    schema = {name: Proxies.columns()[name].dtype for name in ("photo_id", *own, "error")}
    return pl.DataFrame(rows, schema=schema | {"retry": pl.Boolean()})


def _order(
    day: str, paths: Paths, settings: ImagingSettings, photo_id: str, path: str, image_format: str
) -> Order:
    return Order(
        original=paths.absolute(path),
        format=image_format,
        proxy=paths.proxy(day, photo_id),
        proxy_pixels=settings.proxy_pixels,
        proxy_quality=settings.proxy_quality,
        thumb=paths.thumb(photo_id),
        thumb_pixels=settings.thumb_pixels,
    )


def _row(
    paths: Paths, photo_id: str, order: Order, outcome: Copied | Failure | Died
) -> dict[str, object]:
    if isinstance(outcome, Failure | Died):
        reason = f"proxies: {outcome.reason}"
        return {"photo_id": photo_id, "error": reason, "retry": outcome.passing}
    return {
        "photo_id": photo_id,
        "proxy_path": paths.relative(order.proxy),
        "thumb_path": paths.relative(order.thumb),
        **asdict(outcome.light),
        "quantization_step": outcome.quantization_step,
        "error": None,
        "retry": False,
    }


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
