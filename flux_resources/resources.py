"""The doors as Dagster resources: thin, so that the graph can be built with others in tests."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from flux_resources.clip.names import table_name
from flux_resources.data_root import DataRoot
from flux_resources.geocoder import Geocoder
from flux_resources.settings_sections import VisionSettings
from flux_resources.vectors import VectorStore, active_vectors

if TYPE_CHECKING:
    from flux_resources.clip.embedder import Embedder


class ArchiveResource(dg.ConfigurableResource["ArchiveResource"]):
    """The data root: settings, paths, tables, ledger."""

    root: str

    def open(self) -> DataRoot:
        """Open the archive; `flux.yaml` is read anew, so that a run sees today's settings."""
        return DataRoot.open(Path(self.root))


class GeocoderResource(dg.ConfigurableResource["GeocoderResource"]):
    """The offline geocoder; its cache lives as long as the process."""

    def open(self) -> Geocoder:
        return _geocoder()


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
def _geocoder() -> Geocoder:
    return Geocoder()


@cache
def _embedder(vision: VisionSettings) -> "Embedder":
    from flux_resources.clip.embedder import load_embedder

    return load_embedder(vision)
