"""Plans as SQL over photographs that were published."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import numpy as np
import pytest

from flux_assets.publishing.photos import read_photos
from flux_assets.search.conditions import Condition, merit, passing
from flux_assets.search.language.plan import Area, Facts, Hours, Interval, Place, Plan
from flux_resources.data_root import DataRoot
from flux_resources.geography.geocoder import haversine_km
from flux_tests.search.conftest import photo, publish_rows

Find = Callable[[Plan], list[str]]
WINTER = Interval(
    datetime(2021, 12, 1), datetime(2022, 3, 1), (datetime(2022, 6, 1), datetime(2022, 9, 1))
)
ROME = {"location_city": "Rome", "location_country": "Italy", "lat": 41.9, "lon": 12.5}
SYDNEY = {"location_city": "Sydney", "location_country": "Australia", "lat": -33.9, "lon": 151.2}
JANUARY, JULY = datetime(2022, 1, 15, 13), datetime(2022, 7, 3, 23, 30)
PHOTOGRAPHS: dict[str, dict[str, Any]] = {
    "rome": {**ROME, "captured_at": JANUARY, "weather": "fog", "tags": ["fog", "night sky"]},
    "rome_july": {**ROME, "captured_at": JULY, "keeper": 1, "camera_model": "GR IIIx"},
    "sydney": {**SYDNEY, "captured_at": JULY, "weather": "rain", "keeper": 0},
    "no_gps": {"location_country": "Australia", "captured_at": JULY, "camera_make": "RICOH"},
    "unknown": {"captured_at": JANUARY, "tags": None},
}


@pytest.fixture
def find(archive: DataRoot) -> Find:
    publish_rows(archive, [photo(name, **facts) for name, facts in PHOTOGRAPHS.items()])
    return lambda plan: _found(archive, passing(plan))


def _found(archive: DataRoot, condition: Condition) -> list[str]:
    query = f"SELECT photo_id FROM photos WHERE {condition.sql} ORDER BY photo_id"
    return list(read_photos(archive.paths, query, condition.values)["photo_id"])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(), sorted(PHOTOGRAPHS)),
        (Facts(intervals=(WINTER,)), ["no_gps", "rome", "sydney", "unknown"]),
        (Facts(seasons=("winter",)), ["no_gps", "rome", "sydney", "unknown"]),
        (Facts(seasons=("summer",)), ["rome_july"]),
        (Facts(months=(1,), seasons=("summer",)), ["rome", "rome_july", "unknown"]),
        (Facts(months=(7,)), ["no_gps", "rome_july", "sydney"]),
        (Facts(weekdays=(7,)), ["no_gps", "rome_july", "sydney"]),
        (Facts(hours=(Hours(time(12), time(14)),)), ["rome", "unknown"]),
        (Facts(hours=(Hours(time(20), time(6)),)), ["no_gps", "rome_july", "sydney"]),
        (Facts(hours=(Hours(time(20), time(0)),)), ["no_gps", "rome_july", "sydney"]),
        (Facts(places=(Place("ROME"),)), ["rome", "rome_july"]),
        (Facts(places=(Place("Rome", "France"),)), []),
        (Facts(places=(Place("Rome"), Place(country="australia"))), sorted(PHOTOGRAPHS)[:4]),
        (Facts(areas=(Area(41.9, 12.501, 100),)), ["rome", "rome_july"]),
        (Facts(areas=(Area(41.9, 12.502, 100),)), []),
        (Facts(weather=("fog", "rain")), ["rome", "sydney"]),
        (Facts(tags=("Night Sky",)), ["rome"]),
        (Facts(tags=("night",)), []),
        (Facts(tags=("fog", "night sky")), ["rome"]),
        (Facts(tags=("fog", "dog")), []),
        (Facts(cameras=("gr iiix",)), ["rome_july"]),
        (Facts(cameras=("Ricoh",)), ["no_gps"]),
        (Facts(places=(Place("Rome"),), months=(7,)), ["rome_july"]),
    ],
)
def test_every_field_must_be_met_by_one_entry(
    find: Find, facts: Facts, expected: list[str]
) -> None:
    assert find(Plan(only=facts)) == expected


def test_what_is_not_known_is_not_shut_out(find: Find) -> None:
    assert find(Plan(never=Facts(places=(Place("Rome"),)))) == ["no_gps", "sydney", "unknown"]
    assert find(Plan(never=Facts(weather=("fog",), months=(7,)))) == ["unknown"]
    assert find(Plan(never=Facts(areas=(Area(41.9, 12.5, 100),)))) == [
        "no_gps",
        "sydney",
        "unknown",
    ]
    assert find(Plan(never=Facts(tags=("fog",), cameras=("GR IIIx",)))) == [
        "no_gps",
        "sydney",
        "unknown",
    ]


def test_bounds_and_keepers(find: Find) -> None:
    assert find(Plan(since=JULY)) == ["no_gps", "rome_july", "sydney"]
    assert find(Plan(before=JULY)) == ["rome", "unknown"]
    assert find(Plan(keeper=True)) == ["rome_july"]
    assert find(Plan(keeper=False)) == ["sydney"]


def test_merit_is_the_share_of_wishes_that_come_true(archive: DataRoot, find: Find) -> None:
    wish = merit(Facts(weather=("fog",), tags=("dog", "night sky")))
    query = f"SELECT photo_id, {wish.sql} AS merit FROM photos"
    found = dict(read_photos(archive.paths, query, wish.values).iter_rows())
    assert (found["rome"], found["sydney"], found["unknown"]) == (1.0, 0.0, 0.0)
    assert merit(Facts(weather=("fog",), months=(7,))).sql != merit(Facts()).sql == "0.0"


def test_a_quotation_mark_in_a_tag_is_found(archive: DataRoot) -> None:
    publish_rows(archive, [photo("a", tags=['12" pipe']), photo("b", tags=["pipe"])])
    assert _found(archive, passing(Plan(only=Facts(tags=('12" pipe',))))) == ["a"]
    assert _found(archive, passing(Plan(only=Facts(tags=("pipe",))))) == ["b"]


def test_a_camera_is_found_by_make_and_model(archive: DataRoot) -> None:
    publish_rows(
        archive,
        [
            photo("a", camera_make="RICOH", camera_model="GR IIIx"),
            photo("b", camera_make="RICOH", camera_model="GR III"),
        ],
    )
    assert _found(archive, passing(Plan(only=Facts(cameras=("Ricoh GR IIIx",))))) == ["a"]


@pytest.mark.parametrize(
    ("lat", "lon", "radius_m"),
    [
        (39.9537, -75.2036, 120),
        (0, 0, 500_000),
        (60, 179.99, 5_000),
        (-60, -179.99, 400_000),
        (89.999, 10, 1_000),
        (-90, 0, 700_000),
        (45, 100, 12_000_000),
        (10, 10, 25_000_000),
    ],
)
def test_circles_are_those_of_the_great_circle(
    archive: DataRoot, lat: float, lon: float, radius_m: float
) -> None:
    rng = np.random.default_rng(7)
    points = np.column_stack([rng.uniform(-90, 90, 400), rng.uniform(-180, 180, 400)])
    reach = min(2 * radius_m / 111_195, 80)
    close = np.column_stack(
        [rng.uniform(-reach, reach, 400) + lat, rng.uniform(-reach, reach, 400) + lon]
    )
    close = np.column_stack([np.clip(close[:, 0], -90, 90), (close[:, 1] + 180) % 360 - 180])
    points = np.vstack([points, close])
    away_m = 1000 * haversine_km(points, np.full_like(points, (lat, lon)))
    rows = [photo(f"{n:03}", lat=y, lon=x) for n, (y, x) in enumerate(points.tolist())]
    publish_rows(archive, rows)

    found = _found(archive, passing(Plan(only=Facts(areas=(Area(lat, lon, radius_m),)))))

    assert found == [f"{n:03}" for n in np.flatnonzero(away_m <= radius_m)]
    assert found
