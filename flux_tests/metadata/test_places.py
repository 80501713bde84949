"""Places by GPS, offline."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.metadata.places import Places, locate
from flux_resources.geography import geocoder as geocoding
from flux_resources.geography.geocoder import Geocoder
from flux_resources.geography.nominatim import Nominatim

CITIES = {
    "Rome": (41.8933, 12.4829, "IT", "Italy"),
    "Tokyo": (35.6895, 139.6917, "JP", "Japan"),
    "Sydney": (-33.8679, 151.2073, "AU", "Australia"),
    "Buenos Aires": (-34.6131, -58.3772, "AR", "Argentina"),
    "Philadelphia": (39.9523, -75.1638, "US", "United States"),
}


def _inputs(points: list[tuple[float | None, float | None]]) -> pl.DataFrame:
    rows = [(f"{number:03}", *point) for number, point in enumerate(points)]
    schema = {"photo_id": pl.String, "lat": pl.Float64, "lon": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _located(points: list[tuple[float | None, float | None]]) -> pl.DataFrame:
    """Rows as they would be stored, in the order of the points."""
    rows = locate(_inputs(points), geocoder=Geocoder())
    fingerprint = pl.lit(None, dtype=pl.String).alias("fingerprint")
    stored = rows.with_columns(fingerprint).select(Places.column_names())
    return Places.validate(stored).sort("photo_id")


def test_known_cities_are_found() -> None:
    found = _located([(lat, lon) for lat, lon, _, _ in CITIES.values()])

    assert found["location_city"].to_list() == list(CITIES)
    assert found["country_code"].to_list() == [code for _, _, code, _ in CITIES.values()]
    assert found["location_country"].to_list() == [name for _, _, _, name in CITIES.values()]
    assert found["source"].to_list() == ["gps"] * len(CITIES)
    assert max(found["place_distance_km"]) < 5


def test_photographs_without_gps_have_rows_of_nulls() -> None:
    found = _located([(None, None), CITIES["Rome"][:2], (41.9, None)])

    assert found["location_city"].to_list() == [None, "Rome", None]
    assert found["source"].to_list() == [None, "gps", None]
    assert found["error"].null_count() == 3


@pytest.mark.parametrize("points", [[], [(None, None)]], ids=["no rows", "no GPS"])
def test_days_without_a_position_need_no_search(
    points: list[tuple[float | None, float | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoding, "gazetteer", lambda: pytest.fail("searched"))

    assert _located(points).height == len(points)


def test_points_that_agree_at_four_decimals_are_searched_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[list[tuple[float, float]]] = []
    search = geocoding._offline

    def counted(points: list[tuple[float, float]], reach_km: float) -> list[geocoding.Place]:
        searched.append(points)
        return search(points, reach_km)

    monkeypatch.setattr(geocoding, "_offline", counted)
    geocoder = Geocoder()
    rome = (41.89331, 12.48291)

    first = geocoder.places([rome, (41.89334, 12.48294), (35.6895, 139.6917), rome])
    second = geocoder.places([rome, (41.89329, 12.4829)])

    assert searched == [[(41.8933, 12.4829), (35.6895, 139.6917)]]
    assert [place.city for place in first] == ["Rome", "Rome", "Tokyo", "Rome"]
    assert [place.city for place in second] == ["Rome", "Rome"]


def test_positions_have_cells_and_a_time_zone() -> None:
    skagen = (57.64911, 10.40744)  # u4pruydqqvj, the example of the scheme's author

    row = _located([skagen]).row(0, named=True)

    assert (row["lat"], row["lon"]) == skagen
    assert [row[f"geohash_{size}"] for size in (4, 6, 8)] == ["u4pr", "u4pruy", "u4pruydq"]
    assert row["time_zone"] == "Europe/Copenhagen"


def test_far_from_any_place_there_is_a_country_alone() -> None:
    row = _located([(23.0, 5.0)]).row(0, named=True)

    assert (row["country_code"], row["location_country"]) == ("DZ", "Algeria")
    assert (row["location_city"], row["admin1"], row["place_distance_km"]) == (None, None, None)


def test_a_photograph_at_sea_has_its_position_and_zone_alone() -> None:
    row = _located([(30.0, -40.0)]).row(0, named=True)

    assert (row["location_city"], row["country_code"], row["location_country"]) == (None,) * 3
    assert (row["source"], row["time_zone"], row["geohash_4"]) == ("gps", "Etc/GMT+3", "ej7d")


def test_the_poles_and_the_date_line_have_rows() -> None:
    found = _located([(90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0)])

    assert found["source"].to_list() == ["gps"] * 4
    assert found["country_code"].to_list() == [None, "AQ", None, None]
    assert found["time_zone"].null_count() == found["geohash_8"].null_count() == 0


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=10))
def test_any_position_in_range_has_a_row(points: list[tuple[float, float]]) -> None:
    found = _located([*points])

    assert found.height == len(points)
    assert found["error"].null_count() == len(points)


def test_what_a_person_said_outranks_gps() -> None:
    tokyo = '{"lat": 35.6895, "lon": 139.6917, "name": "Tokyo"}'
    rows = _inputs([CITIES["Rome"][:2], (None, None), CITIES["Sydney"][:2]]).with_columns(
        place=pl.Series([tokyo, tokyo, None])
    )

    found = locate(rows, geocoder=Geocoder()).sort("photo_id")

    assert found["location_city"].to_list() == ["Tokyo", "Tokyo", "Sydney"]
    assert found["source"].to_list() == ["manual", "manual", "gps"]
    assert found["lat"].to_list() == [35.6895, 35.6895, CITIES["Sydney"][0]]
    assert found["retry"].to_list() == [False] * 3


@pytest.mark.parametrize(
    "place",
    [
        '{"name": "Rome"}',
        '{"lat": 95, "lon": 12}',
        '{"lat": NaN, "lon": 12}',
        '{"lat": "north", "lon": 12}',
        '{"lat": null, "lon": null}',
        "[41.9, 12.5]",
        "7",
    ],
)
def test_a_decision_that_is_no_position_is_an_error_row(place: str) -> None:
    rows = _inputs([CITIES["Rome"][:2]]).with_columns(place=pl.lit(place))

    (found,) = locate(rows, geocoder=Geocoder()).rows(named=True)

    assert "is no position; say it again: flux set --place" in found["error"]
    assert (found["source"], found["lat"], found["location_city"]) == (None, None, None)


def test_names_that_wait_for_a_server_ask_for_a_retry(tmp_path: Path) -> None:
    nobody = Nominatim("http://127.0.0.1:9", 1000, tmp_path / "answers.sqlite", timeout_s=1)
    rows = _inputs([CITIES["Rome"][:2], (None, None)])

    found = locate(rows, geocoder=Geocoder(nominatim=nobody)).sort("photo_id")

    assert found["location_city"].to_list() == ["Rome", None]
    assert found["retry"].to_list() == [True, False]
    assert "did not answer" in found["pending"][0]


def test_airports_lie_in_the_country_that_their_list_says(real_photographs: Path) -> None:
    airports = (
        pl.read_csv(real_photographs / "geo" / "airports.csv", infer_schema=False)
        .with_columns(pl.col("lat", "lon").cast(pl.Float64))
        .gather_every(10)
    )

    places = Geocoder().places(list(airports.select("lat", "lon").iter_rows()))

    codes = pl.Series([place.country_code for place in places])
    assert (codes == airports["country"]).mean() > 0.99  # type: ignore[operator]
