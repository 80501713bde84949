"""A person's corrections, as they are typed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.metadata.corrections import (
    Correction,
    choose_photographs,
    in_words,
    place_of,
    shift_of,
    time_of,
    zone_of,
)
from flux_resources.data_root import DataRoot
from flux_resources.geography.geocoder import Geocoder

ROME = (41.89, 12.48)


def test_a_time_is_local() -> None:
    assert time_of("2022-01-15 13:22:44") == ("time", {"at": "2022-01-15T13:22:44"})
    with pytest.raises(ValueError, match="local time"):
        time_of("2022-01-15T13:22:44+01:00")
    with pytest.raises(ValueError, match="write it as"):
        time_of("last tuesday")


@pytest.mark.parametrize("text", ["3022-01-01", "1825-12-31 23:59:59"])
def test_a_time_of_no_photograph_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"--time {text}"):
        time_of(text)


def test_a_time_of_today_is_taken_wherever_it_was() -> None:
    soon = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=14)

    assert time_of(soon.isoformat()) == ("time", {"at": soon.isoformat()})


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (("time", {"at": "2022-01-15T13:00:00"}), "time: 2022-01-15 13:00:00"),
        (("time", {"shift_seconds": 3600}), "time: moved by +1:00:00"),
        (("time", {"shift_seconds": -150}), "time: moved by -0:02:30"),
        (("zone", {"zone": "Asia/Tokyo"}), "zone: Asia/Tokyo"),
        (("zone", {"offset": "-03:30"}), "zone: -03:30"),
        (("place", {"lat": 0.0, "lon": -30.0}), "place: far from any land (0.00, -30.00)"),
        (("place", None), "place: taken back"),
    ],
)
def test_a_correction_is_told_as_it_was_understood(correction: Correction, words: str) -> None:
    assert in_words(correction, Geocoder()) == words


def test_a_name_that_many_places_have_is_told_with_region_country_and_position() -> None:
    geocoder = Geocoder()

    told = in_words(place_of("Springfield", geocoder), geocoder)

    assert told == "place: Springfield, Missouri, US (37.22, -93.30)"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("+1:00", 3600), ("1:00", 3600), ("-0:02:30", -150), ("-1:30", -5400), ("24:00", 86400)],
)
def test_shifts(text: str, seconds: int) -> None:
    assert shift_of(text) == ("time", {"shift_seconds": seconds})


@given(st.text())
def test_any_other_shift_is_refused_with_the_way_to_write_it(text: str) -> None:
    try:
        kind, value = shift_of(text)
    except ValueError as error:
        assert "hours:minutes" in str(error)
    else:
        assert kind == "time"
        assert value is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [("Asia/Tokyo", {"zone": "Asia/Tokyo"}), ("-03:30", {"offset": "-03:30"})],
)
def test_zones(text: str, value: dict[str, Any]) -> None:
    assert zone_of(text) == ("zone", value)


@pytest.mark.parametrize("text", ["Mars/Olympus", "+25:00", "", "../etc/passwd", "9"])
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Asia/Tokyo"):
        zone_of(text)


def test_a_place_is_a_position_or_a_name() -> None:
    assert place_of("41.89, 12.48", Geocoder()) == ("place", {"lat": 41.89, "lon": 12.48})
    kind, value = place_of("Rome, IT", Geocoder())
    assert kind == "place"
    assert value is not None
    assert (value["lat"], value["lon"]) == pytest.approx(ROME, abs=0.1)
    with pytest.raises(ValueError, match="latitude"):
        place_of("120.0,12.5", Geocoder())


def test_corrections_need_photographs(archive: DataRoot) -> None:
    with pytest.raises(ValueError, match="say which"):
        choose_photographs(archive.tables, photo_id=None, span=None, camera=None)
    with pytest.raises(ValueError, match="no photograph"):
        choose_photographs(archive.tables, photo_id="x", span=None, camera=None)
