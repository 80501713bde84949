"""Names that a person may give a photograph."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flux_assets.corpus.lookup import UnknownPhotograph, photo_called
from flux_resources.data_root import DataRoot

DAY = "FLUX_ARCHIVE/ORIGINALS/2022"


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as opened:
        opened.execute("CREATE TABLE photos (photo_id TEXT, filename TEXT, path TEXT)")
        for photo_id, name in (
            ("one", "one.JPG"),
            ("phone_HEIC", "phone.HEIC"),
            ("pair", "pair.JPG"),
            ("pair_DNG", "pair.DNG"),
            ("twice_DNG", "twice.DNG"),
            ("twice_HEIC", "twice.HEIC"),
        ):
            opened.execute("INSERT INTO photos VALUES (?, ?, ?)", [photo_id, name, f"{DAY}/{name}"])
        yield opened


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("one", "one"),
        ("one.JPG", "one"),
        ("phone", "phone_HEIC"),
        ("phone.HEIC", "phone_HEIC"),
        ("pair", "pair"),
        ("pair.DNG", "pair_DNG"),
        (f"{DAY}/pair.JPG", "pair"),
    ],
)
def test_a_photograph_is_called_by_its_id_its_file_or_its_path(
    archive: DataRoot, database: duckdb.DuckDBPyConnection, said: str, meant: str
) -> None:
    assert photo_called(database, said, archive.paths) == meant


def test_a_path_may_be_absolute_or_lead_through_a_link_or_the_current_folder(
    archive: DataRoot,
    database: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "disk"
    link.symlink_to(archive.paths.root)
    monkeypatch.chdir(archive.paths.root.parent)
    below = Path(os.path.relpath(archive.paths.root))
    for root in (archive.paths.root, link, below):
        assert photo_called(database, str(root / DAY / "one.JPG"), archive.paths) == "one"


def test_a_stem_of_several_photographs_is_answered_with_all_of_them(
    archive: DataRoot, database: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(UnknownPhotograph, match="twice may be each of twice_DNG, twice_HEIC"):
        photo_called(database, "twice", archive.paths)


def test_an_unknown_file_is_answered_with_near_names_whatever_its_folder(
    archive: DataRoot, database: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(UnknownPhotograph, match=r"called /a/long/folder/ones; near it: one, "):
        photo_called(database, "/a/long/folder/ones", archive.paths)
