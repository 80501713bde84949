"""The bundled model asked what packaged photographs do not show."""

from pathlib import Path

import numpy as np
import pytest

from flux_assets.demo.photographs import packaged_photographs
from flux_assets.search.answers.background import (
    Background,
    background_queries,
    measure_background,
)
from flux_assets.search.answers.calibration import judge
from flux_resources.clip.embedder import Embedder, load_embedder
from flux_resources.settings_sections import SearchSettings, VisionSettings


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(VisionSettings())


@pytest.fixture
def archive(embedder: Embedder, real_photographs: Path) -> Background:
    files = [item.path for item in packaged_photographs() if item.path.suffix != ".npz"]
    files += sorted((real_photographs / "day-night").rglob("*.jpg"))
    encoded = embedder.encode_images(files)
    readable = [error is None for error in encoded.errors]
    return measure_background(
        [encoded.vectors[readable]], embedder.encode_texts(background_queries()), sample=20_000
    )


def test_mini_tells_a_city_from_an_elephant(embedder: Embedder, archive: Background) -> None:
    def found(text: str) -> bool:
        query = embedder.encode_texts([text])[0]
        best = archive.sample[np.argsort(-(archive.sample @ query))[:50]]
        among, cut_off = len(archive.sample), SearchSettings().cut_off
        return judge(query, best, archive, among=among, cut_off=cut_off).found

    assert found("a city skyline") and found("skyscrapers at night")
    assert not found("an elephant") and not found("a pair of scissors")
