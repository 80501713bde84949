"""From local time to UTC: OffsetTime, the zone of the place, and clocks that change."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from flux_assets.metadata.time_zones import fixed_zone, known_zone
from flux_tests.metadata.capture_rows import ROME, SHOT, TOKYO, one, resolved, session

FOLD = datetime(2022, 10, 30, 2, 30)  # came twice in Rome
GAP = datetime(2022, 3, 27, 2, 30)  # did not come in Rome


def test_offset_time_comes_first_and_a_place_that_disagrees_is_reported() -> None:
    row = one(captured_at=SHOT, offset_time="+09:00", **ROME)

    assert row["resolved_at_utc"] == (SHOT - timedelta(hours=9)).replace(tzinfo=UTC)
    assert (row["zone_source"], row["flags"]) == ("offset_time", ["zone-disagrees"])


def test_without_offset_time_the_zone_of_the_place_holds() -> None:
    winter, summer = (one(captured_at=at, **ROME) for at in (SHOT, datetime(2022, 7, 1)))

    assert (winter["utc_offset_minutes"], summer["utc_offset_minutes"]) == (60, 120)
    assert winter["zone_source"] == "place"


def test_without_either_there_is_no_utc() -> None:
    row = one(captured_at=SHOT)

    assert (row["resolved_at_utc"], row["zone_source"]) == (None, None)


def test_a_frame_without_gps_is_in_the_zone_of_its_cameras_day() -> None:
    rows = session(2, serial="A", **TOKYO) + session(1, first=3, serial="A")

    assert resolved(*rows)[2]["utc_offset_minutes"] == 540


def test_a_cameras_day_in_two_zones_has_none() -> None:
    rows = [*session(1, serial="A", **TOKYO), *session(1, first=2, serial="A", **ROME)]

    assert resolved(*rows, *session(1, first=3, serial="A"))[2]["resolved_at_utc"] is None


@pytest.mark.parametrize("offset", ["+99:00", "+15:00", "-13:00", "+00:07", "summer", ""])
def test_an_offset_that_no_place_has_is_refused(offset: str) -> None:
    assert one(captured_at=SHOT, offset_time=offset)["zone_source"] is None
    assert one(captured_at=SHOT, offset_time=offset, **ROME)["zone_source"] == "place"


def test_a_zone_that_does_not_exist_is_none() -> None:
    assert one(captured_at=SHOT, time_zone="Mars/Olympus")["resolved_at_utc"] is None
    assert known_zone(pl.Series(["Europe/Rome", "America", "../x", None])).null_count() == 3


def test_an_hour_that_came_twice_is_the_first() -> None:
    assert one(captured_at=FOLD, **ROME)["utc_offset_minutes"] == 120


def test_satellites_say_which_of_the_two_hours_it_was() -> None:
    row = one(captured_at=FOLD, gps_at=datetime(2022, 10, 30, 1, 29, tzinfo=UTC), **ROME)

    assert row["resolved_at_utc"] == datetime(2022, 10, 30, 1, 30, tzinfo=UTC)


def test_a_time_that_was_jumped_over_counts_as_before_the_jump() -> None:
    row = one(captured_at=GAP, **ROME)

    assert (row["resolved_at"], row["utc_offset_minutes"]) == (GAP, 60)
    assert row["resolved_at_utc"] == datetime(2022, 3, 27, 1, 30, tzinfo=UTC)


def test_fixed_offsets_are_read_as_cameras_write_them() -> None:
    written = pl.Series(["+09:00", "-0330", "Z", " +05:45", "9", None])

    assert fixed_zone(written).to_list() == ["+09:00", "-03:30", "+00:00", "+05:45", None, None]
