"""GPS: degrees where they are sane, nothing where they are not."""

import math
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from flux_assets.metadata.gps import position
from flux_assets.metadata.sane import Sane
from flux_resources.exif.tags import read_tags
from flux_tests.metadata.exif_files import fields_of

ROME = ((41, 53, 24), (12, 29, 32))
NOW = datetime(2024, 1, 1)


def _tagged(
    file: Path, lat: tuple[object, ...], lon: tuple[object, ...], signs: str | None = "NE"
) -> tuple[float | None, float | None]:
    """The position read back from a file with these degrees, minutes and seconds."""
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[2], gps[4] = lat, lon
    if signs:
        gps[1], gps[3] = signs[0], signs[1]
    Image.new("RGB", (32, 32)).save(file, exif=exif)
    return position(Sane(read_tags(file), NOW))


def _ratios(*values: object) -> tuple[object, ...]:
    return tuple(v if isinstance(v, IFDRational) else IFDRational(v) for v in values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signs", "lat_sign", "lon_sign"),
    [("NE", 1, 1), ("SE", -1, 1), ("NW", 1, -1), ("SW", -1, -1), ("sw", -1, -1), (None, 1, 1)],
)
def test_south_and_west_are_negative(
    tmp_path: Path, signs: str | None, lat_sign: int, lon_sign: int
) -> None:
    lat, lon = (_ratios(*part) for part in ROME)

    found = _tagged(tmp_path / "a.jpg", lat, lon, signs)

    assert found == pytest.approx((lat_sign * 41.89, lon_sign * 12.492222))


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((90, 0, 1), (12, 0, 0)),
        ((95, 0, 0), (12, 0, 0)),
        ((41, 0, 0), (180, 30, 0)),
        ((IFDRational(41, 0), 0, 0), (12, 0, 0)),
        ((41, IFDRational(0, 0), 0), (12, 0, 0)),
    ],
    ids=["null island", "over the pole", "over 90", "over 180", "41/0", "0/0"],
)
def test_nonsense_is_no_position(
    tmp_path: Path, lat: tuple[object, ...], lon: tuple[object, ...]
) -> None:
    assert _tagged(tmp_path / "a.jpg", _ratios(*lat), _ratios(*lon)) == (None, None)


def test_on_the_equator_or_the_meridian_is_a_position(tmp_path: Path) -> None:
    assert _tagged(tmp_path / "a.jpg", _ratios(0, 0, 0), _ratios(*ROME[1]))[0] == 0
    assert _tagged(tmp_path / "b.jpg", _ratios(*ROME[0]), _ratios(0, 0, 0))[1] == 0


def test_a_latitude_alone_is_no_position(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = _ratios(*ROME[0])
    Image.new("RGB", (32, 32)).save(tmp_path / "a.jpg", exif=exif)

    fields = fields_of(tmp_path / "a.jpg")

    assert (fields["lat"], fields["lon"]) == (None, None)
    assert fields["refused"] == ["lat: 41.89 alone is no position"]


class _Tag:
    """A tag as exifread gives it."""

    def __init__(self, values: Any) -> None:
        self.values = values
        self.printable = str(values)


_values = st.lists(st.integers(-(2**31), 2**32) | st.floats() | st.fractions(), max_size=4)
_refs = st.sampled_from(["N", "S", "E", "W", "", "\x00", "south", "x"])


@given(_values, _values, _refs, _refs)
def test_whatever_the_tags_hold_a_position_lies_on_the_globe(
    lat: list[float | Fraction], lon: list[float | Fraction], lat_ref: str, lon_ref: str
) -> None:
    tags = {
        "GPS GPSLatitude": _Tag(lat),
        "GPS GPSLatitudeRef": _Tag(lat_ref),
        "GPS GPSLongitude": _Tag(lon),
        "GPS GPSLongitudeRef": _Tag(lon_ref),
    }
    sane = Sane(tags, NOW)

    found = position(sane)

    assert (found[0] is None) == (found[1] is None)
    if lat and lon:
        assert (found[0] is None) == bool(sane.refused)
    if found[0] is not None and found[1] is not None:
        assert math.fabs(found[0]) <= 90
        assert math.fabs(found[1]) <= 180
