"""When a photograph was taken, as intake sees it; doubts are warned about."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from flux_assets.corpus.filing_time import FilingTime, filing_time
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.corpus.looking import empty_inbox, index_day, indexed, journal, scan

TAKEN = datetime(2022, 1, 15, 13, 22, 44)
COPIED = datetime(2023, 6, 7, 8, 9, 10)
NOW = datetime(2024, 1, 1)


def _filing_time(file: Path) -> FilingTime:
    os.utime(file, (COPIED.timestamp(), COPIED.timestamp()))
    return filing_time(
        file,
        begin=datetime(2022, 1, 1),
        default_clocks=(date(2022, 2, 2), date(2000, 1, 1)),
        zone=None,
        now=NOW,
    )


def test_date_time_original_is_believed(photograph: Photograph, tmp_path: Path) -> None:
    found = _filing_time(photograph(tmp_path / "a.jpg", TAKEN))

    assert found == FilingTime(TAKEN, TAKEN, None, "GR III", found.serial)


def test_sub_seconds_are_kept(photograph: Photograph, tmp_path: Path) -> None:
    found = _filing_time(photograph(tmp_path / "a.jpg", TAKEN, subsecond="57"))

    assert found.moment == TAKEN + timedelta(milliseconds=570)


def test_date_time_stands_in_for_date_time_original(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2022:01:15 13:22:44"
    Image.new("RGB", (32, 32)).save(tmp_path / "a.jpg", exif=exif)

    assert _filing_time(tmp_path / "a.jpg") == FilingTime(TAKEN, None, None)


@pytest.mark.parametrize(
    ("camera", "warning"),
    [
        (datetime(2031, 5, 5), "in the future"),
        (datetime(2019, 5, 5), "before archive.start, 2022-01-01; file time used"),
        (datetime(2022, 2, 2, 0, 1), "clock was never set"),
        (datetime(2000, 1, 1, 0, 0, 9), "clock was never set"),
        (None, "no EXIF time"),
    ],
)
def test_a_clock_that_is_plainly_wrong_gives_way_to_the_file_time(
    photograph: Photograph, tmp_path: Path, camera: datetime | None, warning: str
) -> None:
    found = _filing_time(photograph(tmp_path / "a.jpg", camera))

    assert (found.moment, found.camera) == (COPIED, camera)
    assert warning in (found.warning or "")


def test_a_camera_one_time_zone_ahead_is_believed(photograph: Photograph, tmp_path: Path) -> None:
    ahead = NOW + timedelta(hours=14)

    assert _filing_time(photograph(tmp_path / "a.jpg", ahead)).moment == ahead


@pytest.mark.parametrize("written", ["0000:00:00 00:00:00", "    :  :     :  :  ", "garbage"])
def test_dates_that_are_none_count_as_absent(tmp_path: Path, written: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = written
    Image.new("RGB", (32, 32)).save(tmp_path / "a.jpg", exif=exif)

    found = _filing_time(tmp_path / "a.jpg")

    assert (found.moment, found.camera) == (COPIED, None)


def test_a_doubtful_time_is_warned_about_and_journaled(
    archive: DataRoot, photograph: Photograph
) -> None:
    file = photograph(archive.paths.inbox / "a.jpg", datetime(2019, 5, 5))
    os.utime(file, (COPIED.timestamp(), COPIED.timestamp()))

    (outcome,) = empty_inbox(archive)

    assert outcome.day == "2023-06-07"
    assert "before archive.start, 2022-01-01" in (outcome.warning or "")
    assert "before archive.start, 2022-01-01" in (journal(archive)[0].reason or "")


def test_a_file_time_is_filed_in_the_zone_of_the_archive(
    archive: DataRoot, photograph: Photograph
) -> None:
    root = archive.paths.root
    (root / "flux.yaml").write_text(SETTINGS + "archive: {time_zone: Pacific/Kiritimati}")
    file = photograph(archive.paths.inbox / "a.jpg", None)
    at = datetime(2023, 6, 7, 12, tzinfo=UTC).timestamp()
    os.utime(file, (at, at))

    (outcome,) = empty_inbox(DataRoot.open(root))

    assert outcome.day == "2023-06-08"


def test_a_file_time_in_a_read_only_root_is_of_the_archives_day(
    archive: DataRoot, photograph: Photograph, tmp_path: Path
) -> None:
    root, disk = archive.paths.root, tmp_path / "disk"
    zone = f"archive: {{time_zone: Pacific/Kiritimati, roots: [{disk}]}}"
    (root / "flux.yaml").write_text(SETTINGS + zone)
    at = datetime(2023, 6, 7, 12, tzinfo=UTC).timestamp()
    os.utime(photograph(disk / "a.jpg", None), (at, at))
    opened = DataRoot.open(root)

    scan(opened)
    index_day(opened, "2023-06-08")

    assert indexed(opened, "2023-06-08").height == 1
