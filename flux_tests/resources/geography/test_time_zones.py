"""Zones of positions, and the offsets of their clocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_resources.geography.time_zones import time_zones, utc_offset_minutes

KNOWN = {
    "Europe/Rome": (41.8933, 12.4829),
    "Asia/Tokyo": (35.6895, 139.6917),
    "Asia/Kathmandu": (27.7, 85.3),
    "America/New_York": (39.9523, -75.1638),
    "Australia/Lord_Howe": (-31.55, 159.08),
    "Etc/GMT+3": (30.0, -40.0),
}


def test_positions_have_the_zones_of_their_land() -> None:
    lat, lon = zip(*KNOWN.values(), strict=True)

    assert time_zones(lat, lon) == list(KNOWN)


def test_no_positions_have_no_zones() -> None:
    assert time_zones([], []) == []


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_position_has_a_zone_with_rules(lat: float, lon: float) -> None:
    (zone,) = time_zones([lat], [lon])

    assert ZoneInfo(zone).utcoffset(datetime(2022, 1, 15)) is not None


@pytest.mark.parametrize(
    ("zone", "local", "minutes"),
    [
        ("Europe/Rome", datetime(2022, 1, 15, 13), 60),
        ("Europe/Rome", datetime(2022, 7, 15, 13), 120),
        ("Asia/Kathmandu", datetime(2022, 7, 15, 13), 345),
        ("America/St_Johns", datetime(2022, 1, 15, 13), -210),
        ("Etc/GMT+3", datetime(2022, 1, 15, 13), -180),
        ("Europe/Rome", datetime(1860, 1, 15, 13), 50),
    ],
)
def test_offsets_are_those_of_the_clocks(zone: str, local: datetime, minutes: int) -> None:
    assert utc_offset_minutes(zone, local) == minutes


@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_that_comes_twice_is_its_first(fold: int) -> None:
    assert utc_offset_minutes("Europe/Rome", datetime(2022, 10, 30, 2, 30, fold=fold)) == 120


@pytest.mark.parametrize("fold", [0, 1])
def test_in_an_hour_that_never_was_the_offset_before_it_holds(fold: int) -> None:
    assert utc_offset_minutes("Europe/Rome", datetime(2022, 3, 27, 2, 30, fold=fold)) == 60


@pytest.mark.parametrize("zone", ["Rome", "", "Europe", "../../etc/passwd", "/etc/passwd"])
def test_what_is_no_zone_is_named(zone: str) -> None:
    with pytest.raises(ValueError, match="is no time zone; write it as Europe/Rome"):
        utc_offset_minutes(zone, datetime(2022, 1, 15))
