"""Intake: what is filed, where, and under which name."""

import os
from datetime import datetime

from flux_assets.corpus.take_in import take_in
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.corpus.looking import (
    DAY,
    digest,
    empty_inbox,
    index_day,
    indexed,
    journal,
    names_in,
)

NAME = "2022-01-15_13-22-44_DanteSisofo_R0001234"


def test_a_photograph_gets_its_canonical_name_and_day_folder(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "card" / "R0001234.jpg")

    (outcome,) = empty_inbox(archive)

    assert (outcome.action, outcome.photo_id, outcome.day) == ("filed", NAME, DAY)
    assert names_in(archive.paths.originals) == {f"2022/2022-01/{DAY}/{NAME}.JPG"}
    assert names_in(archive.paths.inbox) == set()


def test_content_and_modification_time_are_kept(archive: DataRoot, photograph: Photograph) -> None:
    dropped = photograph(archive.paths.inbox / "R0001234.JPG")
    os.utime(dropped, ns=(5, 1_642_000_000_123_456_789))
    before = digest(dropped)

    empty_inbox(archive)

    original = archive.paths.original_day(DAY) / f"{NAME}.JPG"
    assert original.stat().st_mtime_ns == 1_642_000_000_123_456_789
    assert digest(original) == before


def test_the_archive_remembers_where_a_photograph_came_from(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "Rome 2022" / "R0001234.JPG")
    empty_inbox(archive)
    index_day(archive)

    row = indexed(archive).row(0, named=True)

    assert row["source_path"] == "FLUX_INBOX/Rome 2022/R0001234.JPG"
    assert row["original_filename"] == "R0001234.JPG"
    assert [(e.action, e.photo_id) for e in journal(archive)] == [("filed", NAME)]


def test_two_pictures_that_want_one_name_both_survive(
    archive: DataRoot, photograph: Photograph
) -> None:
    dropped = [photograph(archive.paths.inbox / d / "R0001234.JPG", seed=ord(d)) for d in "ab"]
    second = {digest(path)[:8] for path in dropped}

    empty_inbox(archive)

    names = {path.stem for path in archive.paths.original_day(DAY).iterdir()}
    assert NAME in names
    assert len(names) == 2
    assert (names - {NAME}).pop().removeprefix(f"{NAME}_") in second


def test_sources_outside_the_inbox_are_copied_and_left_untouched(
    archive: DataRoot, photograph: Photograph
) -> None:
    outside = archive.paths.root.parent / "card"
    files = [photograph(outside / "R0001234.JPG"), outside / "notes.txt"]
    files[1].write_text("no picture")
    before = [(digest(path), path.stat().st_mtime_ns, path.stat().st_ino) for path in files]

    actions = [outcome.action for outcome in take_in(archive, files)]
    again = [outcome.action for outcome in take_in(archive, files)]

    assert actions == ["filed", "rejected"]
    assert again == ["duplicate", "rejected"]
    assert before == [(digest(path), path.stat().st_mtime_ns, path.stat().st_ino) for path in files]
    assert {entry.source_path for entry in journal(archive)} == {str(path) for path in files}
    assert len(journal(archive)) == 2


def test_a_raw_ending_with_jpeg_content_is_filed_as_the_jpeg_it_is(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "R0001234.DNG")

    (outcome,) = empty_inbox(archive)
    index_day(archive)

    assert outcome.photo_id == NAME
    assert indexed(archive)["format"].to_list() == ["JPEG"]
    assert indexed(archive)["filename"].to_list() == [f"{NAME}.DNG"]


def test_photographs_outside_the_day_range_are_filed_and_counted(
    archive: DataRoot, photograph: Photograph
) -> None:
    (archive.paths.root / "flux.yaml").write_text(SETTINGS + "archive: {end: 2022-12-31}")
    archive = DataRoot.open(archive.paths.root)
    photograph(archive.paths.inbox / "inside.jpg")
    photograph(archive.paths.inbox / "after.jpg", datetime(2023, 5, 1, 9), seed=1)

    outcomes = empty_inbox(archive)

    assert {outcome.day for outcome in outcomes} == {DAY, "2023-05-01"}
    with archive.ledger() as ledger:
        assert ledger.photographs_per_day() == {DAY: 1, "2023-05-01": 1}
    assert [day for day in ("2023-05-01", DAY) if archive.settings.archive.spans(day)] == [DAY]


def test_a_name_that_is_no_unicode_does_not_stop_the_others(
    archive: DataRoot, photograph: Photograph
) -> None:
    latin = os.fsdecode(b"caf\xe9.jpg")
    photograph(archive.paths.inbox / "plain.jpg").rename(archive.paths.inbox / latin)
    photograph(archive.paths.inbox / "other.jpg", seed=1)

    outcomes = empty_inbox(archive)
    index_day(archive)

    assert [outcome.action for outcome in outcomes] == ["filed", "filed"]
    assert indexed(archive).height == 2
    assert names_in(archive.paths.inbox) == set()


def test_a_file_that_cannot_be_copied_stays_in_the_inbox_and_the_others_are_filed(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "blocked.jpg", datetime(2022, 3, 1))
    photograph(archive.paths.inbox / "fine.jpg", seed=1)
    blocking = archive.paths.originals / "2022" / "2022-03"
    blocking.parent.mkdir(parents=True)
    blocking.write_text("a file where a folder should be")

    outcomes = empty_inbox(archive)

    assert [outcome.action for outcome in outcomes] == ["failed", "filed"]
    assert names_in(archive.paths.inbox) == {"blocked.jpg"}
    assert len(journal(archive)) == 1
