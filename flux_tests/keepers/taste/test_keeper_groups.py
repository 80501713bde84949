"""Groups: what must stay together."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.keepers.taste.keeper_groups import group_photographs, links_of
from flux_tests.keepers.taste.labelled_rows import archive_of, near


def groups(photographs: pl.DataFrame, duplicates: pl.DataFrame | None = None) -> dict[str, str]:
    """`group_id` without its prefix, by photo_id."""
    links = links_of(photographs, near() if duplicates is None else duplicates, midnight_seconds=30)
    found = group_photographs(photographs, links)
    assert found["photo_id"].to_list() == photographs["photo_id"].to_list()
    return {photo_id: group.removeprefix("group_") for photo_id, group in found.iter_rows()}


def frame(photo_id: str, day: str, **columns: Any) -> dict[str, Any]:
    return {"photo_id": photo_id, "day": day} | columns


def test_a_session_is_one_group_named_after_its_day() -> None:
    rows = archive_of(frame("a", "2022-01-15"), frame("b", "2022-01-16"), frame("c", "2022-01-15"))
    assert groups(rows) == {"a": "2022-01-15", "b": "2022-01-16", "c": "2022-01-15"}


def test_a_duplicate_across_the_years_joins_both_sessions() -> None:
    rows = archive_of(
        *(frame(name, f"202{name}-01-15") for name in "2345"), frame("x", "2025-01-15")
    )
    assert groups(rows, near("2 x")) == {
        "2": "2022-01-15", "3": "2023-01-15", "4": "2024-01-15", "5": "2022-01-15",
        "x": "2022-01-15",
    }  # fmt: skip


def test_groups_join_through_others() -> None:
    rows = archive_of(*(frame(name, f"202{name}-01-15") for name in "2345"))
    assert set(groups(rows, near("4 5", "3 4", "2 3")).values()) == {"2022-01-15"}


def test_a_burst_that_has_one_id_on_two_days_joins_them() -> None:
    both = {"burst_id": "burst_1"}
    rows = archive_of(frame("a", "2022-01-15", **both), frame("b", "2022-03-01", **both))
    assert set(groups(rows).values()) == {"2022-01-15"}


@pytest.mark.parametrize(("second", "joined"), [(0, True), (29, True), (31, False)])
def test_a_burst_over_midnight_joins_both_days(second: int, joined: bool) -> None:
    rows = archive_of(
        frame("a", "2022-01-15", resolved_at=datetime(2022, 1, 15, 23, 59, 59, 500_000)),
        frame("b", "2022-01-16", resolved_at=datetime(2022, 1, 16, 0, 0, second)),
        frame("c", "2022-01-16", resolved_at=datetime(2022, 1, 16, 12)),
    )
    assert (len(set(groups(rows).values())) == 1) == joined


def test_equal_times_join_only_consecutive_days() -> None:
    lost_clock = {"resolved_at": datetime(2000, 1, 1)}
    rows = archive_of(
        frame("a", "2022-01-15", **lost_clock), frame("b", "2022-01-17", **lost_clock)
    )
    assert len(set(groups(rows).values())) == 2


def test_duplicates_that_are_no_examples_join_nothing() -> None:
    rows = archive_of(frame("a", "2022-01-15"), frame("b", "2022-01-16"))
    assert len(set(groups(rows, near("a gone", "gone b")).values())) == 2


def test_an_archive_without_photographs_has_no_groups() -> None:
    assert groups(archive_of()) == {}


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=12))
def test_groups_are_the_connected_parts(pairs: list[tuple[int, int]]) -> None:
    rows = archive_of(*(frame(f"p{number}", f"2022-01-{number + 1:02}") for number in range(12)))
    reached = np.eye(12, dtype=bool)
    for one, other in pairs:
        reached[one, other] = reached[other, one] = True
    for _ in range(4):
        reached = reached @ reached

    found = groups(rows, near(*(f"p{one} p{other}" for one, other in pairs)))

    assert [found[f"p{n}"] for n in range(12)] == [
        f"2022-01-{reached[n].argmax() + 1:02}" for n in range(12)
    ]


def test_the_order_of_rows_does_not_matter() -> None:
    rows = archive_of(*(frame(f"p{n}", f"2022-01-{n // 3 + 1:02}") for n in range(60)))
    links = near(*(f"p{one} p{other}" for one, other in pairwise(range(2, 40, 9))))
    assert groups(rows.sample(fraction=1, shuffle=True, seed=1), links) == groups(rows, links)
