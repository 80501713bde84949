"""Read-only roots are indexed in place, by the day of capture, and never written to."""

import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph, changed_days
from flux_tests.corpus.looking import DAY, empty_inbox, files_in, index_day, indexed, scan

OTHER_DAY = "2022-07-01"
Rooted = Callable[[], DataRoot]


@pytest.fixture
def disk(tmp_path: Path, photograph: Photograph) -> Path:
    """A disk with two photographs of two days."""
    root = tmp_path / "disk"
    photograph(root / "A" / "R1.jpg")
    photograph(root / "B" / "R2.jpg", datetime(2022, 7, 1, 9), seed=1)
    return root


@pytest.fixture
def rooted(archive: DataRoot, disk: Path) -> DataRoot:
    """The archive with that disk as a read-only root."""
    (archive.paths.root / "flux.yaml").write_text(SETTINGS + f"archive: {{roots: [{disk}]}}")
    return DataRoot.open(archive.paths.root)


def test_photographs_belong_to_the_day_they_were_taken(rooted: DataRoot, disk: Path) -> None:
    scan(rooted)
    index_day(rooted)
    index_day(rooted, OTHER_DAY)

    row = indexed(rooted).row(0, named=True)
    assert row["photo_id"] == "2022-01-15_13-22-44_DanteSisofo_R1"
    assert row["path"] == str(disk / "A" / "R1.jpg")
    assert indexed(rooted, OTHER_DAY)["filename"].to_list() == ["R2.jpg"]


def test_nothing_is_written_or_touched(rooted: DataRoot, disk: Path) -> None:
    def state() -> list[tuple[str, int, int, int]]:
        stats = [(path, path.stat()) for path in sorted(disk.rglob("*"))]
        return [(str(path), s.st_mtime_ns, s.st_ctime_ns, s.st_size) for path, s in stats]

    before = state()
    for folder in (disk, disk / "A", disk / "B"):
        folder.chmod(0o555)

    scan(rooted)
    index_day(rooted)
    scan(rooted)

    for folder in (disk, disk / "A", disk / "B"):
        folder.chmod(0o755)
    assert [item[:2] + item[3:] for item in state()] == [item[:2] + item[3:] for item in before]


def test_a_scan_that_finds_nothing_new_changes_no_day(rooted: DataRoot) -> None:
    scan(rooted)
    index_day(rooted)
    index_day(rooted, OTHER_DAY)

    report = scan(rooted)

    assert (report.files, report.new, report.gone) == (2, 0, 0)
    with rooted.ledger() as ledger:
        assert changed_days(ledger) == []


def test_a_copy_on_the_disk_takes_over_when_the_original_goes(rooted: DataRoot, disk: Path) -> None:
    for name in ("A/R1.jpg", "B/R2.jpg"):
        shutil.copy2(disk / name, rooted.paths.inbox)
    shutil.copytree(disk, rooted.paths.root.parent / "unplugged")
    shutil.rmtree(disk)
    disk.mkdir()
    empty_inbox(rooted)
    shutil.copytree(rooted.paths.root.parent / "unplugged", disk, dirs_exist_ok=True)
    scan(rooted)
    index_day(rooted)
    first = indexed(rooted).row(0, named=True)
    assert first["path"].startswith("FLUX_ARCHIVE")

    (rooted.paths.root / first["path"]).unlink()
    report = index_day(rooted)

    row = indexed(rooted).row(0, named=True)
    assert (row["photo_id"], row["path"]) == (first["photo_id"], str(disk / "A" / "R1.jpg"))
    assert (report.computed, report.removed) == (0, ())


def test_a_copy_that_lies_on_another_day_counts_once(
    rooted: DataRoot, disk: Path, photograph: Photograph
) -> None:
    undated = photograph(rooted.paths.inbox / "undated.jpg", None, seed=5)
    os.utime(undated, (datetime(2022, 1, 15, 12).timestamp(),) * 2)
    shutil.copy2(undated, disk / "undated.jpg")
    os.utime(disk / "undated.jpg", (datetime(2022, 9, 9, 12).timestamp(),) * 2)
    empty_inbox(rooted)

    scan(rooted)

    with rooted.ledger() as ledger:
        assert ledger.photographs_per_day() == {DAY: 2, OTHER_DAY: 1}


def test_an_unplugged_disk_loses_nothing(rooted: DataRoot, disk: Path) -> None:
    scan(rooted)
    index_day(rooted)
    disk.rename(disk.with_name("elsewhere"))

    for empty in (False, True):
        if empty:
            disk.mkdir()
        (loss,) = scan(rooted).losses
        assert re.search(r"disk shows none .* mounted", loss)

    assert index_day(rooted).photographs == 1


def test_a_disk_that_is_gone_for_good_can_be_given_up(rooted: DataRoot, disk: Path) -> None:
    scan(rooted)
    index_day(rooted)
    shutil.rmtree(disk)

    assert scan(rooted, accept_loss=True).gone == 2
    assert index_day(rooted, accept_loss=True).photographs == 0


def test_excluded_names_on_a_disk_are_left_out(
    rooted: DataRoot, disk: Path, photograph: Photograph
) -> None:
    photograph(disk / ".thumbs" / "R1.jpg", seed=3)
    photograph(disk / "._R1.jpg", seed=4)
    (disk / "again").symlink_to(disk)

    assert scan(rooted).new == 2
    assert len(list(files_in(disk))) == 4


def test_a_root_that_leaves_the_settings_leaves_the_index(rooted: DataRoot) -> None:
    scan(rooted)
    index_day(rooted)
    (rooted.paths.root / "flux.yaml").write_text(SETTINGS + "archive: {roots: []}")
    without = DataRoot.open(rooted.paths.root)

    scan(without)
    index_day(without, accept_loss=True)

    assert indexed(without).height == 0
