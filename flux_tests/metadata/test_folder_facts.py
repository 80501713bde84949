"""What a folder says of its photographs: outliers, order, and files that were copied."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.metadata.folder_order import longest_rising
from flux_tests.metadata.capture_rows import (
    COPIED,
    SHOT,
    Row,
    candidate,
    frame,
    resolved,
    session,
)

JUNE = datetime(2022, 6, 20, 9)


def test_an_outlier_whose_path_disagrees_takes_path_and_file_time() -> None:
    rows = session(4, folder="2022-01-15 Rome")
    rows[3] |= {"captured_at": JUNE, "file_modified_at": datetime(2022, 1, 15, 14, tzinfo=UTC)}

    row = resolved(*rows)[3]

    assert row["resolved_at"] == datetime(2022, 1, 15, 14)
    assert row["signals_used"][:2] == ["file_time", "path"]
    assert "outlier" in row["flags"]
    assert candidate(row, "exif_original")["note"] == "far from its folder, and the path disagrees"


def test_an_outlier_whose_path_agrees_is_believed() -> None:
    rows = session(4, folder="2022")
    rows[3]["captured_at"] = JUNE

    row = resolved(*rows)[3]

    assert (row["resolved_at"], row["flags"]) == (JUNE, ["outlier"])


def test_an_outlier_without_path_is_uncertain_and_keeps_its_exif() -> None:
    rows = session(4)
    rows[3]["captured_at"] = JUNE

    row = resolved(*rows)[3]

    assert row["resolved_at"] == JUNE
    assert row["trust"] >= 0.5
    assert row["flags"] == ["date-uncertain", "outlier"]


def test_an_outlier_that_satellites_bear_out_is_none() -> None:
    rows = session(4)
    rows[3] |= {"captured_at": JUNE, "gps_at": JUNE.replace(tzinfo=UTC)}

    assert resolved(*rows)[3]["flags"] == []


def test_a_file_time_of_the_refused_clock_is_refused_with_it() -> None:
    rows = session(4, folder="2022-01-15 Rome")
    rows[3] |= {"captured_at": JUNE, "file_modified_at": JUNE.replace(tzinfo=UTC)}

    row = resolved(*rows)[3]

    assert row["resolved_at"].date() == SHOT.date()
    assert candidate(row, "file_time")["note"] == "the camera's clock, which is not believed"


@pytest.mark.parametrize("every_days", [20, 300])
def test_folders_of_many_months_have_no_outliers(every_days: int) -> None:
    rows = session(8, every=every_days * 86_400, captured_at=datetime(2017, 1, 15))

    assert all("outlier" not in row["flags"] for row in resolved(*rows))


def test_a_folder_is_judged_as_a_whole_over_all_its_days() -> None:
    rows = [row | {"day": "2022-01-14"} for row in session(4, captured_at=datetime(2022, 1, 14))]
    alone = frame("FLUX_INBOX/card/R0000009.JPG", captured_at=JUNE, day="2022-06-20")

    (found,) = resolved(*rows, alone, days=("2022-06-20",))

    assert found["flags"] == ["date-uncertain", "outlier"]


def _in_order(rows: list[Row]) -> list[bool]:
    return ["order" in row["signals_used"] for row in resolved(*rows)]


def test_numbers_that_ascend_with_time_count_and_an_inversion_costs_itself_alone() -> None:
    rows = session(6)
    rows[2]["captured_at"] += timedelta(hours=6)

    assert _in_order(session(6)) == [True] * 6
    assert _in_order(rows) == [True, True, False, True, True, True]


def test_a_counter_that_wrapped_is_in_order() -> None:
    before = session(3, first=9997)
    after = session(3, first=1, captured_at=SHOT + timedelta(hours=1))

    assert _in_order(after + before) == [True] * 6


def test_a_single_number_says_nothing_of_order() -> None:
    assert _in_order(session(1)) == [False]


def test_raw_and_jpeg_of_one_press_are_no_neighbours() -> None:
    press = [frame(f"x/R0001234.{ending}", captured_at=SHOT) for ending in ("JPG", "DNG")]

    assert _in_order(press) == [False] * 2


def test_names_that_hold_dates_are_no_counters() -> None:
    names = ("2022-01-15 a", "2022-01-15 b", "20220115_1234", "Screenshot_2022-01-15-13-22-44")
    rows = [frame(f"x/{name}.jpg", captured_at=SHOT) for name in names]

    assert _in_order(rows) == [False] * 4


def test_two_cameras_in_one_folder_are_counted_apart() -> None:
    second = session(3, first=1, captured_at=SHOT - timedelta(hours=3), serial="B")

    assert _in_order(session(3, first=2, serial="A") + second) == [True] * 6


def test_a_frame_without_exif_fits_between_its_neighbours() -> None:
    rows = session(3, serial="A")
    rows[1] |= {"captured_at": None, "serial": None}
    rows[1]["file_modified_at"] = (SHOT + timedelta(seconds=600)).replace(tzinfo=UTC)

    row = resolved(*rows)[1]

    assert row["signals_used"] == ["file_time", "order"]
    assert candidate(row, "order")["says"] == (
        "after 2022-01-15 13:22:44, before 2022-01-15 13:42:44"
    )


def test_the_number_in_exif_counts_where_the_name_has_none() -> None:
    rows = [
        frame(f"x/{name}.JPG", captured_at=SHOT + timedelta(minutes=n), file_number=n)
        for n, name in enumerate("cab")
    ]

    assert _in_order(rows) == [True] * 3


def _file_weight(*rows: Row, log: dict[str, list[object]] | None = None) -> float:
    return float(candidate(resolved(*rows, log=log)[0], "file_time")["weight"])


def test_file_times_that_a_folder_shares_are_worth_less() -> None:
    assert _file_weight(*session(3)) == 0.1
    assert _file_weight(*session(2)) == 0.2


def test_a_file_time_of_the_intake_is_worth_less() -> None:
    at = (COPIED + timedelta(minutes=3)).isoformat()
    log: dict[str, list[object]] = {"sha256": [f"{0:064x}"], "action": ["filed"], "at": [at]}

    assert _file_weight(frame(captured_at=SHOT), log=log) == 0.1


def test_file_times_by_the_cameras_own_clock_are_worth_all_however_dense() -> None:
    burst = [
        row | {"file_modified_at": (row["captured_at"] - timedelta(hours=1)).replace(tzinfo=UTC)}
        for row in session(5, every=0.25)
    ]

    assert _file_weight(*burst) == 0.2


def test_a_copy_on_the_day_itself_agrees_and_adds_half() -> None:
    evening = datetime(2022, 1, 15, 20, 1, tzinfo=UTC)

    assert resolved(*session(3, file_modified_at=evening, serial=None))[0]["trust"] == 0.9


@given(st.lists(st.integers(0, 20), max_size=12))
def test_the_longest_rising_sequence_is_the_longest(values: list[int]) -> None:
    found = longest_rising(values)

    best = [1] * len(values)
    for here, value in enumerate(values):
        longest = [best[i] for i in range(here) if values[i] <= value]
        best[here] = 1 + max(longest, default=0)
    assert len(found) == max(best, default=0)
    assert all(values[a] <= values[b] and a < b for a, b in pairwise(found))
