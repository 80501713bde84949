"""The scan remembers: moves, losses of the ledger, and disks that stutter."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from flux_assets.corpus import scan as scanning
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph, changed_days
from flux_tests.corpus.looking import (
    DAY,
    digest,
    empty_inbox,
    index_day,
    indexed,
    names_in,
    put,
    scan,
)

STEM = "2022-01-15_13-22-44_DanteSisofo"


def test_a_disk_that_stutters_loses_no_photograph(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(archive, photograph, "a.jpg")
    index_day(archive)
    os.utime(file, (9, 9))

    def stutter(_: Path) -> str:
        raise OSError("input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(scanning, "sha256_of", stutter)
        assert scan(archive).unreadable == ((f"2022/2022-01/{DAY}/a.jpg", "input/output error"),)
        assert index_day(archive).photographs == 1

    assert scan(archive).new == 1


def test_a_picture_that_replaces_another_takes_its_place_in_the_index(
    archive: DataRoot, photograph: Photograph
) -> None:
    old = put(archive, photograph, "a.jpg")
    other = archive.paths.original_day("2022-01-16") / "copy of a.jpg"
    index_day(archive)
    other.parent.mkdir()
    shutil.copy2(old, other)
    assert index_day(archive, "2022-01-16").photographs == 0

    os.utime(put(archive, photograph, "a.jpg", seed=1), (9, 9))
    index_day(archive)

    assert indexed(archive)["sha256"].to_list() == [digest(old)]
    with archive.ledger() as ledger:
        assert changed_days(ledger) == ["2022-01-16"]
    assert index_day(archive, "2022-01-16").photographs == 1


def test_a_photograph_moved_to_another_day_keeps_its_id(
    archive: DataRoot, photograph: Photograph
) -> None:
    file = put(archive, photograph, "a.jpg")
    index_day(archive)
    (photo_id,) = indexed(archive)["photo_id"]
    target = archive.paths.original_day("2022-01-16")
    target.mkdir()
    file.rename(target / "a.jpg")

    scan(archive)
    report = index_day(archive, accept_loss=True)
    index_day(archive, "2022-01-16")

    assert report.removed == (photo_id,)
    assert indexed(archive, "2022-01-16")["photo_id"].to_list() == [photo_id]


def test_a_day_that_was_indexed_too_early_after_a_move_is_asked_for_again(
    archive: DataRoot, photograph: Photograph
) -> None:
    file = put(archive, photograph, "a.jpg")
    index_day(archive)
    target = archive.paths.original_day("2022-01-16")
    target.mkdir()
    file.rename(target / "a.jpg")

    assert index_day(archive, "2022-01-16").photographs == 0
    index_day(archive, accept_loss=True)

    with archive.ledger() as ledger:
        assert changed_days(ledger) == ["2022-01-16"]
    assert index_day(archive, "2022-01-16").photographs == 1


def test_a_lost_ledger_is_rebuilt_from_the_files_and_the_intake_log(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "Rome" / "R0001.JPG")
    photograph(archive.paths.inbox / "b" / "R0001.JPG", seed=1)
    photograph(archive.paths.inbox / "R0001.DNG", seed=2, captured_at=datetime(2022, 1, 15, 18))
    empty_inbox(archive)
    put(archive, photograph, "by hand.jpg", seed=3)
    index_day(archive)
    before = indexed(archive)
    for file in archive.paths.ledger_folder.glob("ledger.sqlite*"):
        file.unlink()

    report = index_day(archive)

    assert indexed(archive).equals(before)
    assert (report.computed, report.removed) == (0, ())
    assert before["original_filename"].to_list().count("R0001.JPG") == 2
    assert before["source_path"].null_count() == 1


def test_a_rebuilt_ledger_still_refuses_duplicates(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "a.jpg")
    empty_inbox(archive)
    for file in archive.paths.ledger_folder.glob("ledger.sqlite*"):
        file.unlink()
    scan(archive)
    photograph(archive.paths.inbox / "a.jpg")

    (outcome,) = empty_inbox(archive)

    assert outcome.action == "duplicate"
    assert names_in(archive.paths.inbox) == {"duplicates/a.jpg"}
