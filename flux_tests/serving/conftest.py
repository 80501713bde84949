"""A small archive that is served: real pictures, the bundled model, made-up facts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from flux_assets.search import Archive
from flux_assets.serving.app import build_app
from flux_resources.clip.embedder import load_embedder
from flux_resources.data_root import DataRoot
from flux_tests.conftest import empty_archive, write_photograph
from flux_tests.search.conftest import photo, publish_rows, store_vectors

ADDRESS = "http://127.0.0.1:8765"
ROME = {"location_city": "Rome", "location_country": "Italy", "lat": 41.89, "lon": 12.49}
PARIS = {"location_city": "Paris", "location_country": "France", "lat": 48.86, "lon": 2.35}
FACTS: dict[str, dict[str, Any]] = {
    "a": {**ROME, "keeper": 1, "weather": "fog", "tags": ["street", "fog"]},
    "b": {**ROME, "keeper": 0, "captured_at": datetime(2022, 7, 3, 12), "weather": "rain"},
    "c": {**PARIS, "keeper": 0, "captured_at": datetime(2023, 7, 4, 12), "camera_model": "GR III"},
    "d": {**PARIS, "captured_at": datetime(2024, 1, 5, 12), "tags": ["street"]},
    "it's é #1?": {"captured_at": datetime(2024, 1, 6, 12), "proxy_path": None},
}


def facts_of(name: str) -> dict[str, Any]:
    return photo(name, **{"proxy_path": f"FLUX_PROXIES/{name}.jpg", **FACTS[name]})


@pytest.fixture(scope="session")
def served_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five photographs with thumbnails and vectors; all but the last have working copies."""
    archive = empty_archive(tmp_path_factory.mktemp("served"))
    paths = archive.paths
    for seed, name in enumerate(FACTS):
        write_photograph(paths.thumb(name), seed=seed)
        write_photograph(paths.proxies / f"{name}.jpg", seed=seed, size=(192, 128))
    thumbs = [paths.thumb(name) for name in FACTS]
    vectors = load_embedder(archive.settings.vision).encode_images(thumbs).vectors
    store_vectors(archive, dict(zip(FACTS, vectors.tolist(), strict=True)))
    publish_rows(archive, [facts_of(name) for name in FACTS])
    return paths.root


@pytest.fixture(scope="session")
def client(served_root: Path) -> Iterator[TestClient]:
    app = build_app(Archive(served_root, picture_files=False))
    with TestClient(app, base_url=ADDRESS) as opened:
        yield opened


@pytest.fixture
def republished(served_root: Path) -> Iterator[DataRoot]:
    """The served archive, for a test that publishes something else."""
    archive = DataRoot.open(served_root)
    yield archive
    publish_rows(archive, [facts_of(name) for name in FACTS])


def names(answer: dict[str, Any]) -> Sequence[str]:
    return [hit["photo_id"] for hit in answer["hits"]]
