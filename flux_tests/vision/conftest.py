"""The bundled model, loaded once for all tests that look at pictures."""

import pytest

from flux_resources.clip.embedder import Embedder, load_embedder
from flux_resources.settings_sections import VisionSettings


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder(VisionSettings(device="cpu"))
