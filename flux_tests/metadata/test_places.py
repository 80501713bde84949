"""Places by GPS, offline."""

from pathlib import Path

import polars as pl
import pytest

from flux_assets.metadata.places import Places, locate
from flux_resources import geocoder as geocoding
from flux_resources.geocoder import Geocoder, country_name, haversine_km

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
    monkeypatch.setattr(geocoding, "_finder", lambda: pytest.fail("searched"))

    assert _located(points).height == len(points)


def test_points_that_agree_at_four_decimals_are_searched_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[list[tuple[float, float]]] = []
    search = geocoding._search

    def counted(points: list[tuple[float, float]]) -> list[geocoding.Place]:
        searched.append(points)
        return search(points)

    monkeypatch.setattr(geocoding, "_search", counted)
    geocoder = Geocoder()
    rome = (41.89331, 12.48291)

    first = geocoder.places([rome, (41.89334, 12.48294), (35.6895, 139.6917), rome])
    second = geocoder.places([rome, (41.89329, 12.4829)])

    assert searched == [[(35.6895, 139.6917), (41.8933, 12.4829)]]
    assert [place.city for place in first] == ["Rome", "Rome", "Tokyo", "Rome"]
    assert [place.city for place in second] == ["Rome", "Rome"]


def test_the_poles_and_the_date_line_have_a_nearest_place() -> None:
    found = _located([(90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0)])

    assert found["location_city"].null_count() == 0


def test_an_unknown_country_code_has_no_name() -> None:
    assert country_name("IT") == "Italy"
    assert country_name("??") is None


def test_distances_are_great_circles() -> None:
    import numpy as np

    rome, tokyo = np.array([[41.9028, 12.4964]]), np.array([[35.6762, 139.6503]])

    assert haversine_km(rome, tokyo)[0] == pytest.approx(9860, abs=20)
    assert haversine_km(rome, rome)[0] == 0


def test_airports_lie_in_the_country_that_their_list_says(real_photographs: Path) -> None:
    airports = (
        pl.read_csv(real_photographs / "geo" / "airports.csv", infer_schema=False)
        .with_columns(pl.col("lat", "lon").cast(pl.Float64))
        .gather_every(40)
    )

    places = Geocoder().places(list(airports.select("lat", "lon").iter_rows()))

    codes = pl.Series([place.country_code for place in places])
    assert (codes == airports["country"]).mean() > 0.9  # type: ignore[operator]
