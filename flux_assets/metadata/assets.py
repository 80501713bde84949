"""Phase 4: what the camera wrote, and where that was."""

from functools import partial

import dagster as dg

from flux_assets.corpus.assets import photo_index
from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.dagster_support import columns_of, day_asset, record_day
from flux_assets.metadata.exif import EXIF, EXIF_VERSION, Exif, read_exif
from flux_assets.metadata.places import PLACES, PLACES_VERSION, Places, locate
from flux_assets.refresh import refresh_day
from flux_resources.resources import ArchiveResource, GeocoderResource

GROUP = "phase_4_metadata"


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[photo_index],
    metadata=columns_of(Exif),
    code_version=EXIF_VERSION,
)
def exif(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """What the camera wrote into each file; nonsense is null, an unreadable file an error row."""
    opened = archive.open()
    compute = partial(read_exif, paths=opened.paths, workers=opened.settings.imaging.workers)
    for day in context.partition_keys:
        inputs = opened.tables.read_day(PHOTO_INDEX.name, day, PHOTO_INDEX.schema)
        record_day(
            context,
            refresh_day(
                opened.tables, EXIF, day, inputs=inputs, version=EXIF_VERSION, compute=compute
            ),
        )


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[exif],
    metadata=columns_of(Places),
    code_version=PLACES_VERSION,
)
def places(
    context: dg.AssetExecutionContext, archive: ArchiveResource, geocoder: GeocoderResource
) -> None:
    """City and country of photographs with GPS, from an offline table of places."""
    opened = archive.open()
    compute = partial(locate, geocoder=geocoder.open())
    for day in context.partition_keys:
        inputs = opened.tables.read_day(EXIF.name, day, Exif)
        record_day(
            context,
            refresh_day(
                opened.tables, PLACES, day, inputs=inputs, version=PLACES_VERSION, compute=compute
            ),
        )
