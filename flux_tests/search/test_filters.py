"""Filters by keyword."""

from datetime import date, datetime
from typing import Any

import pytest

from flux_assets.publishing.photos import read_photos
from flux_assets.search.filters import BadFilter, Boost, Filters, preferred, where
from flux_assets.search.language.plan import Facts
from flux_resources.data_root import DataRoot
from flux_tests.search.conftest import photo, publish_rows

PHOTOGRAPHS: dict[str, dict[str, Any]] = {
    "december": {"captured_at": datetime(2021, 12, 31, 23), "location_city": "Rome"},
    "march": {"captured_at": datetime(2022, 3, 1), "lat": 39.9537, "lon": -75.2036},
    "july": {"captured_at": datetime(2022, 7, 3, 12), "lat": -33.9, "lon": 151.2},
    "fog": {"captured_at": datetime(2023, 1, 1), "weather": "fog", "tags": ["umbrella", "fog"]},
}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["december", "fog", "july", "march"]),
        ({"year": 2022}, ["july", "march"]),
        ({"year": [2021, 2023]}, ["december", "fog"]),
        ({"season": "winter", "year": 2022}, ["december", "july"]),
        ({"season": "winter"}, ["december", "fog", "july"]),
        ({"season": ["fall", "Spring"]}, ["march"]),
        ({"months": 3}, ["march"]),
        ({"months": ["jan", "July"]}, ["fog", "july"]),
        ({"days": "sunday"}, ["fog", "july"]),
        ({"days": "Sundays", "months": 1}, ["fog"]),
        ({"days": ["2022-03-01", date(2021, 12, 31)]}, ["december", "march"]),
        ({"days": "2022-03-01", "year": 2023}, []),
        ({"near": (39.9537, -75.2036)}, ["march"]),
        ({"near": (39.96, -75.2036), "radius_m": 500}, []),
        ({"near": (39.96, -75.2036), "radius_m": 1000}, ["march"]),
        ({"weather": "fog"}, ["fog"]),
        ({"weather": Boost("fog")}, ["december", "fog", "july", "march"]),
        ({"tags": "umbrella"}, ["fog"]),
        ({"tags": ["umbrella", "dog"]}, []),
        ({"city": ["rome", "Paris"], "year": None}, ["december"]),
    ],
)
def test_filters_are_conditions(archive: DataRoot, filters: Filters, expected: list[str]) -> None:
    publish_rows(archive, [photo(name, **facts) for name, facts in PHOTOGRAPHS.items()])
    condition, values = where(filters)
    query = f"SELECT photo_id FROM photos WHERE {condition} ORDER BY photo_id"
    assert read_photos(archive.paths, query, values)["photo_id"].to_list() == expected


def test_boosts_are_wishes() -> None:
    filters = Filters(weather=Boost("fog", "rain"), tags="umbrella")
    assert preferred(filters) == Facts(weather=("fog", "rain"))


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"season": "monsoon"}, "season: 'monsoon' is none; write winter"),
        ({"months": 13}, "months: 13 is none"),
        ({"months": "Marchtober"}, "months: 'Marchtober' is none"),
        ({"days": "someday"}, "days: 'someday' is none; write sunday or 2022-01-15"),
        ({"days": ["sunday", "2022-01-15"]}, "days: name weekdays or dates"),
        ({"year": 0}, "year: 0"),
        ({"near": (91, 0)}, "near: 91, 0 are no degrees"),
        ({"near": (0, 0), "radius_m": 0}, "radius_m: 0"),
        ({"near": (0, 0), "radius_m": float("nan")}, "radius_m: nan"),
        ({"radius_m": 100}, "radius_m: say near where"),
    ],
)
def test_impossible_filters_say_what_is_possible(filters: Filters, message: str) -> None:
    with pytest.raises(BadFilter, match=message):
        where(filters)
