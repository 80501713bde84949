"""Values in tags."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flux_resources.exif.parse import PlainTag
from flux_resources.exif.tags import read_tags
from flux_resources.exif.values import camera_time, numbers, parse_time, text

MOMENT = datetime(2022, 1, 15, 13, 22, 44)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2022:01:15 13:22:44", MOMENT),
        ("2022-01-15 13:22:44", MOMENT),
        ("2022/01/15 13:22:44", MOMENT),
        ("2022-01-15T13:22:44", MOMENT),
        (" 2022:01:15  13:22:44 ", MOMENT),
        ("2022: 1:15 13:22:44", MOMENT),
        ("2022:01:15 13:22:44+01:00", MOMENT),
        ("2022:01:15 13:22:44Z", MOMENT),
        ("2022:01:15 13:22:44.570", MOMENT.replace(microsecond=570_000)),
        ("2022:01:15 13:22", MOMENT.replace(second=0)),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2022:02:30 13:22:44", None),
        ("2022:01:15 24:00:00", None),
        ("2022:01:15", None),
        ("", None),
        (None, None),
    ],
)
def test_times_as_cameras_write_them(written: str | None, read: datetime | None) -> None:
    assert parse_time(written) == read


@given(st.text() | st.from_regex(r"\A[0-9]{1,5}[:/-][0-9]{1,2}:[0-9]{1,2}[ T][0-9:. ]*\Z"))
def test_parsing_a_time_never_raises(written: str) -> None:
    assert parse_time(written) is None or isinstance(parse_time(written), datetime)


@given(st.datetimes(min_value=datetime(1000, 1, 1)))
def test_a_written_time_reads_back(moment: datetime) -> None:
    assert parse_time(f"{moment:%Y:%m:%d %H:%M:%S.%f}") == moment


@pytest.mark.parametrize(
    ("digits", "milliseconds"),
    [("5", 500), ("57", 570), ("057", 57), ("999", 999), ("999999", 999), ("29 ", 290), ("x", 0)],
)
def test_sub_seconds_are_decimals_of_the_second(
    tmp_path: Path, digits: str, milliseconds: int
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: "2022:01:15 13:22:44", 0x9291: digits})
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)

    found = camera_time(read_tags(tmp_path / "a.jpg"), "EXIF DateTimeOriginal")

    assert found == MOMENT + timedelta(milliseconds=milliseconds)


def test_the_first_readable_of_several_times_counts(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2022:01:15 13:22:44"
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    tags = read_tags(tmp_path / "a.jpg")

    assert camera_time(tags, "EXIF DateTimeOriginal", "Image DateTime") == MOMENT
    assert camera_time(tags, "EXIF DateTimeOriginal") is None


def test_text_comes_without_padding_and_blank_is_none(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.update({0x010F: "  RICOH  \x00\x00", 0x0110: "   "})
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    tags = read_tags(tmp_path / "a.jpg")

    assert text(tags, "Image Make") == "RICOH"
    assert text(tags, "Image Model") is None
    assert text(tags, "Image Software") is None


@pytest.mark.parametrize(
    ("value", "read"),
    [("Café", "Café"), (b"Caf\xe9", "Café"), ("GR\x07\n III", "GR   III"), (b"\x00 \x01", None)],
)
def test_text_is_printable_whatever_bytes_it_was(value: object, read: str | None) -> None:
    assert text({"Image Model": PlainTag(value)}, "Image Model") == read


@pytest.mark.parametrize("value", ["12", b"12", [], [float("nan")], ["x"], [None], [()], 5])
def test_what_is_no_list_of_numbers_is_none(value: object) -> None:
    assert numbers({"GPS GPSAltitude": PlainTag(value)}, "GPS GPSAltitude") is None


def test_floating_point_fields_are_numbers() -> None:
    """exifread wraps each in a tuple."""
    assert numbers({"EXIF FNumber": PlainTag([(2.8,)])}, "EXIF FNumber") == [2.8]
