"""An archive with rows for every table of the wiki's schema."""

from datetime import datetime

import polars as pl
import pytest

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.exif import EXIF
from flux_assets.publishing.issues.catalog import (
    CATALOG_ENTRIES,
    CATALOG_PHOTOGRAPHS,
    CatalogEntries,
    CatalogPhotographs,
)
from flux_assets.publishing.issues.issue_manifests import (
    ISSUE_KEY,
    ISSUE_MANIFESTS,
    IssueManifests,
)
from flux_assets.publishing.issues.issues import ISSUES, Issues
from flux_assets.publishing.photos import join_photos, publish_photos
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_assets.vision.tags import TAGS
from flux_resources.data_root import DataRoot
from flux_tests.publishing.product_rows import A, B, write_index, write_rows


@pytest.fixture
def published(archive: DataRoot) -> DataRoot:
    """Three photographs: one with everything, one bare, one of the next day."""
    full, bare = write_index(archive, A, "13-22-44", "13-22-45")
    write_index(archive, B, "09-00-00")
    only: dict[str, list[object]] = {"photo_id": [full]}
    write_rows(archive, EXIF, A, **only, iso=[200], focal_length_mm=[26.1], aperture=["f/5.6"])
    write_rows(archive, TAGS, A, **only, tags=[["café", 'an "umbrella", in\nfog']])
    label: dict[str, list[object]] = {
        "keeper": [1],
        "near_miss": [0.0],
        "source": ["person"],
        "keeper_paths": [[]],
    }
    write_rows(archive, KEEPER_LABELS, A, **only, **label)
    ids: list[object] = ["emb_1_mini"]
    write_rows(archive, EMBEDDINGS, A, **only, embedding_id=ids, model=["mini"], dimensions=[256])
    # A day that the photograph has left still has its row.
    write_rows(archive, EMBEDDINGS, B, **only, embedding_id=ids, model=["mini"], dimensions=[256])
    write_rows(
        archive,
        CAPTURE_TIMES,
        A,
        photo_id=[full, bare],
        resolved_at=[datetime(2022, 1, 15, 14, 22, 44, 570_000), None],
        trust=[1.0, 0.0],
        signals_used=[[], []],
        candidates=[[], []],
        flags=[[], []],
    )
    _write_publications(archive, str(full))
    publish_photos(join_photos(archive.tables), archive.paths)
    return archive


def _write_publications(archive: DataRoot, photo_id: str) -> None:
    index = archive.tables.read_day(PHOTO_INDEX.name, A, PHOTO_INDEX.schema)
    frame = index.filter(pl.col("photo_id") == photo_id).select(
        "photo_id",
        "filename",
        "sha256",
        issue_id=pl.lit("FLUX_019"),
        position=pl.lit(1, dtype=pl.Int32),
        captured_at=pl.lit(datetime(2022, 1, 15), pl.Datetime("ms")),
        lat=pl.lit(None, dtype=pl.Float64),
        lon=pl.lit(None, dtype=pl.Float64),
        location_city=pl.lit(None, dtype=pl.String),
        location_country=pl.lit(None, dtype=pl.String),
    )
    columns = IssueManifests.column_names()
    archive.tables.write_partition(
        ISSUE_MANIFESTS, ISSUE_KEY, "FLUX_019", frame.select(columns), IssueManifests
    )
    issue = {
        "issue_id": "FLUX_019",
        "generated_at": "2026-05-13T00:00:00Z",
        "frame_count": 36,
        "manifest_path": "FLUX_ISSUES/FLUX_019/manifest.json",
        "pdf_path": None,
    }
    types = {name: column.dtype for name, column in Issues.columns().items()}
    archive.tables.write(ISSUES, pl.DataFrame([issue], schema=types), Issues)
    entry = dict.fromkeys(CatalogEntries.column_names(), "")
    entry |= {"catalog_id": "CAT_007", "title": "Umbrellas"}
    archive.tables.write(CATALOG_ENTRIES, pl.DataFrame([entry]), CatalogEntries)
    link = pl.DataFrame([{"catalog_id": "CAT_007", "photo_id": photo_id}])
    archive.tables.write(CATALOG_PHOTOGRAPHS, link, CatalogPhotographs)
