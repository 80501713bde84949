"""Which days a sensor would ask to be indexed."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from flux_assets.corpus import changes
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.corpus.looking import DAY, empty_inbox, index_day, scan


def _changed(archive: DataRoot) -> dict[str, str]:
    with archive.ledger() as ledger:
        return changes.changed_days(ledger, archive.paths)


@pytest.fixture
def filled(archive: DataRoot, photograph: Photograph) -> DataRoot:
    """An archive with three indexed photographs of one day."""
    for seed in range(3):
        photograph(archive.paths.inbox / f"R{seed}.jpg", seed=seed)
    empty_inbox(archive)
    index_day(archive)
    return archive


def test_nothing_changed_in_an_empty_or_an_indexed_archive(
    archive: DataRoot, photograph: Photograph
) -> None:
    assert _changed(archive) == {}

    photograph(archive.paths.inbox / "R1.jpg")
    empty_inbox(archive)
    index_day(archive)

    assert _changed(archive) == {}


def test_a_day_that_intake_filed_into_changed(filled: DataRoot, photograph: Photograph) -> None:
    photograph(filled.paths.inbox / "R9.jpg", seed=9)
    photograph(filled.paths.inbox / "new day.jpg", datetime(2022, 5, 5), seed=10)
    empty_inbox(filled)

    assert _changed(filled).keys() == {DAY, "2022-05-05"}


def test_a_day_with_a_file_put_or_deleted_by_hand_changed_once_per_change(
    filled: DataRoot, photograph: Photograph
) -> None:
    file = photograph(filled.paths.original_day(DAY) / "by hand.jpg", seed=9)
    put = _changed(filled)
    file.unlink()
    deleted = _changed(filled)

    assert put.keys() == deleted.keys() == {DAY}
    assert put != deleted
    assert _changed(filled) == deleted
    index_day(filled)
    assert _changed(filled) == {}


def test_a_day_whose_folder_is_gone_changed(filled: DataRoot) -> None:
    shutil.rmtree(filled.paths.original_day(DAY))

    assert _changed(filled).keys() == {DAY}


def test_an_unmounted_archive_changed_nowhere(filled: DataRoot) -> None:
    filled.paths.originals.rename(filled.paths.root / "unmounted")

    assert _changed(filled) == {}


def test_days_of_a_read_only_root_changed_when_a_scan_says_so(
    archive: DataRoot, photograph: Photograph, tmp_path: Path
) -> None:
    (archive.paths.root / "flux.yaml").write_text(
        SETTINGS + f"archive: {{roots: [{tmp_path / 'disk'}]}}"
    )
    rooted = DataRoot.open(archive.paths.root)
    files = [photograph(tmp_path / "disk" / f"R{seed}.jpg", seed=seed) for seed in range(2)]
    scan(rooted)
    assert _changed(rooted).keys() == {DAY}
    index_day(rooted)
    assert _changed(rooted) == {}

    files[0].unlink()
    scan(rooted)

    assert _changed(rooted).keys() == {DAY}


def test_folders_that_are_no_days_are_passed_over(filled: DataRoot) -> None:
    (filled.paths.originals / "2022" / "notes" / "deep").mkdir(parents=True)
    (filled.paths.originals / ".trash" / "2022-01" / "2022-01-01").mkdir(parents=True)

    assert _changed(filled) == {}
