"""Countries from polygons, and where land is."""

from zoneinfo import available_timezones

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_resources.geography.countries import country_name, near_land, zone_countries
from flux_resources.geography.geocoder import Geocoder

COUNTRIES = {
    "Vatican inside Rome": (41.9030, 12.4534, "VA"),
    "Rome outside the Vatican": (41.9022, 12.4600, "IT"),
    "San Marino": (43.9424, 12.4578, "SM"),
    "Campione in Switzerland": (45.9680, 8.9710, "IT"),
    "Büsingen in Switzerland": (47.6970, 8.6900, "DE"),
    "Geneva by the border": (46.1900, 6.1300, "CH"),
    "Annemasse by the border": (46.1930, 6.2370, "FR"),
    "Hanoi, in a zone named after Bangkok": (21.0285, 105.8542, "VN"),
    "Vinh, in that zone": (18.6733, 105.6922, "VN"),
    "Bangkok": (13.7563, 100.5018, "TH"),
    "Nakhon Phanom, by the Mekong": (17.4100, 104.7800, "TH"),
    "Pristina, in a zone named after Belgrade": (42.6629, 21.1655, "XK"),
    "Belgrade": (44.8125, 20.4612, "RS"),
    "San Juan": (18.4655, -66.1057, "PR"),
    "Hong Kong": (22.2819, 114.1589, "HK"),
    "Longyearbyen": (78.2232, 15.6267, "SJ"),
    "a Chilean base in Antarctica": (-63.3210, -57.8990, "AQ"),
    "the south pole": (-90.0, 0.0, "AQ"),
    "Sahara": (23.0, 5.0, "DZ"),
    "Lake Superior": (47.7, -87.5, "US"),
}
SEAS = {
    "Atlantic": (30.0, -40.0),
    "North Sea": (56.0, 3.0),
    "Tyrrhenian Sea": (40.0, 12.0),
    "the middle of the Channel": (50.2, -0.8),
    "the north pole": (90.0, 0.0),
    "the date line": (0.0, 180.0),
    "null island": (0.0, 0.0),
    "Java Sea, Indonesia's waters": (-5.0, 110.0),
    "Hudson Bay, Canada's waters": (60.0, -86.0),
    "Sulu Sea, the Philippines' waters": (8.5, 120.0),
    "Southern Ocean": (-62.0, 120.0),
}


@pytest.mark.parametrize(("lat", "lon", "code"), COUNTRIES.values(), ids=COUNTRIES)
def test_a_position_on_land_has_its_country(lat: float, lon: float, code: str) -> None:
    (place,) = Geocoder().places([(lat, lon)])

    assert place.country_code == code
    assert place.country == country_name(code)


@pytest.mark.parametrize("point", SEAS.values(), ids=SEAS)
def test_nothing_is_known_at_sea(point: tuple[float, float]) -> None:
    (place,) = Geocoder().places([point])

    assert place[:5] == (None, None, None, None, None)


def test_every_zone_on_land_has_a_country_with_a_name() -> None:
    codes = {code for zone in available_timezones() for code in zone_countries(zone)}

    assert len(codes) > 240
    assert all(country_name(code) for code in codes)


def test_zones_at_sea_have_no_country() -> None:
    assert zone_countries("Etc/GMT+3") == ()


def test_countries_have_the_names_that_people_use() -> None:
    names = [country_name(code) for code in ("IT", "US", "HK", "??")]

    assert names == ["Italy", "United States", "Hong Kong", None]


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_position_is_near_land_or_not(lat: float, lon: float) -> None:
    assert near_land(np.array([lat]), np.array([lon])).shape == (1,)


def test_lakes_and_shores_are_land_and_the_sea_is_not() -> None:
    superior, off_ostia, tyrrhenian = (47.7, -87.5), (41.72, 12.27), (40.0, 12.0)

    lat, lon = np.array([superior, off_ostia, tyrrhenian]).T

    assert near_land(lat, lon).tolist() == [True, True, False]
