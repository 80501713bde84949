"""Clocks that are off by a constant are found and corrected; clocks that are not are left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from flux_assets.metadata.clock_neighbours import shift_between
from flux_tests.metadata.capture_rows import ROME, SHOT, TOKYO, Row, frame, resolved, session

HOUR = timedelta(hours=1)
ROME_TRUE = HOUR  # local time less UTC, in January
SUMMER = datetime(2022, 7, 1, 13)


def _offsets(*rows: Row) -> list[int | None]:
    return [row["clock_offset_s"] for row in resolved(*rows)]


def _gps(ahead: timedelta, count: int = 4, **known: Any) -> list[Row]:
    """A session in Rome whose clock is ahead of true local time."""
    return session(count, gps_behind=ROME_TRUE + ahead, serial="A", **{**ROME, **known})


def test_a_forgotten_summer_time_is_corrected_for_the_whole_day() -> None:
    rows = session(5, captured_at=SUMMER, gps_behind=HOUR, serial="A", **ROME)
    rows += session(1, first=9, captured_at=SUMMER + 2 * HOUR, serial="A")  # inside, without GPS

    found = resolved(*rows)

    assert [row["clock_offset_s"] for row in found] == [-3600] * 6
    assert found[0]["resolved_at"] == SUMMER + HOUR
    assert found[5]["resolved_at"] == SUMMER + 3 * HOUR
    assert found[5]["resolved_at_utc"] == (SUMMER + HOUR).replace(tzinfo=UTC)
    assert all(row["flags"] == ["drift-corrected"] for row in found)
    assert found[0]["candidates"][0]["note"] == "clock -3600 s ahead, by gps"
    assert found[0]["trust"] >= 0.6


def test_a_zone_not_changed_on_a_trip_is_corrected_to_the_place() -> None:
    """Time and OffsetTime of home agree with each other, and so does UTC."""
    rows = session(4, gps_behind=ROME_TRUE, offset_time="+01:00", serial="A", **TOKYO)

    row = resolved(*rows)[0]

    assert row["resolved_at"] == SHOT + 8 * HOUR
    assert row["resolved_at_utc"] == (SHOT - HOUR).replace(tzinfo=UTC)
    assert (row["zone_source"], row["clock_offset_s"]) == ("place", -8 * 3600)
    assert row["flags"] == ["drift-corrected", "zone-disagrees"]


def test_an_offset_time_that_satellites_refute_gives_way_to_the_place() -> None:
    rows = session(4, gps_behind=9 * HOUR, offset_time="+01:00", serial="A", **TOKYO)

    row = resolved(*rows)[0]

    assert (row["resolved_at"], row["clock_offset_s"]) == (SHOT, None)
    assert (row["utc_offset_minutes"], row["zone_source"]) == (540, "place")
    assert row["flags"] == ["zone-disagrees"]


def test_a_right_clock_is_left_alone() -> None:
    assert _offsets(*_gps(timedelta(0))) == [None] * 4


def test_fixes_that_are_minutes_old_are_no_drift() -> None:
    assert _offsets(*_gps(timedelta(minutes=4))) == [None] * 4


def test_a_clock_that_is_minutes_fast_is_corrected_to_the_second() -> None:
    assert _offsets(*_gps(timedelta(minutes=37, seconds=20))) == [2240] * 4


def test_an_hour_stays_an_hour_where_fixes_lag() -> None:
    assert _offsets(*_gps(HOUR + timedelta(seconds=40))) == [3600] * 4


def test_fixes_of_many_ages_are_no_drift() -> None:
    rows = _gps(timedelta(0), count=6)
    for row, minutes in zip(rows, (3, 6, 7, 8, 9, 10), strict=True):
        row["gps_at"] -= timedelta(minutes=minutes)

    assert _offsets(*rows) == [None] * 6


def test_one_fix_is_no_evidence() -> None:
    rows = session(4, serial="A", **ROME)
    rows[0]["gps_at"] = (SHOT - 3 * HOUR).replace(tzinfo=UTC)

    assert _offsets(*rows) == [None] * 4


def test_a_fix_that_stands_still_counts_once() -> None:
    stale = (SHOT - 3 * HOUR).replace(tzinfo=UTC)

    assert _offsets(*session(6, every=20, serial="A", gps_at=stale, **ROME)) == [None] * 6


def test_fixes_that_disagree_correct_nothing() -> None:
    rows = _gps(timedelta(0), count=6)
    for n, row in enumerate(rows):
        row["gps_at"] -= n * timedelta(minutes=25)

    assert _offsets(*rows) == [None] * 6


@pytest.mark.parametrize(("hours", "corrected"), [(26, True), (27, False), (24 * 365, False)])
def test_a_difference_over_27_hours_is_refused(hours: int, corrected: bool) -> None:
    found = resolved(*_gps(timedelta(hours=hours)))

    assert found[0]["clock_offset_s"] == (hours * 3600 if corrected else None)
    assert ("gps-refused" in found[0]["flags"]) != corrected


def test_each_camera_has_its_own_clock() -> None:
    wrong, right = _gps(HOUR), _gps(timedelta(0), first=100)
    right = [row | {"serial": "B"} for row in right]

    assert _offsets(*wrong, *right) == [3600] * 4 + [None] * 4


def test_each_day_has_its_own_offset() -> None:
    later = SHOT + timedelta(days=1)
    tomorrow = _gps(timedelta(0), first=100, captured_at=later, day="2022-01-16")

    found = resolved(*_gps(HOUR), *tomorrow, days=("2022-01-15", "2022-01-16"))

    assert [row["clock_offset_s"] for row in found] == [3600] * 4 + [None] * 4


def test_a_flight_leaves_the_morning_alone_and_corrects_the_evening() -> None:
    morning = _gps(timedelta(0), captured_at=datetime(2022, 1, 15, 6))
    evening = session(
        3, first=50, captured_at=datetime(2022, 1, 15, 20), gps_behind=HOUR, serial="A", **TOKYO
    )

    assert _offsets(*morning, *evening) == [None] * 4 + [-8 * 3600] * 3


def test_the_corrected_day_keeps_its_signals() -> None:
    camera: Row = {"digitized_at": SHOT, "file_modified_at": SHOT.replace(tzinfo=UTC)}
    rows = _gps(HOUR, folder="2022-01-15", every=1, **camera)

    assert resolved(*rows)[1]["trust"] == 1.0


def _two_bodies(ahead: timedelta, *, starts: list[int], second: Row | None = None) -> list[Row]:
    """A body with GPS time, and one whose clock is ahead, that shoots a minute after it."""
    rows = []
    for n, minutes in enumerate(starts):
        at = SHOT + timedelta(minutes=minutes)
        fix = (at - ROME_TRUE).replace(tzinfo=UTC)
        rows.append(frame(f"a/R{n:07}.JPG", captured_at=at, gps_at=fix, serial="A", **ROME))
    for n, minutes in enumerate(starts):
        at = SHOT + timedelta(minutes=minutes + 1) + ahead
        rows.append(frame(f"b/L{n:07}.JPG", captured_at=at, serial="B", **(second or {})))
    return rows


_SESSION = [0, 6, 7, 21, 33, 52, 54, 71, 97, 101, 118, 139]


def test_a_camera_without_gps_is_set_right_by_the_one_beside_it() -> None:
    found = resolved(*_two_bodies(HOUR, starts=_SESSION))

    first = found[len(_SESSION)]
    assert {row["clock_offset_s"] for row in found[len(_SESSION) :]} == {3600}
    assert first["resolved_at"] == SHOT + timedelta(minutes=1)
    assert (first["zone_source"], first["utc_offset_minutes"]) == ("place", 60)
    assert first["candidates"][0]["note"] == "clock 3600 s ahead, by neighbours"


@pytest.mark.parametrize(
    ("ahead", "starts", "second"),
    [
        (timedelta(0), _SESSION, {}),
        (HOUR, _SESSION[:4], {}),
        (HOUR, list(range(0, 600, 2)), {}),
        (timedelta(minutes=67), _SESSION, {}),
        (HOUR, _SESSION, {"time_zone": "Europe/Rome", "lat": 45.46, "lon": 9.19}),
        (HOUR, _SESSION, TOKYO),
    ],
    ids=["right", "too few", "all day long", "no quarter", "in Milan", "in Tokyo"],
)
def test_neighbours_say_nothing_that_is_not_sure(
    ahead: timedelta, starts: list[int], second: Row
) -> None:
    found = resolved(*_two_bodies(ahead, starts=starts, second=second))

    assert {row["clock_offset_s"] for row in found} == {None}


def test_cameras_used_at_random_are_not_aligned() -> None:
    random = np.random.default_rng(5)
    unknown = [np.nan, np.nan]
    for _ in range(40):
        first, second = (
            np.array([[at, *unknown] for at in random.uniform(0, 6 * 3600, 40)]) for _ in "ab"
        )
        assert shift_between(first, second) is None
