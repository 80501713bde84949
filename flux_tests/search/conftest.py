"""An archive with published photographs and hand-made vectors: searching needs no model."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from flux_assets.publishing.photos import Photos, publish_photos, searchable
from flux_assets.search import Archive
from flux_resources.clip.embedder import EncodedImages
from flux_resources.data_root import DataRoot
from flux_resources.vectors import Vectors, VectorStore

Publish = Callable[..., Archive]
_TYPES = {name: column.dtype for name, column in Photos.columns().items()}


@dataclass
class FakeEmbedder:
    """Answers with the vector it was given for a text or a file name; unknown files are broken."""

    known: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        return np.array([unit(self.known[text]) for text in texts], np.float32)

    def encode_images(self, paths: Sequence[Path]) -> EncodedImages:
        vectors = [unit(self.known.get(path.name, (1, 0, 0))) for path in paths]
        errors = [None if path.name in self.known else "broken" for path in paths]
        return EncodedImages(np.array(vectors, np.float32), errors)


def unit(vector: Sequence[float]) -> list[float]:
    values = np.asarray(vector, np.float64)
    return [float(value) for value in values / np.linalg.norm(values)]


def photo(photo_id: str, **columns: Any) -> dict[str, Any]:
    """A row of `photos`; `tags` may be given as a list."""
    tags = columns.pop("tags", [])
    return {
        "photo_id": photo_id,
        "embedding_id": f"emb_{photo_id}",
        "filename": f"{photo_id}.JPG",
        "path": f"FLUX_ARCHIVE/ORIGINALS/{photo_id}.JPG",
        "day": "2022-01-15",
        "sha256": photo_id * 2,
        "bytes": 1,
        "format": "JPEG",
        "captured_at": datetime(2022, 1, 15, 13, 22, 44),
        "tags": None if tags is None else json.dumps(tags),
        "thumb_path": f"FLUX_PUBLIC/thumbs/{photo_id}.jpg",
        **columns,
    }


def store_vectors(archive: DataRoot, vectors: Mapping[str, Sequence[float]]) -> None:
    """Replace the vectors of the active model by these."""
    rows = pl.DataFrame(
        {
            "day": ["2022-01-15"] * len(vectors),
            "photo_id": list(vectors),
            "sha256": list(vectors),
            "vector": [unit(vector) for vector in vectors.values()],
        },
        schema_overrides={"vector": pl.List(pl.Float32)},
    )
    VectorStore(archive.paths.vectors, archive.paths.locks, "mini").replace_days(
        ["2022-01-15"], rows
    )


def publish_rows(archive: DataRoot, rows: Sequence[Mapping[str, Any]]) -> None:
    publish_photos(pl.DataFrame(rows, schema=_TYPES).with_columns(searchable()), archive.paths)


@pytest.fixture
def publish(archive: DataRoot) -> Publish:
    """Publishes rows with one vector each, and opens the archive with words it understands."""

    def build(
        photographs: Mapping[str, tuple[Sequence[float], Mapping[str, Any]]],
        words: Mapping[str, Sequence[float]],
    ) -> Archive:
        publish_rows(archive, [photo(name, **facts) for name, (_, facts) in photographs.items()])
        store_vectors(archive, {name: vector for name, (vector, _) in photographs.items()})
        opened = Archive(archive.paths.root)
        opened.__dict__["embedder"] = FakeEmbedder(words)
        return opened

    return build
