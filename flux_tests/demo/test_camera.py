"""What `write_gr_jpeg` writes, read back by another library."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import exifread
import pytest
from PIL import Image

from flux_assets.demo.camera import write_gr_jpeg

TAKEN = datetime.fromisoformat("2022-01-15 13:22:44")


def tags_of(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return dict(exifread.process_file(file, details=False))


def test_every_field_reads_back(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "R0001234.JPG"
    write_gr_jpeg(
        path, picture, captured_at=TAKEN, subsecond="37", offset_time="-05:00",
        gps=(39.9537, -75.2036), altitude_m=24.5, iso=400, aperture=5.6, exposure_s=1 / 500,
        serial="8512034", file_number=1234,
    )  # fmt: skip
    tags = tags_of(path)
    expected = {
        "Image Make": "RICOH IMAGING COMPANY, LTD.",
        "Image Model": "RICOH GR III",
        "Image Orientation": "Horizontal (normal)",
        "Image DateTime": "2022:01:15 13:22:44",
        "EXIF DateTimeOriginal": "2022:01:15 13:22:44",
        "EXIF SubSecTimeOriginal": "37",
        "EXIF OffsetTimeOriginal": "-05:00",
        "EXIF FNumber": "28/5",
        "EXIF ExposureTime": "1/500",
        "EXIF ISOSpeedRatings": "400",
        "EXIF FocalLength": "183/10",
        "EXIF LensModel": "GR LENS 18.3mm F2.8",
        "EXIF BodySerialNumber": "8512034",
    }
    assert {name: str(tags[name]) for name in expected} == expected
    assert exifread.utils.get_gps_coords(tags) == pytest.approx((39.9537, -75.2036), abs=1e-6)
    assert float(tags["GPS GPSAltitude"].values[0]) == pytest.approx(24.5)


def test_file_time_is_the_capture_instant(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "a.jpg"
    write_gr_jpeg(path, picture, captured_at=TAKEN, subsecond="50", offset_time="-05:00")
    assert datetime.fromtimestamp(path.stat().st_mtime, UTC) == datetime(
        2022, 1, 15, 18, 22, 44, 500_000, tzinfo=UTC
    )


def test_without_offset_the_machine_reads_its_own_clock(
    tmp_path: Path, picture: Image.Image
) -> None:
    path = tmp_path / "a.jpg"
    write_gr_jpeg(path, picture, captured_at=TAKEN)
    assert path.stat().st_mtime == TAKEN.timestamp()


def test_no_capture_time_means_no_exif(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "a.jpg"
    write_gr_jpeg(path, picture, captured_at=None, iso=400, modified_at=TAKEN)
    assert tags_of(path) == {}
    assert path.stat().st_mtime == TAKEN.timestamp()


def test_absent_values_leave_no_tag(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "a.jpg"
    write_gr_jpeg(path, picture, captured_at=TAKEN, iso=None, aperture=None, exposure_s=None)
    assert not {"EXIF ISOSpeedRatings", "EXIF FNumber", "EXIF ExposureTime"} & set(tags_of(path))
    assert not any(name.startswith("GPS") for name in tags_of(path))


@pytest.mark.parametrize(
    ("gps", "refs"),
    [((-33.8568, 151.2153), ("S", "E")), ((39.9999999, -0.0000001), ("N", "W"))],
)
def test_gps_of_any_hemisphere(
    tmp_path: Path, picture: Image.Image, gps: tuple[float, float], refs: tuple[str, str]
) -> None:
    path = tmp_path / "a.jpg"
    write_gr_jpeg(path, picture, captured_at=TAKEN, gps=gps)
    tags = tags_of(path)
    assert (str(tags["GPS GPSLatitudeRef"]), str(tags["GPS GPSLongitudeRef"])) == refs
    assert exifread.utils.get_gps_coords(tags) == pytest.approx(gps, abs=1e-6)


def test_slow_and_long_exposures(tmp_path: Path, picture: Image.Image) -> None:
    for exposure_s, expected in ((1 / 4000, "1/4000"), (0.5, "1/2"), (30, "30")):
        path = tmp_path / "a.jpg"
        write_gr_jpeg(path, picture, captured_at=TAKEN, exposure_s=exposure_s)
        assert str(tags_of(path)["EXIF ExposureTime"]) == expected
