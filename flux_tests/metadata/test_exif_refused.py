"""Nonsense in EXIF: the field is null and the row says what was refused and why."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL.TiffImagePlugin import IFDRational

from flux_assets.metadata.exif_fields import exif_fields
from flux_resources.exif.parse import PlainTag
from flux_resources.exif.tags import Tags
from flux_tests.metadata.exif_files import EXIF_IFD, fields_of, written

GPS_IFD = 0x8825
NOW = datetime(2024, 1, 1)


def _fields(**tags: object) -> dict[str, object]:
    """Columns of tags: `EXIF_DateTimeOriginal` names `EXIF DateTimeOriginal`."""
    found = Tags()
    for name, value in tags.items():
        found[name.replace("_", " ")] = PlainTag(value)
    return exif_fields(found, NOW)


@pytest.mark.parametrize(
    ("date", "refused"),
    [
        ("0000:00:00 00:00:00", "captured_at: 0000:00:00 00:00:00 is no date"),
        ("    :  :     :  :  ", "captured_at: :  :     :  : is no date"),
        ("2216:11:15 11:46:51", "captured_at: 2216-11-15 11:46:51 lies in the future"),
        ("1825:12:31 23:59:59", "captured_at: 1825-12-31 23:59:59 lies before photography"),
        ("2022:02:30 13:22:44", "captured_at: 2022:02:30 13:22:44 is no date"),
    ],
)
def test_dates_that_cannot_be_are_refused(tmp_path: Path, date: str, refused: str) -> None:
    fields = fields_of(written(tmp_path / "a.jpg", EXIF_IFD, x9003=date))

    assert fields["captured_at"] is None
    assert fields["refused"] == [refused]


@pytest.mark.parametrize("date", ["1970:01:01 00:00:00", "1980:01:01 00:00:00"])
def test_clocks_that_were_never_set_are_readings(tmp_path: Path, date: str) -> None:
    fields = fields_of(written(tmp_path / "a.jpg", EXIF_IFD, x9003=date))

    assert f"{fields['captured_at']:%Y:%m:%d %H:%M:%S}" == date
    assert fields["refused"] is None


def test_a_time_up_to_two_days_ahead_is_believed() -> None:
    assert _fields(EXIF_DateTimeOriginal="2024:01:02 23:00:00")["captured_at"] is not None
    assert _fields(EXIF_DateTimeOriginal="2024:01:03 01:00:00")["captured_at"] is None


@pytest.mark.parametrize(
    ("tags", "refused"),
    [
        ({"EXIF_ExposureTime": [0]}, "exposure_s: 0 is under 1e-07"),
        ({"EXIF_ExposureTime": [4294967295]}, "exposure_s: 4294967295 is over 86400"),
        ({"EXIF_FNumber": [0]}, "aperture: 0 is under 0.5"),
        ({"EXIF_FocalLength": [65535 * 2]}, "focal_length_mm: 131070 is over 50000"),
        ({"EXIF_ISOSpeedRatings": [0]}, "iso: 0 is under 1"),
        ({"EXIF_ISOSpeedRatings": [65535]}, "iso: 65535 says that it is unknown"),
        ({"Image_Orientation": [0]}, "orientation: 0 is under 1"),
        ({"GPS_GPSAltitude": [99_999]}, "altitude_m: 99999 is over 20000"),
        ({"EXIF_OffsetTimeOriginal": "   :  "}, "offset_time: : is no offset"),
        ({"EXIF_OffsetTimeOriginal": "+27:00"}, "offset_time: +27:00 is no offset"),
        ({"EXIF_SubSecTimeOriginal": "??"}, "subsecond: ?? is no fraction of a second"),
        ({"Image_Make": "-----"}, "camera_make: ----- names nothing"),
        ({"Image_Make": "x" * 999}, f"camera_make: {'x' * 39}… is 999 characters long"),
    ],
)
def test_values_out_of_reason_are_refused(tags: dict[str, object], refused: str) -> None:
    fields = _fields(**tags)

    assert fields["refused"] == [refused]
    assert fields[refused.partition(":")[0]] is None


def test_zero_denominators_are_refused(tmp_path: Path) -> None:
    nothing = IFDRational(0, 0)
    fields = fields_of(written(tmp_path / "a.jpg", EXIF_IFD, x829A=nothing, x829D=nothing))

    assert (fields["exposure_s"], fields["shutter_speed"], fields["aperture"]) == (None,) * 3
    assert fields["refused"] == ["exposure_s: 0/0 is no number", "aperture: 0/0 is no number"]


@pytest.mark.parametrize(
    ("lat", "lon", "refused"),
    [
        (95.0, 12.0, ["lat: 95.0 is over 90", "lon: 12.0 alone is no position"]),
        (0.0, 0.0, ["lat: exactly 0, 0 is no fix", "lon: exactly 0, 0 is no fix"]),
    ],
)
def test_positions_off_the_globe_are_refused(
    tmp_path: Path, lat: float, lon: float, refused: list[str]
) -> None:
    fields = fields_of(written(tmp_path / "a.jpg", GPS_IFD, x2=(lat, 0, 0), x4=(lon, 0, 0)))

    assert (fields["lat"], fields["lon"]) == (None, None)
    assert fields["refused"] == refused


def test_an_iso_too_high_for_its_field_is_read_elsewhere() -> None:
    fields = _fields(EXIF_ISOSpeedRatings=[65535], EXIF_RecommendedExposureIndex=[102400])

    assert (fields["iso"], fields["refused"]) == (102400, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [("+01:00", "+01:00"), ("-0330", "-03:30"), ("Z", "+00:00"), (" +14:00\x00", "+14:00")],
)
def test_offsets_have_one_form(written: str, read: str) -> None:
    assert _fields(EXIF_OffsetTimeOriginal=written)["offset_time"] == read


@pytest.mark.parametrize(
    ("date", "clock", "read"),
    [
        ("2022:01:15", [12, 22, 44.5], datetime(2022, 1, 15, 12, 22, 44, 500_000, UTC)),
        ("2022-01-15", [0, 0, 0], datetime(2022, 1, 15, tzinfo=UTC)),
        ("2022:01:15", [104, 52, 17], None),
        ("2022:01:15", [12, 22], None),
        ("1979:01:15", [12, 22, 44], None),
        ("2031:01:15", [12, 22, 44], None),
        ("0000:00:00", [12, 22, 44], None),
    ],
)
def test_satellite_times_are_utc_and_sane(
    date: str, clock: list[float], read: datetime | None
) -> None:
    fields = _fields(GPS_GPSDate=date, GPS_GPSTimeStamp=clock)

    assert fields["gps_at"] == read
    assert (fields["refused"] is None) == (read is not None)


def test_a_satellite_clock_without_a_date_is_no_time() -> None:
    fields = _fields(GPS_GPSTimeStamp=[12, 22, 44])

    assert (fields["gps_at"], fields["refused"]) == (None, None)


def test_a_reading_that_another_tag_makes_good_is_not_refused() -> None:
    fields = _fields(
        EXIF_DateTimeOriginal="0000:00:00 00:00:00", Image_DateTimeOriginal="2022:01:15 13:22:44"
    )

    assert fields["captured_at"] == datetime(2022, 1, 15, 13, 22, 44)
    assert fields["refused"] is None


@pytest.mark.parametrize(
    "tags", [{"MakerNote_BurstUUID": "2F1A-3B5C\x00"}, {"XMP_BurstID": ["2F1A-3B5C"]}]
)
def test_burst_identifiers_of_phones_are_kept(tags: dict[str, object]) -> None:
    assert _fields(**tags)["camera_burst_id"] == "2F1A-3B5C"


def test_keywords_are_listed_once_in_order() -> None:
    fields = _fields(
        IPTC_Keywords=["fog", "umbrella"],
        XMP_subject=["umbrella", " night  street "],
        XMP_hierarchicalSubject=["weather|fog", "x" * 300],
        Image_XPKeywords="rome;fog;;\x00",
    )

    assert fields["keywords"] == ["fog", "umbrella", "night street", "weather|fog", "rome"]
    assert fields["refused"] == [f"keywords: {'x' * 39}… is 300 characters long"]
