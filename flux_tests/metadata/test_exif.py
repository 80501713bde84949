"""EXIF rows: values as photographers write them, null where a file has no sane one."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.TiffImagePlugin import IFDRational

from flux_assets.metadata.exif_fields import shutter_speed
from flux_tests.conftest import Photograph
from flux_tests.metadata.exif_files import EXIF_IFD, fields_of, written


def test_fields_come_as_a_photographer_writes_them(photograph: Photograph, tmp_path: Path) -> None:
    taken = datetime(2022, 1, 15, 13, 22, 44)
    file = photograph(
        tmp_path / "a.jpg",
        taken,
        subsecond="57",
        offset_time="+01:00",
        gps=(-33.8568, 151.2153),
        altitude_m=-4.5,
        serial="0012345",
        file_number=1234,
        orientation=6,
    )

    fields = fields_of(file)

    position = fields.pop("lat"), fields.pop("lon")
    assert position == pytest.approx((-33.8568, 151.2153), abs=1e-6)
    assert fields == {
        "captured_at": taken.replace(microsecond=570_000),
        "digitized_at": taken,
        "modified_at": taken,
        "gps_at": None,
        "camera_make": "RICOH",
        "camera_model": "GR III",
        "camera_make_raw": "RICOH IMAGING COMPANY, LTD.",
        "camera_model_raw": "RICOH GR III",
        "lens_model": "GR LENS 18.3mm F2.8",
        "focal_length_mm": 18.3,
        "aperture": "f/5.6",
        "shutter_speed": "1/500",
        "exposure_s": 0.002,
        "iso": 200,
        "altitude_m": -4.5,
        "orientation": 6,
        "subsecond": "57",
        "offset_time": "+01:00",
        "serial": "0012345",
        "camera_burst_id": None,
        "file_number": 1234,
        "keywords": None,
        "refused": None,
    }


def test_a_missing_field_is_null_and_not_guessed(photograph: Photograph, tmp_path: Path) -> None:
    file = photograph(tmp_path / "a.jpg", iso=None, aperture=None, exposure_s=None)

    fields = fields_of(file)

    missing = {name for name, value in fields.items() if value is None}
    assert missing >= {"iso", "aperture", "shutter_speed", "exposure_s", "lat", "lon", "serial"}


@pytest.mark.parametrize(
    ("aperture", "shown"), [(2.8, "f/2.8"), (4.0, "f/4"), (16, "f/16"), (0.95, "f/0.95"), (0, None)]
)
def test_apertures(tmp_path: Path, aperture: float, shown: str | None) -> None:
    file = written(tmp_path / "a.jpg", EXIF_IFD, x829D=IFDRational(round(aperture * 100), 100))

    assert fields_of(file)["aperture"] == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(1 / 4000, "1/4000"), (1 / 3.5, "1/4"), (0.5, "0.5"), (2.5, "2.5"), (1800, "1800"), (0, None)],
)
def test_shutter_speeds(seconds: float, shown: str | None) -> None:
    assert shutter_speed(seconds) == shown


@given(st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_any_shutter_speed_is_text_or_nothing(seconds: float | None) -> None:
    shown = shutter_speed(seconds)

    if seconds is None or seconds < 1e-7:
        assert shown is None
    else:
        assert shown
        assert shown.startswith("1/") == (seconds < 0.3)


@pytest.mark.parametrize(
    ("iso", "shown"), [(100, 100), ((400, 0), 400), (0, None), (65535, None), ((), None)]
)
def test_iso_speeds(tmp_path: Path, iso: object, shown: int | None) -> None:
    assert fields_of(written(tmp_path / "a.jpg", EXIF_IFD, x8827=iso))["iso"] == shown
