"""Which folders of ORIGINALS are days; photographs elsewhere are named with the remedy."""

import pytest

from flux_assets.corpus.day_folders import is_day
from flux_resources.data_root import DataRoot
from flux_resources.ledger_rows import ORIGINALS, Location
from flux_tests.conftest import Photograph
from flux_tests.corpus.looking import DAY, digest, empty_inbox, put, scan


def _days(archive: DataRoot) -> dict[str, int]:
    with archive.ledger() as ledger:
        return ledger.photographs_per_day()


@pytest.mark.parametrize(
    "folder",
    [
        "2022/2022-01/2022-01-15 Rome",
        "2022/2022-01/2022-02-30",
        "2022/2022-01/2022-02-15",
        "2022/2022-01",
        "2022/Rome",
        "2022-01-15",
        "2022/Rome/deeper",
        ".",
    ],
)
def test_photographs_outside_every_day_are_reported_with_the_remedy(
    archive: DataRoot, photograph: Photograph, folder: str
) -> None:
    put(archive, photograph, "R1.jpg")
    photograph(archive.paths.originals / folder / "R2.jpg", seed=1)

    report = scan(archive)

    assert _days(archive) == {DAY: 1}
    ((path, reason),) = report.unreadable
    assert path == folder
    assert "inbox" in reason
    assert "YYYY/YYYY-MM/YYYY-MM-DD" in reason


def test_other_files_and_empty_folders_are_nobodys_concern(
    archive: DataRoot, photograph: Photograph
) -> None:
    put(archive, photograph, "selects/R1.jpg")
    (archive.paths.originals / "2022" / "plans").mkdir()
    (archive.paths.originals / "2022" / "notes.txt").write_text("Rome in May")
    photograph(archive.paths.originals / ".trash" / "R2.jpg", seed=1)
    (archive.paths.originals / "again").symlink_to(archive.paths.originals)

    assert scan(archive).unreadable == ()
    assert _days(archive) == {DAY: 1}


def test_a_year_on_another_disk_is_scanned_through_its_link(
    archive: DataRoot, photograph: Photograph
) -> None:
    elsewhere = archive.paths.root.parent / "elsewhere"
    photograph(elsewhere / "2021-05" / "2021-05-01" / "R1.jpg")
    archive.paths.originals.mkdir(parents=True)
    (archive.paths.originals / "2021").symlink_to(elsewhere)

    scan(archive)

    assert _days(archive) == {"2021-05-01": 1}


def test_what_was_known_of_a_folder_that_is_no_day_is_given_up(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "R1.jpg")
    empty_inbox(archive)
    astray = photograph(archive.paths.originals / "2022/2022-01/2022-01-15 Rome/R2.jpg", seed=1)
    (known,) = _known(archive)
    path = str(astray.relative_to(archive.paths.originals))
    with archive.ledger() as ledger:
        ledger.register([], [Location(ORIGINALS, path, 1, 1, digest(astray), "2022-01-15 Rome")])

    assert scan(archive).gone == 1
    assert _known(archive) == [known]


def _known(archive: DataRoot) -> list[Location]:
    with archive.ledger() as ledger:
        return list(ledger.locations_in(ORIGINALS).values())


def test_only_dates_that_exist_are_days() -> None:
    names = ["2022-01-15", "2024-02-29", "2023-02-29", "20220115", "2022-W02-6", "2022-1-5", "Rome"]

    assert [name for name in names if is_day(name)] == ["2022-01-15", "2024-02-29"]
