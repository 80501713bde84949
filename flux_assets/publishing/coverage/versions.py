"""What the fingerprints of today's code, models and settings end in."""

from collections.abc import Callable
from datetime import datetime

from flux_assets.imaging.perceptual_hashes import PERCEPTUAL_HASHES_VERSION
from flux_assets.imaging.proxies import proxies_version
from flux_assets.imaging.quality import quality_version
from flux_assets.keepers.taste.keeper_labels import keeper_labels_version
from flux_assets.keepers.taste.keeper_scores import Scorer
from flux_assets.keepers.taste.versions import open_models
from flux_assets.metadata.camera_clock import TimeRules
from flux_assets.metadata.capture_times import capture_times_version
from flux_assets.metadata.estimated_places import estimated_places_version
from flux_assets.metadata.exif import EXIF_VERSION
from flux_assets.metadata.places import places_version
from flux_assets.metadata.weather import weather_version
from flux_assets.products import ENRICHMENTS
from flux_assets.refresh import full_version, mark_of
from flux_assets.vision.bursts import bursts_version
from flux_assets.vision.embeddings import embeddings_version
from flux_assets.vision.tags import load_vocabulary, vocabulary_version
from flux_resources.clip.errors import ModelUnavailable
from flux_resources.clip.loading import missing_weights, weights_version
from flux_resources.clip.names import table_name
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.geography.geocoder import Geocoder, open_geocoder
from flux_resources.settings_sections import VisionSettings
from flux_resources.vectors import active_vectors


def current_marks(archive: DataRoot) -> dict[str, str]:
    """By product, the `mark_of` rows that are up to date.

    A product whose version cannot be told, as its weights or its vocabulary are missing, has no
    entry: nothing is called stale on a guess.
    """
    marks = {}
    versions = _versions(archive)
    for product in ENRICHMENTS:
        try:
            version = versions[product.name]()
        except (FluxError, OSError):
            continue
        marks[product.name] = mark_of(full_version(product, version))
    return marks


def _versions(archive: DataRoot) -> dict[str, Callable[[], str]]:
    """How each asset names the version it computes with today."""
    settings = archive.settings
    vision, model = settings.vision, table_name(settings.vision.model)
    rules = TimeRules.of(settings, datetime.now())  # noqa: DTZ005 as the asset does

    def geocoder() -> Geocoder:
        return open_geocoder(settings.places, archive.paths.metadata)

    return {
        "exif": lambda: EXIF_VERSION,
        "places": lambda: places_version(geocoder()),
        "capture_times": lambda: capture_times_version(rules),
        "estimated_places": lambda: estimated_places_version(settings.places, geocoder()),
        "weather": lambda: weather_version(enabled=settings.weather.enabled),
        "proxies": lambda: proxies_version(settings.imaging),
        "perceptual_hashes": lambda: PERCEPTUAL_HASHES_VERSION,
        "quality": lambda: quality_version(settings.quality),
        "embeddings": lambda: embeddings_version(_weights(vision)),
        "tags": lambda: vocabulary_version(load_vocabulary(vision.vocabulary), model),
        "bursts": lambda: bursts_version(settings.bursts),
        "keeper_labels": lambda: keeper_labels_version(settings.keeper_labels),
        "keeper_scores": lambda: Scorer(open_models(archive), active_vectors(archive)).fingerprint,
    }


def _weights(vision: VisionSettings) -> str:
    """Digest of the model's weights; unlike a run, this does not download them."""
    missing = missing_weights(vision.model) if vision.checkpoint is None else None
    if missing:
        raise ModelUnavailable(missing)
    return weights_version(vision.model, vision.checkpoint)
