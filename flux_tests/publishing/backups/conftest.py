"""An archive that has something in each of its stores."""

import sqlite3
from contextlib import closing

import duckdb
import pytest

from flux_assets.publishing.backups.shelf import Shelf
from flux_resources.data_root import DataRoot
from flux_resources.decisions import Decision
from flux_resources.ledger_rows import Content, Location
from flux_resources.vectors import VectorStore
from flux_tests.publishing.product_rows import A, B, write_index
from flux_tests.resources.vector_rows import clustered, names, rows

SECRET = "wJalrXUtnFEMI-K7MDENG"
VECTORS = 500


def decided(number: int) -> Decision:
    return Decision(f"2026-11-21T00:00:{number % 60:02}Z", "keeper", f"{number:064}", "", {})


def register(archive: DataRoot, *numbers: int) -> None:
    """Enter files in the ledger, each with its content."""
    contents = [
        Content(f"{n:064}", f"photo-{n}", "JPEG", 1, 1, 1, None, "R1", None) for n in numbers
    ]
    places = [Location("", f"{n}.JPG", 1, 1, f"{n:064}", A) for n in numbers]
    with archive.ledger() as ledger:
        ledger.register(contents, places)


def vectors_of(archive: DataRoot) -> VectorStore:
    return VectorStore(archive.paths.vectors, archive.paths.locks, "mini")


@pytest.fixture
def filled(archive: DataRoot) -> DataRoot:
    paths = archive.paths
    write_index(archive, A, "13-22-44", "13-22-45")
    write_index(archive, B, "09-00-00")
    register(archive, *range(20))
    archive.decisions.record([decided(1), decided(2)])
    vectors_of(archive).replace_days([A], rows(clustered(VECTORS, 16), names(VECTORS), A))
    history = paths.dagster / "history"
    history.mkdir(parents=True)
    with closing(sqlite3.connect(history / "runs.db")) as runs:
        runs.execute("CREATE TABLE runs (id)")
        runs.execute("INSERT INTO runs VALUES (1)")
        runs.commit()
    with duckdb.connect(str(paths.duckdb)) as database:
        database.execute("CREATE TABLE photos AS SELECT unnest([1, 2, 3]) AS photo_id")
    for file, content in {
        paths.models / "keeper" / "v001" / "version.json": "{}",
        paths.models / "keeper" / ".v002.tmp" / "half": "half",
        paths.issues / "FLUX_019" / "manifest.json": '{"issue_id": "FLUX_019"}',
        paths.issues / "FLUX_019" / "frames.txt": "R1.JPG\n",
        paths.issues / "FLUX_019" / "FLUX_019.pdf": "%PDF",
        paths.issues / "catalog.csv": "catalog_id\n",
        paths.originals / "2022" / "a.JPG": "a photograph",
        paths.root / ".env": f"AWS_SECRET_ACCESS_KEY={SECRET}",
        paths.metadata / "credentials.json": SECRET,
        paths.root / ".aws" / "credentials": SECRET,
        paths.thumb("a"): "a thumbnail",
        paths.metadata / "flux.db": "can be made again",
        paths.metadata / "drafts" / "winter.json": "{}",
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return archive


@pytest.fixture
def shelf(filled: DataRoot) -> Shelf:
    return Shelf(filled.paths.backups)
