"""Intake asks the whole archive whether it has a content already."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.corpus.looking import (
    DAY,
    contents_of,
    empty_inbox,
    index_day,
    indexed,
    journal,
    names_in,
    scan,
)


@pytest.fixture(params=[1, 8], ids=["one worker", "eight workers"])
def hands(archive: DataRoot, request: pytest.FixtureRequest) -> Iterator[DataRoot]:
    """The archive with few and with many workers."""
    (archive.paths.root / "flux.yaml").write_text(
        SETTINGS + f"imaging: {{workers: {request.param}}}"
    )
    yield DataRoot.open(archive.paths.root)


def test_a_content_that_is_filed_already_is_logged_and_put_aside(
    archive: DataRoot, photograph: Photograph
) -> None:
    first = photograph(archive.paths.inbox / "R0001.JPG")
    copy = shutil.copy2(first, archive.paths.root / "copy.jpg")
    (filed,) = empty_inbox(archive)
    Path(copy).rename(archive.paths.inbox / "another name.jpg")

    (outcome,) = empty_inbox(archive)

    assert (outcome.action, outcome.photo_id) == ("duplicate", filed.photo_id)
    assert names_in(archive.paths.inbox) == {"duplicates/another name.jpg"}
    assert [entry.action for entry in journal(archive)] == ["filed", "duplicate"]
    assert len(contents_of(archive.paths.originals)) == 1


def test_of_one_content_in_a_batch_one_is_filed(hands: DataRoot, photograph: Photograph) -> None:
    first = photograph(hands.paths.inbox / "a.jpg", size=(900, 600))
    for number in range(12):
        shutil.copy2(first, hands.paths.inbox / f"b{number:02}.jpg")

    outcomes = empty_inbox(hands)

    actions = [outcome.action for outcome in outcomes]
    assert sorted(actions) == ["duplicate"] * 12 + ["filed"]
    assert list(contents_of(hands.paths.originals).values()) == [1]
    assert len(names_in(hands.paths.inbox_duplicates)) == 12
    assert len(journal(hands)) == 13


def test_a_file_dropped_again_after_it_was_filed_is_a_duplicate_each_time(
    archive: DataRoot, photograph: Photograph
) -> None:
    for _ in range(3):
        photograph(archive.paths.inbox / "R0001.JPG")
        empty_inbox(archive)

    assert [entry.action for entry in journal(archive)] == ["filed", "duplicate", "duplicate"]
    assert names_in(archive.paths.inbox) == {"duplicates/R0001.JPG", "duplicates/R0001-2.JPG"}


def test_a_content_known_from_a_read_only_root_is_a_duplicate(
    archive: DataRoot, photograph: Photograph
) -> None:
    root = archive.paths.root.parent / "disk"
    shared = photograph(root / "R0001.JPG")
    (archive.paths.root / "flux.yaml").write_text(SETTINGS + f"archive: {{roots: [{root}]}}")
    archive = DataRoot.open(archive.paths.root)
    scan(archive)
    shutil.copy2(shared, archive.paths.inbox / "dropped.jpg")

    (outcome,) = empty_inbox(archive)

    assert outcome.action == "duplicate"
    assert contents_of(archive.paths.originals) == {}


def test_a_content_that_was_lost_from_the_archive_is_filed_again_under_its_id(
    archive: DataRoot, photograph: Photograph
) -> None:
    for seed in range(3):
        photograph(archive.paths.inbox / f"R000{seed}.JPG", seed=seed)
    first = empty_inbox(archive)[0]
    index_day(archive)
    (archive.paths.original_day(DAY) / f"{first.photo_id}.JPG").unlink()
    index_day(archive)
    photograph(archive.paths.inbox / "from backup.jpg", seed=0)

    (again,) = empty_inbox(archive)
    index_day(archive)

    assert (again.action, again.photo_id) == ("filed", first.photo_id)
    assert first.photo_id in indexed(archive)["photo_id"]
    assert archive.tables.read_day(PHOTO_INDEX.name, DAY, PHOTO_INDEX.schema).height == 3
