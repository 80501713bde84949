"""The code location: every asset, check, job, sensor and schedule, and the doors they use."""

from collections.abc import Mapping

import dagster as dg

from flux_assets.automation import JOBS, SCHEDULES, SENSORS
from flux_assets.checks import CHECKS
from flux_assets.corpus.assets import archive_scan, intake_log, photo_index
from flux_assets.imaging.assets import perceptual_hashes, proxies, quality
from flux_assets.keepers.matching.assets import keeper_index, keeper_matches
from flux_assets.keepers.taste.assets import (
    keeper_labels,
    keeper_model,
    keeper_scores,
    training_set,
)
from flux_assets.metadata.assets import capture_times, estimated_places, exif, places, weather
from flux_assets.publishing.assets import photos
from flux_assets.publishing.backups.assets import backups
from flux_assets.publishing.coverage.assets import coverage
from flux_assets.publishing.coverage.automation import coverage_sensor
from flux_assets.publishing.drafts.assets import issue_drafts
from flux_assets.publishing.export.assets import flux_db
from flux_assets.publishing.issues.assets import (
    catalog_entries,
    issue_manifests,
    issue_pdfs,
    issues,
)
from flux_assets.vision.assets import (
    bursts,
    duplicates,
    embeddings,
    keeper_verification,
    tags,
    vector_index,
)
from flux_resources.resources import (
    ArchiveResource,
    ClipResource,
    GeocoderResource,
    WeatherResource,
)
from flux_resources.settings import data_root

ASSETS = [
    *(intake_log, archive_scan, photo_index),
    *(keeper_index, keeper_matches),
    *(exif, places, capture_times, estimated_places, weather),
    *(proxies, perceptual_hashes, quality),
    *(embeddings, vector_index, tags, bursts, duplicates, keeper_verification),
    *(keeper_labels, training_set, keeper_model, keeper_scores),
    *(issue_manifests, issue_pdfs, issues, catalog_entries),
    *(photos, flux_db, issue_drafts, coverage, backups),
]


def build_defs(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """All definitions; `resources` replaces doors by name (`archive`, `clip`, ...)."""
    doors = {
        "archive": ArchiveResource(root=str(data_root())),
        "clip": ClipResource(),
        "geocoder": GeocoderResource(),
        "open_meteo": WeatherResource(),
    }
    return dg.Definitions(
        assets=ASSETS,
        asset_checks=CHECKS,
        jobs=JOBS,
        sensors=[*SENSORS, coverage_sensor],
        schedules=SCHEDULES,
        resources={**doors, **(resources or {})},
        executor=dg.in_process_executor,
    )


defs = build_defs()
