"""Bursts: what belongs together, what keeps frames apart, and which frame is best."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from flux_assets.refresh import plan_refresh
from flux_assets.vision.bursts import Bursts, as_one_day, find_bursts, list_bursts
from flux_resources.settings_sections import BurstSettings
from flux_tests.vision.archive_rows import bits, photographs, sha256_of

START = datetime(2022, 1, 15, 13, 22, 44)
UNLIKE = bits(*range(11))


def day(*frames: tuple[float, dict[str, Any]]) -> pl.DataFrame:
    """Photographs `a`, `b`, ... at the given seconds."""
    return photographs(
        *(
            {"photo_id": chr(ord("a") + n), "resolved_at": START + timedelta(seconds=at)} | columns
            for n, (at, columns) in enumerate(frames)
        )
    )


def bursts(rows: pl.DataFrame, settings: BurstSettings | None = None) -> list[str]:
    """The photo_ids of each burst, in order of time."""
    found = find_bursts(rows, settings=settings or BurstSettings())
    Bursts.validate(found.with_columns(fingerprint=pl.lit("f")), cast=True)
    assert found["photo_id"].to_list() == rows["photo_id"].to_list()
    assert set(found["kind"].drop_nulls()) <= {"burst", "none"}
    return sorted("".join(members) for members in list_bursts(found)["photo_ids"])


def best(rows: pl.DataFrame) -> tuple[str, str]:
    (row,) = list_bursts(find_bursts(rows, settings=BurstSettings())).iter_rows(named=True)
    return row["best"], row["reason"]


def test_frames_with_pauses_of_a_second_are_a_burst_and_longer_ones_are_not() -> None:
    assert bursts(day((0, {}), (1, {}), (2, {}), (3.001, {}), (3.5, {}))) == ["abc", "de"]


def test_pauses_are_exact_to_the_millisecond() -> None:
    for start in range(0, 1000, 7):
        assert bursts(day((start / 1000, {}), (start / 1000 + 1, {}))) == ["ab"]


def test_without_subseconds_pauses_may_last_two_seconds() -> None:
    bare = {"subsecond": None}
    assert bursts(day((0, bare), (2, bare), (5, bare))) == ["ab"]
    assert bursts(day((0, bare), (2, {}))) == ["ab"]
    assert bursts(day((0, {}), (2, {}))) == []


def test_both_pauses_are_settings() -> None:
    settings = BurstSettings(gap_seconds=3, gap_seconds_without_subseconds=4)
    bare = {"subsecond": ""}
    assert bursts(day((0, {}), (3, {}), (7, {})), settings) == ["ab"]
    assert bursts(day((0, bare), (4, bare)), settings) == ["ab"]


def test_pictures_must_look_alike_by_hash_or_by_vector() -> None:
    def pair(phash: int | None, cosine: float) -> list[str]:
        other = {"phash": phash, "vector": [cosine, (1 - cosine**2) ** 0.5]}
        return bursts(day((0, {"vector": [1.0, 0.0]}), (0.5, other)))

    assert pair(bits(*range(10)), 0.0) == ["ab"]
    assert pair(UNLIKE, 0.881) == ["ab"]
    assert pair(None, 0.881) == ["ab"]
    assert pair(UNLIKE, 0.879) == []
    assert pair(None, 0.0) == []


def test_flat_pictures_look_like_nothing() -> None:
    flat = {"flat": True, "vector": [1.0]}
    assert bursts(day((0, flat), (0.5, flat))) == []


@pytest.mark.parametrize(
    "other", [{"camera_model": "GR IIIx"}, {"serial": "2"}, {"camera_make": None}]
)
def test_another_body_is_another_photographer(other: dict[str, Any]) -> None:
    assert bursts(day((0, {}), (0.2, other), (0.4, {}), (0.6, other))) == ["ac", "bd"]


def test_frames_of_no_known_camera_are_no_burst() -> None:
    unknown = {"camera_make": None, "camera_model": None}
    assert bursts(day((0, unknown), (0.5, unknown))) == []


def test_another_place_is_another_photographer() -> None:
    here, there = {"lat": 41.89, "lon": 12.49}, {"lat": 41.89, "lon": 12.50}
    assert bursts(day((0, here), (0.2, there), (0.4, here), (0.6, there))) == ["ac", "bd"]


def test_a_few_steps_or_an_unknown_place_keep_nobody_apart() -> None:
    here, near = {"lat": 41.89, "lon": 12.49}, {"lat": 41.8909, "lon": 12.4907}
    assert bursts(day((0, here), (0.2, near), (0.4, {}), (0.6, here))) == ["abcd"]


def test_the_burst_that_the_camera_named_outranks_time_and_look() -> None:
    one, two = {"camera_burst_id": "1"}, {"camera_burst_id": "2", "phash": UNLIKE}
    rows = day((0, one), (0.1, two), (9, one | {"phash": UNLIKE}), (9.1, {}), (9.2, two))
    assert bursts(rows) == ["ac", "be"]


def test_a_frame_alone_in_its_camera_burst_is_none() -> None:
    assert bursts(day((0, {"camera_burst_id": "1"}), (0.1, {}))) == []


def test_the_same_camera_burst_id_of_two_bodies_is_two() -> None:
    ours, theirs = ({"camera_burst_id": "1", "serial": serial} for serial in "12")
    assert bursts(day((0, ours), (0.1, theirs), (0.2, ours), (0.3, theirs))) == ["ac", "bd"]


def test_raw_and_jpeg_are_one_press_of_which_the_jpeg_speaks() -> None:
    raw = {"pair_id": "a", "photo_id": "a_DNG", "phash": UNLIKE, "quality_score": 0.9}
    jpeg = {"pair_id": "a", "photo_id": "a", "quality_score": 0.5}
    rows = day((0, raw), (0, jpeg), (0.5, {"quality_score": 0.7, "photo_id": "b"}))

    found = find_bursts(rows, settings=BurstSettings()).sort("photo_id")

    assert found["position"].to_list() == [1, 1, 2]
    assert found["burst_size"].to_list() == [2, 2, 2]
    assert found["is_best"].to_list() == [False, False, True]


def test_raw_and_jpeg_alone_are_no_burst() -> None:
    rows = day((0, {"pair_id": "a"}), (0, {"pair_id": "a", "photo_id": "a_DNG"}))
    found = find_bursts(rows, settings=BurstSettings())
    assert found["kind"].to_list() == ["none", "none"]
    assert found["burst_id"].null_count() == found["is_best"].null_count() == 2


def test_the_keeper_is_best_then_quality_then_the_first() -> None:
    low, high = {"quality_score": 0.6}, {"quality_score": 0.71}
    assert best(day((0, high), (0.5, low | {"keeper": 1}))) == ("b", "a keeper")
    assert best(day((0, low), (0.5, high))) == ("b", "quality 0.71, the next 0.6")
    assert best(day((0, {}), (0.5, low))) == ("b", "quality 0.6, the next 0.0")
    assert best(day((0, low), (0.5, low))) == ("a", "the first of equals")


def test_positions_follow_time_and_ids_the_first_frame() -> None:
    rows = day((2, {}), (0, {}), (1, {}))
    found = find_bursts(rows, settings=BurstSettings())
    assert found["position"].to_list() == [3, 1, 2]
    assert set(found["burst_id"]) == {f"burst_{sha256_of('b')[:16]}"}


def test_the_same_day_in_any_order_gives_the_same_bursts() -> None:
    frames = [(n * 0.7 + (n % 5 == 0) * 2, {"quality_score": n % 3 / 3}) for n in range(40)]
    rows = day(*frames)
    found = find_bursts(rows, settings=BurstSettings())
    shuffled = find_bursts(rows.sample(fraction=1, shuffle=True, seed=3), settings=BurstSettings())
    assert shuffled.sort("photo_id").equals(found.sort("photo_id"))


def test_a_photograph_without_a_time_is_an_error_row() -> None:
    found = find_bursts(day((0, {}), (0, {"resolved_at": None})), settings=BurstSettings())
    assert found["kind"].to_list() == ["none", None]
    assert found["error"].to_list() == [None, "bursts: no capture time (see capture_times)"]


def test_a_day_without_photographs_has_no_rows() -> None:
    assert bursts(day((0, {})).clear()) == []


def test_what_changes_in_one_photograph_makes_the_whole_day_stale() -> None:
    rows = day((0, {}), (5, {}))
    version = "1"
    stored = plan_refresh(
        as_one_day(rows), rows.clear().select("photo_id", "fingerprint"), version=version
    ).fingerprints

    same = plan_refresh(as_one_day(rows), stored, version=version)
    assert same.todo.is_empty()
    changed = rows.with_columns(
        fingerprint=pl.when(pl.col("photo_id") == "b").then(pl.lit("g")).otherwise("fingerprint")
    )
    assert plan_refresh(as_one_day(changed), stored, version=version).todo.height == 2
    fewer = plan_refresh(as_one_day(rows.head(1)), stored, version=version)
    assert fewer.todo["photo_id"].to_list() == ["a"]
