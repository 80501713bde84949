"""A small archive whose photographs lie on the disk, indexed and located, ready for issues."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flux_assets.corpus.photo_index import PHOTO_INDEX, PhotoIndex, refresh_index
from flux_assets.corpus.take_in import open_ledger, take_in
from flux_assets.metadata.places import PLACES
from flux_resources.data_root import DataRoot
from flux_tests.conftest import built_once, empty_archive, write_photograph
from flux_tests.publishing.product_rows import write_rows

DAYS = ("2022-01-15", "2022-01-16")
COUNT = 72  # two issues
ROME = (41.8902, 12.4922)

Assign = Callable[..., Path]


@pytest.fixture(scope="session")
def located_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two issues' worth of photographs of two days, taken in and indexed once for all tests."""
    return built_once(tmp_path_factory, "issues", _located)


def _located(folder: Path) -> DataRoot:
    archive = empty_archive(folder)
    noon = datetime(2022, 1, 15, 12)
    files = [
        write_photograph(
            archive.paths.inbox / f"R000{1000 + number}.JPG",
            noon + timedelta(days=number % 2, minutes=number),
            seed=number,
            gps=ROME,
        )
        for number in range(COUNT)
    ]
    take_in(archive, files)
    with open_ledger(archive) as ledger:
        for day in DAYS:
            refresh_index(archive, ledger, day)
    for day in DAYS:
        ids = archive.tables.read_day(PHOTO_INDEX.name, day, PhotoIndex)["photo_id"].to_list()
        write_rows(
            archive, PLACES, day, photo_id=ids, location_city=["Łódź"] * len(ids),
            location_country=["Poland"] * len(ids), source=["gps"] * len(ids),
        )  # fmt: skip
    return archive


@pytest.fixture
def photographs(located_root: Path, archive: DataRoot) -> list[dict[str, str]]:
    """The rows of the index, by time; `archive` holds a copy of the files."""
    from shutil import copytree, rmtree

    rmtree(archive.paths.root)
    copytree(located_root, archive.paths.root)
    rows = [
        row
        for day in DAYS
        for row in archive.tables.read_day(PHOTO_INDEX.name, day, PhotoIndex).to_dicts()
    ]
    return sorted(rows, key=lambda row: row["photo_id"])


@pytest.fixture
def assign(archive: DataRoot) -> Assign:
    """Writes the assignment file of an issue."""

    def write(frames: Sequence[str], issue_id: str = "FLUX_001", name: str = "frames.txt") -> Path:
        file = archive.paths.issues / issue_id / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(frames) + "\n", encoding="utf-8")
        return file

    return write
