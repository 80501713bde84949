"""Phase 4: working copies, and what is measured on them."""

from functools import partial

import dagster as dg

from flux_assets.corpus.assets import photo_index
from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.dagster_support import columns_of, day_asset, record_day
from flux_assets.imaging.perceptual_hashes import (
    PERCEPTUAL_HASHES,
    PERCEPTUAL_HASHES_VERSION,
    PerceptualHashes,
    build_perceptual_hashes,
)
from flux_assets.imaging.proxies import (
    PROXIES,
    PROXIES_VERSION,
    Proxies,
    build_proxies,
    files_exist,
    proxies_version,
    remove_proxies,
)
from flux_assets.imaging.quality import (
    QUALITY,
    QUALITY_VERSION,
    Quality,
    build_quality,
    quality_inputs,
    quality_version,
)
from flux_assets.metadata.assets import exif
from flux_assets.metadata.exif import EXIF
from flux_assets.refresh import refresh_day
from flux_resources.resources import ArchiveResource

GROUP = "phase_4_imaging"


@day_asset(
    group_name=GROUP,
    kinds={"python", "jpeg", "parquet"},
    deps=[photo_index],
    metadata=columns_of(Proxies),
    code_version=PROXIES_VERSION,
)
def proxies(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """A 1024 px working copy, an 800 px thumbnail and the light of each photograph."""
    opened = archive.open()
    imaging = opened.settings.imaging
    for day in context.partition_keys:
        report = refresh_day(
            opened.tables,
            PROXIES,
            day,
            inputs=opened.tables.read_day(PHOTO_INDEX.name, day, PHOTO_INDEX.schema),
            version=proxies_version(imaging),
            compute=partial(build_proxies, day=day, paths=opened.paths, settings=imaging),
            still_valid=partial(files_exist, paths=opened.paths),
            forget=partial(remove_proxies, day=day, paths=opened.paths, tables=opened.tables),
        )
        record_day(context, report)


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[proxies],
    metadata=columns_of(PerceptualHashes),
    code_version=PERCEPTUAL_HASHES_VERSION,
)
def perceptual_hashes(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """Four 64-bit hashes of each picture, by which look-alikes are found."""
    opened = archive.open()
    workers = opened.settings.imaging.workers
    for day in context.partition_keys:
        report = refresh_day(
            opened.tables,
            PERCEPTUAL_HASHES,
            day,
            inputs=opened.tables.read_day(PROXIES.name, day, Proxies),
            version=PERCEPTUAL_HASHES_VERSION,
            compute=partial(build_perceptual_hashes, paths=opened.paths, workers=workers),
        )
        rows = opened.tables.read_day(PERCEPTUAL_HASHES.name, day, PerceptualHashes)
        record_day(context, report, flat=int(rows["flat"].sum()))


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[proxies, exif],
    metadata=columns_of(Quality),
    code_version=QUALITY_VERSION,
)
def quality(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """Sharpness, exposure, contrast, noise, compression of each picture: faults, not taste."""
    opened = archive.open()
    settings = opened.settings.quality
    for day in context.partition_keys:
        report = refresh_day(
            opened.tables,
            QUALITY,
            day,
            inputs=quality_inputs(
                opened.tables.read_day(PROXIES.name, day, Proxies),
                opened.tables.read_day(EXIF.name, day, EXIF.schema),
            ),
            version=quality_version(settings),
            compute=partial(
                build_quality,
                paths=opened.paths,
                settings=settings,
                workers=opened.settings.imaging.workers,
            ),
        )
        rows = opened.tables.read_day(QUALITY.name, day, Quality)
        scores = rows["quality_score"].drop_nulls().to_numpy()
        record_day(context, report, mean_quality=float(scores.mean()) if scores.size else 0.0)
