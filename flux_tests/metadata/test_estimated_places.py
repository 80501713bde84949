"""Places borrowed from neighbours in time, when both sides agree."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.metadata.estimated_places import (
    EstimatedPlaces,
    estimate_places,
    estimated_places_version,
    with_neighbours,
)
from flux_resources.geography.geocoder import Coordinate, Geocoder
from flux_resources.settings_sections import PlaceSettings

NOON = datetime(2022, 1, 15, 12)
ROME: Coordinate = (41.8933, 12.4829)
OSTIA: Coordinate = (41.7320, 12.2800)  # 25 km from Rome
NAPLES: Coordinate = (40.8518, 14.2681)  # 188 km from Rome
SETTINGS = PlaceSettings()
_TYPES: dict[str, Any] = {
    "photo_id": pl.String,
    "resolved_at_utc": pl.Datetime("ms"),
    "flags": pl.List(pl.String),
    "lat": pl.Float64,
    "lon": pl.Float64,
    "source": pl.String,
}
Row = tuple[Any, ...]


def _at(hours: float, place: Coordinate | None = None, flags: list[str] | None = None) -> Row:
    """A photograph so many hours from noon."""
    lat, lon = place or (None, None)
    source = "gps" if place else None
    return (f"{hours:+}", NOON + timedelta(hours=hours), flags or [], lat, lon, source)


def _rows(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_TYPES, orient="row")


def _neighbours(own: list[Row], around: list[Row]) -> pl.DataFrame:
    return with_neighbours(
        _rows(own).drop("lat", "lon"),
        _rows([*own, *around]).drop("photo_id", "source"),
        SETTINGS,
    )


def _estimated(own: list[Row], around: list[Row], *, complete: bool = True) -> pl.DataFrame:
    """Rows as they would be stored, and `retry`, in the order of the photographs."""
    inputs = _neighbours(own, around)
    rows = estimate_places(inputs, geocoder=Geocoder(), settings=SETTINGS, complete=complete)
    stored = rows.with_columns(pl.lit(None, pl.String).alias("fingerprint"))
    EstimatedPlaces.validate(stored.select(EstimatedPlaces.column_names()))
    return rows


def _source(own: Row, *around: Row) -> str | None:
    found: str | None = _estimated([own], list(around))["source"][0]
    return found


def test_a_photograph_between_two_in_one_place_was_there() -> None:
    (row,) = _estimated([_at(0)], [_at(-1, ROME), _at(3, ROME)]).rows(named=True)

    assert (row["source"], row["location_city"], row["country_code"]) == ("estimated", "Rome", "IT")
    assert (row["lat"], row["lon"]) == pytest.approx(ROME)
    assert (row["hours_before"], row["hours_after"], row["apart_km"]) == (1, 3, 0)
    assert (row["geohash_6"], row["time_zone"]) == ("sr2yk4", "Europe/Rome")
    assert (row["pending"], row["error"], row["retry"]) == (None, None, False)


def test_on_the_way_the_place_goes_with_time() -> None:
    (row,) = _estimated([_at(0)], [_at(-1, ROME), _at(3, OSTIA)]).rows(named=True)

    quarter = [a + (b - a) / 4 for a, b in zip(ROME, OSTIA, strict=True)]
    assert [row["lat"], row["lon"]] == pytest.approx(quarter, abs=1e-4)
    assert row["apart_km"] == pytest.approx(24.6, abs=0.5)


def test_the_nearest_in_time_lend_whatever_their_camera() -> None:
    around = [_at(-9, NAPLES), _at(-1, ROME), _at(2, ROME), _at(8, NAPLES)]

    (row,) = _estimated([_at(0)], around).rows(named=True)

    assert (row["hours_before"], row["hours_after"], row["location_city"]) == (1, 2, "Rome")


@pytest.mark.parametrize(
    "around",
    [
        [],
        [_at(-1, ROME)],
        [_at(1, ROME)],
        [_at(-37.01, ROME), _at(1, ROME)],
        [_at(-1, ROME), _at(37.01, ROME)],
        [_at(-20, ROME), _at(20, NAPLES)],
        [_at(-0.01, ROME), _at(0.01, OSTIA)],
    ],
    ids=[
        "no neighbours",
        "only before",
        "only after",
        "too long before",
        "too long after",
        "too far apart",
        "too fast",
    ],
)
def test_neighbours_that_do_not_agree_lend_nothing(around: list[Row]) -> None:
    (row,) = _estimated([_at(0)], around).rows(named=True)

    assert (row["source"], row["lat"], row["location_city"]) == (None, None, None)
    assert (row["pending"], row["retry"]) == (None, False)


def test_the_limits_are_those_of_the_issue() -> None:
    north = (ROME[0] + 99.5 / 111.195, ROME[1])

    assert _source(_at(0), _at(-37, ROME), _at(37, ROME)) == "estimated"
    assert _source(_at(0), _at(-37, ROME), _at(37, north)) == "estimated"
    assert _source(_at(0), _at(-0.02, ROME), _at(0.01, OSTIA)) == "estimated"  # 820 km/h


def test_two_cameras_in_the_same_second_agree() -> None:
    beside = (ROME[0] + 0.0001, ROME[1])  # 11 m

    assert _source(_at(0), _at(0, ROME), _at(0, beside)) == "estimated"


def test_measured_photographs_have_no_estimate_and_lend_to_those_without() -> None:
    own = [_at(-1, ROME), _at(0), _at(1, ROME)]

    found = _estimated(own, [])

    assert found["source"].to_list() == [None, "estimated", None]
    assert found["lat"].to_list() == [None, pytest.approx(ROME[0]), None]


@pytest.mark.parametrize("lender", [-1, 1])
def test_an_uncertain_date_lends_nothing(lender: int) -> None:
    flags = {lender: ["date-uncertain"]}

    around = [_at(hours, ROME, flags.get(hours)) for hours in (-1, 1)]

    assert _source(_at(0), *around) is None
    assert _source(_at(0), *around, _at(-2, ROME), _at(2, ROME)) == "estimated"


def test_an_uncertain_or_unknown_date_borrows_nothing() -> None:
    uncertain = _at(0, flags=["clock-drift", "date-uncertain"])
    undated = ("undated", None, None, None, None, None)

    found = _estimated([uncertain, undated], [_at(-1, ROME), _at(1, ROME)], complete=False)

    assert found["source"].to_list() == [None, None]
    assert found["retry"].to_list() == [False, False]


def test_other_flags_do_not_matter() -> None:
    around = [_at(-1, ROME, ["clock-drift"]), _at(1, ROME, ["clock-drift"])]

    assert _source(_at(0, flags=["outlier"]), *around) == "estimated"


def test_while_days_around_are_missing_those_that_may_borrow_wait() -> None:
    own = [_at(-1, ROME), _at(0), _at(1, ROME), _at(2)]

    found = _estimated(own, [], complete=False)

    waiting = "the days around it are not materialized yet"
    assert found["pending"].to_list() == [None, waiting, None, waiting]
    assert found["retry"].to_list() == [False, True, False, True]
    assert found["source"].to_list() == [None, "estimated", None, None]


@pytest.mark.parametrize(
    ("start", "end", "lat", "lon"),
    [
        ((-16.8, 179.9), (-16.8, -179.9), -16.8, 180.0),
        ((0.0, -179.9), (0.0, 179.9), 0.0, -180.0),
        ((89.8, 0.0), (89.8, 180.0), 90.0, None),
    ],
    ids=["eastward", "westward", "over the pole"],
)
def test_the_way_over_the_date_line_and_the_pole_is_the_short_one(
    start: Coordinate, end: Coordinate, lat: float, lon: float | None
) -> None:
    (row,) = _estimated([_at(0)], [_at(-1, start), _at(1, end)]).rows(named=True)

    assert row["lat"] == pytest.approx(lat, abs=1e-3)
    assert lon is None or abs(row["lon"]) == pytest.approx(abs(lon))


def test_what_the_neighbours_were_is_part_of_the_inputs() -> None:
    before, after = _at(-1, ROME), _at(1, ROME)

    def seen(*around: Row) -> str:
        text: str = _neighbours([_at(0)], list(around))["neighbours"][0]
        return text

    same = seen(before, after)
    assert same == seen(after, before, _at(-5, NAPLES), _at(5, NAPLES))
    assert same != seen(before)
    assert same != seen(before, after, _at(0.5, ROME))
    assert same != seen(_at(-1, OSTIA), after)


def test_measured_photographs_do_not_depend_on_their_neighbours() -> None:
    alone, amid = (
        _neighbours([_at(0, ROME)], around)["neighbours"][0]
        for around in ([], [_at(-1, ROME), _at(1, ROME)])
    )

    assert alone == amid


def test_days_without_photographs_have_no_rows() -> None:
    assert _estimated([], [_at(-1, ROME)]).height == 0


def test_a_year_without_gps_keeps_its_order() -> None:
    own = [_at(hours) for hours in (5, -3, 2, 0)]

    assert _estimated(own, [])["photo_id"].to_list() == ["+5", "-3", "+2", "+0"]


def test_the_version_changes_with_the_limits() -> None:
    strict = PlaceSettings(borrow_km=10)

    assert estimated_places_version(SETTINGS, Geocoder()) != estimated_places_version(
        strict, Geocoder()
    )


@given(
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
    st.floats(0.1, 36),
    st.floats(0.1, 36),
)
def test_an_estimate_lies_between_its_neighbours(
    start: Coordinate, step: Coordinate, before: float, after: float
) -> None:
    end = (max(-90, min(90, start[0] + step[0])), max(-180, min(180, start[1] + step[1])))

    (row,) = _estimated([_at(0)], [_at(-before, start), _at(after, end)]).rows(named=True)

    assert row["source"] in ("estimated", None)
    if row["source"]:
        assert min(start[0], end[0]) - 1 <= row["lat"] <= max(start[0], end[0]) + 1
        assert abs(row["lon"]) <= 180
