"""Phase 4: what the camera wrote, when and where that was, and the weather."""

from datetime import datetime
from functools import partial

import dagster as dg

from flux_assets.corpus.assets import photo_index
from flux_assets.corpus.intake_log import INTAKE_LOG, IntakeLog
from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.dagster_support import columns_of, day_asset, record_day
from flux_assets.metadata import inputs
from flux_assets.metadata.camera_clock import TimeRules
from flux_assets.metadata.capture_times import (
    CAPTURE_TIMES,
    CAPTURE_TIMES_VERSION,
    CaptureTimes,
    capture_times_version,
    resolve,
    trust_distribution,
)
from flux_assets.metadata.estimated_places import (
    ESTIMATED_PLACES,
    ESTIMATED_PLACES_VERSION,
    EstimatedPlaces,
    estimate_places,
    estimated_places_version,
)
from flux_assets.metadata.exif import EXIF, EXIF_VERSION, Exif, read_exif
from flux_assets.metadata.folder_facts import folder_facts
from flux_assets.metadata.places import PLACES, PLACES_VERSION, Places, locate, places_version
from flux_assets.metadata.weather import WEATHER_VERSION, Weather, WeatherRange
from flux_assets.refresh import refresh_day
from flux_resources.resources import ArchiveResource, GeocoderResource, WeatherResource

GROUP = "phase_4_metadata"


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[photo_index],
    metadata=columns_of(Exif),
    code_version=EXIF_VERSION,
)
def exif(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """What the camera wrote into each file; nonsense is null and says why it was refused."""
    opened = archive.open()
    compute = partial(read_exif, paths=opened.paths, workers=opened.settings.imaging.workers)
    for day in context.partition_keys:
        index = opened.tables.read_day(PHOTO_INDEX.name, day, PHOTO_INDEX.schema)
        report = refresh_day(
            opened.tables, EXIF, day, inputs=index, version=EXIF_VERSION, compute=compute
        )
        rows = opened.tables.read_day(EXIF.name, day, Exif)
        record_day(context, report, with_gps=rows["lat"].count(), refused=rows["refused"].count())


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
    """City, country and time zone of photographs with GPS or a place that a person gave."""
    opened = archive.open()
    door = geocoder.open(opened)
    said = opened.decisions.table("place")
    for day in context.partition_keys:
        report = refresh_day(
            opened.tables,
            PLACES,
            day,
            inputs=inputs.of_places(opened.tables, day, said),
            version=places_version(door),
            compute=partial(locate, geocoder=door),
        )
        rows = opened.tables.read_day(PLACES.name, day, Places)
        record_day(context, report, share_with_place=inputs.share(rows, "source"))


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[photo_index, exif, places],
    metadata=columns_of(CaptureTimes),
    code_version=CAPTURE_TIMES_VERSION,
)
def capture_times(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """When each photograph was taken, how far that can be trusted, and what was weighed."""
    opened = archive.open()
    rules = TimeRules.of(opened.settings, datetime.now())  # noqa: DTZ005 local like the cameras'
    said = opened.decisions.table("time", "zone")
    facts = folder_facts(
        opened.tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema),
        opened.tables.scan(EXIF.name, Exif),
        opened.tables.read(INTAKE_LOG, IntakeLog).lazy(),
        days=context.partition_keys,
        rules=rules,
    )
    for day in context.partition_keys:
        read = inputs.of_capture_times(opened.tables, day, said)
        resolved = resolve(read, facts, rules=rules)
        report = refresh_day(
            opened.tables,
            CAPTURE_TIMES,
            day,
            inputs=inputs.with_verdicts(read, resolved),
            version=capture_times_version(rules),
            compute=partial(inputs.rows_of, resolved),
        )
        record_day(context, report, **trust_distribution(resolved))


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[capture_times, places],
    metadata=columns_of(EstimatedPlaces),
    code_version=ESTIMATED_PLACES_VERSION,
)
def estimated_places(
    context: dg.AssetExecutionContext, archive: ArchiveResource, geocoder: GeocoderResource
) -> None:
    """Places of photographs without GPS, borrowed where their neighbours in time agree."""
    opened = archive.open()
    door, settings = geocoder.open(opened), opened.settings.places
    for day in context.partition_keys:
        report = refresh_day(
            opened.tables,
            ESTIMATED_PLACES,
            day,
            inputs=inputs.of_estimated_places(opened.tables, day, settings),
            version=estimated_places_version(settings, door),
            compute=partial(
                estimate_places,
                geocoder=door,
                settings=settings,
                complete=inputs.is_complete_around(opened.tables, day),
            ),
        )
        rows = opened.tables.read_day(ESTIMATED_PLACES.name, day, EstimatedPlaces)
        record_day(context, report, estimated=rows["source"].count())


@day_asset(
    group_name=GROUP,
    kinds={"python", "openmeteo", "parquet"},
    deps=[capture_times, places, estimated_places],
    metadata=columns_of(Weather),
    code_version=WEATHER_VERSION,
)
def weather(
    context: dg.AssetExecutionContext, archive: ArchiveResource, open_meteo: WeatherResource
) -> None:
    """The sky at the hour and place of capture; what is not to be had yet is pending."""
    opened = archive.open()
    work = WeatherRange(opened.tables, open_meteo.open(opened))
    for report in work.refresh(context.partition_keys, partial(inputs.of_weather, opened.tables)):
        record_day(
            context,
            report,
            pending=report.pending,
            requests=report.requests,
            hours_from_cache=report.hours_from_cache,
        )
