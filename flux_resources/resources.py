"""The doors as Dagster resources: thin, so that the graph can be built with others in tests."""

import time
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from flux_resources.clip.names import table_name
from flux_resources.data_root import DataRoot
from flux_resources.geography.geocoder import Geocoder, open_geocoder
from flux_resources.settings_sections import PlaceSettings, VisionSettings, WeatherSettings
from flux_resources.tables import TableStore
from flux_resources.vectors import VectorStore, active_vectors
from flux_resources.weather.source import WeatherSource

if TYPE_CHECKING:
    from flux_resources.clip.embedder import Embedder

_WEATHER_TRIED_AGAIN_S = 600


class ArchiveResource(dg.ConfigurableResource["ArchiveResource"]):
    """The data root: settings, paths, tables, ledger."""

    root: str

    def open(self) -> DataRoot:
        """Open the archive; `flux.yaml` is read anew, so that a run sees today's settings."""
        return DataRoot.open(Path(self.root))


class GeocoderResource(dg.ConfigurableResource["GeocoderResource"]):
    """The geocoder that the settings ask for; its memory lives as long as the process."""

    def open(self, archive: DataRoot) -> Geocoder:
        return _geocoder(archive.settings.places, archive.paths.metadata)


class WeatherResource(dg.ConfigurableResource["WeatherResource"]):
    """The weather service and its cache."""

    def open(self, archive: DataRoot) -> WeatherSource | None:
        """None where the settings turn weather off.

        The runs of a process share a source, so that a service that is out of reach is left in
        peace for some minutes.
        """
        since = int(time.monotonic() // _WEATHER_TRIED_AGAIN_S)
        return _weather(archive.settings.weather, archive.paths.tables, since)


class ClipResource(dg.ConfigurableResource["ClipResource"]):
    """The image-text model named in the settings, and the store of its vectors."""

    def table(self, vision: VisionSettings) -> str:
        """Name of the model in tables; loads nothing."""
        return table_name(vision.model)

    def version(self, vision: VisionSettings) -> str:
        """Digest of the weights; loads no model."""
        from flux_resources.clip.loading import weights_version

        return weights_version(vision.model, vision.checkpoint)

    def embedder(self, vision: VisionSettings) -> "Embedder":
        """The loaded model, one per process."""
        return _embedder(vision)

    def vectors(self, archive: DataRoot) -> VectorStore:
        """The active model's vectors."""
        return active_vectors(archive)


@cache
def _geocoder(settings: PlaceSettings, kept: Path) -> Geocoder:
    return open_geocoder(settings, kept)


@lru_cache(maxsize=1)
def _weather(settings: WeatherSettings, tables: Path, _since: int) -> WeatherSource | None:
    return WeatherSource.open(settings, TableStore(tables))


@cache
def _embedder(vision: VisionSettings) -> "Embedder":
    from flux_resources.clip.embedder import load_embedder

    return load_embedder(vision)
