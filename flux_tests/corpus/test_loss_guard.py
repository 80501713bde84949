"""An unmounted disk must not be taken for an empty archive."""

import shutil

import pytest

from flux_assets.corpus.loss_guard import MARKER, LossSuspected
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.corpus.looking import DAY, empty_inbox, index_day, indexed, names_in, scan


@pytest.fixture
def filled(archive: DataRoot, photograph: Photograph) -> DataRoot:
    """An archive with five indexed photographs of one day."""
    for seed in range(5):
        photograph(archive.paths.inbox / f"R{seed}.jpg", seed=seed)
    empty_inbox(archive)
    index_day(archive)
    return archive


def _delete(archive: DataRoot, number: int) -> None:
    for file in sorted(archive.paths.original_day(DAY).iterdir())[:number]:
        file.unlink()


@pytest.mark.parametrize("mount_point", ["gone", "empty"])
def test_unmounted_originals_stop_index_scan_and_intake(
    filled: DataRoot, photograph: Photograph, mount_point: str
) -> None:
    originals = filled.paths.originals
    originals.rename(filled.paths.root / "unmounted")
    if mount_point == "empty":
        originals.mkdir()
    photograph(filled.paths.inbox / "new.jpg", seed=9)

    for act in (index_day, scan, empty_inbox):
        with pytest.raises(LossSuspected, match="mounted"):
            act(filled)

    assert indexed(filled).height == 5
    assert names_in(filled.paths.inbox) == {"new.jpg"}
    assert not list(originals.glob("*"))


def test_a_disk_that_comes_back_is_as_it_was(filled: DataRoot) -> None:
    away = filled.paths.originals.rename(filled.paths.root / "unmounted")
    with pytest.raises(LossSuspected):
        index_day(filled)
    away.rename(filled.paths.originals)

    report = index_day(filled)

    assert (report.photographs, report.computed, report.removed) == (5, 0, ())


def test_a_day_that_lost_more_than_half_is_refused_until_told(filled: DataRoot) -> None:
    before = indexed(filled)
    _delete(filled, 3)

    for _ in range(2):  # a second try is no confirmation
        with pytest.raises(LossSuspected, match=rf"{DAY} had 5 photographs and shows 2 now"):
            index_day(filled)
    assert indexed(filled).equals(before)

    assert len(index_day(filled, accept_loss=True).removed) == 3
    assert indexed(filled).height == 2


def test_a_day_that_lost_up_to_half_is_believed(filled: DataRoot) -> None:
    _delete(filled, 2)

    report = index_day(filled)

    assert (report.photographs, len(report.removed)) == (3, 2)


def test_a_day_whose_folder_is_gone_is_refused_until_told(filled: DataRoot) -> None:
    shutil.rmtree(filled.paths.original_day(DAY))

    with pytest.raises(LossSuspected):
        index_day(filled)

    assert index_day(filled, accept_loss=True).photographs == 0


def test_the_marker_is_set_once_and_again_when_loss_is_accepted(filled: DataRoot) -> None:
    marker = filled.paths.originals / MARKER
    assert marker.exists()
    marker.unlink()

    with pytest.raises(LossSuspected):
        scan(filled)
    scan(filled, accept_loss=True)

    assert marker.exists()
