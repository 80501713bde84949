"""What lies in ORIGINALS stays as it is, whatever comes in; and what comes in stays."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from flux_assets.corpus import intake
from flux_assets.corpus.inbox import settled_files
from flux_assets.corpus.take_in import take_in
from flux_resources import durable
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.corpus.looking import (
    DAY,
    contents_of,
    digest,
    empty_inbox,
    files_in,
    journal,
    names_in,
    scan,
)

NAME = "2022-01-15_13-22-44_DanteSisofo_R1"


def _without_hard_links(self: Path, target: Path) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted", str(target))


@pytest.fixture(params=["hard links", "no hard links"], autouse=True)
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test on a file system with hard links, and on one without."""
    if request.param == "no hard links":
        monkeypatch.setattr(Path, "hardlink_to", _without_hard_links)


def test_an_original_whose_ledger_was_lost_stays_the_very_file(
    archive: DataRoot, photograph: Photograph
) -> None:
    first = photograph(archive.paths.inbox / "R1.JPG")
    card = Path(shutil.copy(first, archive.paths.root / "R1.JPG"))
    os.utime(first, (9, 1_642_000_000))
    empty_inbox(archive)
    (original,) = files_in(archive.paths.originals)
    before = original.stat()
    for file in archive.paths.ledger_folder.glob("ledger.sqlite*"):
        file.unlink()

    (outcome,) = take_in(archive, [card])

    after = original.stat()
    assert (outcome.action, outcome.photo_id) == ("filed", NAME)
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(files_in(archive.paths.originals)) == [original]
    assert scan(archive).new == 0


def test_a_link_that_leads_nowhere_keeps_its_name(
    archive: DataRoot, photograph: Photograph
) -> None:
    link = archive.paths.original_day(DAY) / f"{NAME}.JPG"
    link.parent.mkdir(parents=True)
    link.symlink_to("/nowhere/R1.JPG")
    sha256 = digest(photograph(archive.paths.inbox / "R1.JPG"))

    (outcome,) = empty_inbox(archive)

    assert link.is_symlink()
    assert outcome.photo_id == f"{NAME}_{sha256[:8]}"
    assert contents_of(archive.paths.originals) == {sha256: 1}


def test_a_file_that_is_put_there_while_a_copy_is_made_is_not_overwritten(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = archive.paths.original_day(DAY) / f"{NAME}.JPG"
    photograph(archive.paths.inbox / "R1.JPG")
    real = durable.name_finally

    def name_finally(temporary: Path, wanted: Path) -> None:
        if not target.exists():
            target.write_text("somebody else's")
        real(temporary, wanted)

    monkeypatch.setattr(intake, "name_finally", name_finally)

    (outcome,) = empty_inbox(archive)

    assert outcome.action == "filed"
    assert target.read_text() == "somebody else's"
    assert len(names_in(archive.paths.originals)) == 2


def test_files_that_another_intake_filed_meanwhile_count_as_nothing(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "R1.JPG")
    (archive.paths.inbox / "notes.txt").write_text("foreign")
    listed = settled_files(archive.paths, 0)
    empty_inbox(archive)

    assert take_in(archive, listed) == []
    assert [entry.action for entry in journal(archive)] == ["rejected", "filed"]


def test_a_file_from_elsewhere_that_does_not_exist_has_failed(archive: DataRoot) -> None:
    (outcome,) = take_in(archive, [archive.paths.root / "gone.jpg"])

    assert outcome.action == "failed"


def test_a_new_day_is_durable_before_its_photograph_leaves_the_inbox(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped = photograph(archive.paths.inbox / "R1.JPG")
    day = archive.paths.original_day(DAY)
    above = [folder for folder in day.parents if folder.is_relative_to(archive.paths.root)]
    synced: set[Path] = set()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if dropped.exists():
            now = os.fstat(descriptor)
            synced.update(f for f in (day, *above) if f.exists() and f.stat().st_ino == now.st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)

    empty_inbox(archive)

    assert not dropped.exists()
    assert len(above) == 5
    assert synced == {day, *above}
