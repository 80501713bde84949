"""Phase 4: working copies."""

from functools import partial

import dagster as dg

from flux_assets.corpus.assets import photo_index
from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.dagster_support import columns_of, day_asset, record_day
from flux_assets.imaging.proxies import (
    PROXIES,
    PROXIES_VERSION,
    Proxies,
    build_proxies,
    files_exist,
    proxies_version,
    remove_proxies,
)
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
