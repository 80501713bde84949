"""Sessions whose keepers are all off by the same time, and coincidences that are not."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from flux_assets.keepers.matching.match_report import NOTHING
from flux_resources.settings_sections import KeeperMatchSettings
from flux_tests.keepers.matching.rows import NOON, Row, keeper, match, original

HOUR = timedelta(hours=1)


def walk(frames: int, begin: datetime = NOON, seed: int = 0, **values: Any) -> list[Row]:
    """Photographs of one walk, seconds to two minutes apart."""
    source, moment, rows = random.Random(seed), begin, []
    for n in range(frames):
        moment += timedelta(seconds=source.randint(4, 110))
        rows.append(original(f"R{n + 1:07d}", moment, **values))
    return rows


def kept(
    photographs: list[Row], chosen: list[int], by: timedelta, name: str = "walk", **values: Any
) -> dict[str, Row]:
    """The original of each keeper file, and the keepers themselves, their clock off `by`."""
    return {
        f"{name} {n}.jpg": keeper(f"{name} {n}.jpg", photographs[n]["captured_at"] + by, **values)
        for n in chosen
    }


def all_matched(found: dict[str, Row], photographs: list[Row]) -> bool:
    return all(
        row["photo_id"] == photographs[int(name[:-4].split()[1])]["photo_id"]
        for name, row in found.items()
    )


def test_names_prove_an_offset_that_then_matches_the_others_of_the_session() -> None:
    photographs = walk(60)
    named = {
        f"x{n}": keeper(f"R{n + 1:07d}.jpg", photographs[n]["captured_at"] + HOUR)
        for n in (3, 20, 41)
    }
    unnamed = kept(photographs, [8, 33], HOUR)
    found = match([*named.values(), *unnamed.values()], photographs)
    assert all_matched({name: found[name] for name in unnamed}, photographs)
    assert {(row["rung"], row["clock_offset_s"]) for row in found.values()} == {(1, 3600)}


def test_two_names_prove_nothing() -> None:
    photographs = walk(60)
    named = [
        keeper(f"R{n + 1:07d}.jpg", photographs[n]["captured_at"] + timedelta(seconds=4321))
        for n in (3, 20)
    ]
    found = match([*named, *kept(photographs, [8], timedelta(seconds=4321)).values()], photographs)
    assert {row["clock_offset_s"] for row in found.values()} == {None}
    assert found["walk 8.jpg"]["photo_id"] is None
    assert [found[row["filename"]]["rung"] for row in named] == [2, 2]


def test_three_edits_of_one_original_prove_nothing() -> None:
    photographs = walk(60)
    edits = [
        keeper(f"R0000004-{n}.jpg", photographs[3]["captured_at"] + timedelta(seconds=77))
        for n in range(3)
    ]
    others = kept(photographs, [8], timedelta(seconds=77))
    found = match([*edits, *others.values()], photographs)
    assert {row["clock_offset_s"] for row in found.values()} == {None}


@pytest.mark.parametrize("by", [HOUR, -9 * HOUR, timedelta(hours=5, minutes=30), 24 * HOUR])
def test_times_alone_prove_an_offset_of_zones(by: timedelta) -> None:
    photographs = walk(150)
    keepers = kept(photographs, [5, 31, 60, 92, 120], by)
    found = match(list(keepers.values()), photographs)
    assert all_matched(found, photographs)
    seconds = int(by.total_seconds())
    assert {(row["rung"], row["clock_offset_s"]) for row in found.values()} == {(1, seconds)}


def test_times_alone_prove_another_offset_from_more_keepers() -> None:
    photographs, by = walk(150), timedelta(seconds=-4321)
    found = match(list(kept(photographs, list(range(2, 150, 12)), by).values()), photographs)
    assert all_matched(found, photographs)
    few = match(list(kept(photographs, [5, 31, 60], by).values()), photographs)
    assert {row["clock_offset_s"] for row in few.values()} == {None}


@pytest.mark.parametrize("seed", range(5))
def test_keepers_of_other_walks_are_not_aligned_by_force(seed: int) -> None:
    strangers = walk(60, NOON + timedelta(minutes=13), seed=seed + 100)
    keepers = kept(strangers, [4, 17, 30, 44], timedelta(0), name="other")
    found = match(list(keepers.values()), walk(300, NOON - 3 * HOUR, seed=seed))
    assert {row["clock_offset_s"] for row in found.values()} == {None}


def test_frames_at_regular_intervals_prove_nothing() -> None:
    lapse = [original(f"R{n:07d}", NOON + timedelta(seconds=10 * n)) for n in range(400)]
    keepers = kept(lapse, [50, 90, 130, 170], timedelta(seconds=7003))
    found = match(list(keepers.values()), lapse)
    assert {row["photo_id"] for row in found.values()} == {None}


def test_one_stray_keeper_does_not_hide_the_offset_of_many() -> None:
    photographs = walk(200)
    keepers = kept(photographs, list(range(4, 200, 15)), HOUR)
    stray = keeper("stray.jpg", photographs[50]["captured_at"] + timedelta(seconds=1))
    found = match([*keepers.values(), stray], photographs)
    assert found.pop("stray.jpg")["review"] == NOTHING
    assert all_matched(found, photographs)


def test_in_a_session_that_is_off_the_uncorrected_time_is_a_coincidence() -> None:
    photographs = walk(60)
    true = photographs[8]["captured_at"]
    coincidence = original("R0009999", true + HOUR)
    keepers = kept(photographs, [8, 15, 22, 30, 47], HOUR)
    found = match(list(keepers.values()), [*photographs, coincidence])
    assert all_matched(found, photographs)


def test_a_copy_in_a_session_that_is_off_keeps_its_own_time() -> None:
    photographs = walk(60)
    keepers = kept(photographs, [8, 15, 22, 30, 47], HOUR)
    right = keeper("R0000051.jpg", photographs[50]["captured_at"])
    found = match([*keepers.values(), right], photographs)
    assert found["R0000051.jpg"]["photo_id"] == photographs[50]["photo_id"]
    assert found["R0000051.jpg"]["clock_offset_s"] is None


def test_a_session_goes_on_past_midnight() -> None:
    photographs = walk(60, datetime(2022, 1, 15, 22, 20))
    keepers = kept(photographs, [2, 20, 38, 58], HOUR)
    found = match(list(keepers.values()), photographs)
    days = {row["captured_at"].day for row in keepers.values()}
    assert days == {15, 16}
    assert all_matched(found, photographs)


def test_each_camera_has_its_own_clock() -> None:
    first, second = walk(60, serial="1"), walk(60, seed=1, serial="2")
    keepers = kept(first, [8, 15, 22, 47], HOUR, name="a", serial="1")
    others = kept(second, [9, 16, 23, 48], timedelta(0), name="b", serial="2")
    found = match([*keepers.values(), *others.values()], [*first, *second])
    offsets = {name: row["clock_offset_s"] for name, row in found.items()}
    assert {offsets[name] for name in keepers} == {3600}
    assert {offsets[name] for name in others} == {None}


def test_offsets_can_be_switched_off() -> None:
    photographs = walk(60)
    keepers = list(kept(photographs, [8, 15, 22, 30, 47], HOUR).values())
    found = match(keepers, photographs, settings=KeeperMatchSettings(drift_hours=0))
    assert {row["photo_id"] for row in found.values()} == {None}
