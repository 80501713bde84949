"""Which original a keeper is matched with, on which rung, and when a person must look."""

from datetime import datetime, timedelta

import pytest

from flux_assets.keepers.matching.keeper_matches import (
    NAME_ONLY,
    NAME_REPEATS,
    SEVERAL_AT_TIME,
    TIME_OR_NAME,
)
from flux_assets.keepers.matching.match_report import NOTHING
from flux_tests.keepers.matching.rows import NOON, digest, keeper, match, only, original

SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)


def ms(milliseconds: int) -> datetime:
    return NOON + timedelta(milliseconds=milliseconds)


# Rung 1: time


def test_a_time_of_one_photograph_matches_on_rung_1() -> None:
    a, b = original("R0000001"), original("R0000002", NOON + SECOND)
    found = only(keeper("web_0001.jpg", NOON + SECOND), [a, b])
    assert (found["photo_id"], found["rung"], found["edited"]) == (b["photo_id"], 1, True)
    assert (found["review"], found["clock_offset_s"]) == (None, None)
    assert found["candidates"] == [b["photo_id"]]


def test_sub_seconds_tell_frames_of_one_second_apart_where_both_have_them() -> None:
    frames = [original(f"R000000{n}", ms(240 * n), subsecond=str(24 * n)) for n in (1, 2, 3)]
    found = only(keeper("a.jpg", ms(480), subsecond="48"), frames)
    assert (found["photo_id"], found["rung"]) == (frames[1]["photo_id"], 1)


def test_hundredths_kept_of_thousandths_still_agree() -> None:
    frames = [original("R0000001", ms(523)), original("R0000002", ms(773))]
    assert only(keeper("a.jpg", ms(520)), frames)["photo_id"] == frames[0]["photo_id"]


def test_lost_sub_seconds_leave_one_photograph_of_that_second_matched() -> None:
    found = only(keeper("a.jpg", NOON), [original("R0000001", ms(520), subsecond="52")])
    assert found["rung"] == 1


def test_another_sub_second_is_another_photograph() -> None:
    found = only(keeper("a.jpg", ms(130)), [original("R0000001", ms(520))])
    assert (found["photo_id"], found["review"]) == (None, NOTHING)
    assert found["candidates"] == [original("R0000001", ms(520))["photo_id"]]


def test_zeros_for_sub_seconds_may_be_lost_ones_but_prefer_a_frame_with_zeros() -> None:
    late = original("R0000002", ms(250), subsecond="25")
    zeros = keeper("a.jpg", NOON, subsecond="00")
    assert only(zeros, [late])["photo_id"] == late["photo_id"]
    first = original("R0000001", NOON, subsecond="00")
    assert only(zeros, [first, late])["photo_id"] == first["photo_id"]


def test_the_camera_tells_two_bodies_of_one_second_apart() -> None:
    a = original("R0000001", camera_model="GR III", serial="1")
    b = original("R0000009", camera_model="GR IIIx", serial="2")
    for own in ({"camera_model": "GR IIIx"}, {"serial": "2"}):
        found = only(keeper("a.jpg", NOON, **own), [a, b])
        assert (found["photo_id"], found["rung"]) == (b["photo_id"], 1)


def test_a_picture_of_another_camera_at_the_same_time_is_no_match() -> None:
    found = only(keeper("a.jpg", NOON, camera_model="iPhone 13"), [original("R0000001")])
    assert (found["photo_id"], found["review"]) == (None, NOTHING)
    assert found["candidates"] == [original("R0000001")["photo_id"]]


def test_time_comes_before_the_name() -> None:
    a, b = original("R0000001"), original("R0000002", NOON + 7 * SECOND)
    found = only(keeper("R0000002.JPG", NOON), [a, b])
    assert (found["photo_id"], found["rung"]) == (a["photo_id"], 1)
    assert found["confidence"] < 0.9
    assert found["candidates"] == [a["photo_id"], b["photo_id"]]


def test_a_time_that_another_clock_would_explain_is_not_believed_against_the_name() -> None:
    a, b = original("R0000001"), original("R0000002", NOON - timedelta(hours=1))
    found = only(keeper("R0000002.JPG", NOON), [a, b])
    assert (found["photo_id"], found["review"]) == (None, TIME_OR_NAME)
    assert set(found["candidates"]) == {a["photo_id"], b["photo_id"]}


def test_of_raw_and_jpeg_the_jpeg_is_the_reference() -> None:
    jpeg = original("R0000001", pair_id=original("R0000001")["photo_id"])
    raw = jpeg | {"photo_id": jpeg["photo_id"] + "_DNG", "sha256": digest("raw")}
    found = only(keeper("a.jpg", NOON), [raw, jpeg])
    assert (found["photo_id"], found["rung"]) == (jpeg["photo_id"], 1)
    copy = only(keeper("a.DNG", NOON, sha256=digest("raw")), [raw, jpeg])
    assert (copy["photo_id"], copy["rung"], copy["edited"]) == (raw["photo_id"], 1, False)


# Rung 2: name


def test_several_of_one_time_go_on_to_the_name_among_these_alone() -> None:
    burst = [original(f"R000000{n}") for n in (1, 2, 3)]
    elsewhere = original("R0000009", NOON + timedelta(minutes=3))
    found = only(keeper("R0000002-2.jpg", NOON), [*burst, elsewhere])
    assert (found["photo_id"], found["rung"]) == (burst[1]["photo_id"], 2)
    other = only(keeper("R0000009.jpg", NOON), [*burst, elsewhere])
    assert (other["photo_id"], other["review"]) == (None, SEVERAL_AT_TIME)
    assert other["candidates"][:3] == [row["photo_id"] for row in burst]
    assert elsewhere["photo_id"] in other["candidates"]


@pytest.mark.parametrize(
    "filename",
    [
        *(
            "R0001234.jpg",
            "r0001234.JPG",
            "R0001234-2.jpg",
            "R0001234 copy.JPG",
            "R0001234copy.jpg",
        ),
        *("R0001234 (1).jpg", "best of R0001234_edit.tif", "R0001234.DNG.jpg"),
        "2022-01-15_12-00-00_DanteSisofo_R0001234_edit.jpg",
    ],
)
def test_a_name_that_one_photograph_bears_matches_on_rung_2(filename: str) -> None:
    found = only(keeper(filename), [original("R0001234"), original("R0001235", NOON + SECOND)])
    assert (found["photo_id"], found["rung"]) == (original("R0001234")["photo_id"], 2)


@pytest.mark.parametrize("filename", ["web_0001.jpg", "R00012345.jpg", "1234.jpg", "edit.jpg"])
def test_other_names_match_nothing(filename: str) -> None:
    found = only(keeper(filename), [original("R0001234"), original("0001", NOON + SECOND)])
    assert (found["photo_id"], found["review"]) == (None, NOTHING)


def test_a_counter_that_wrapped_leaves_a_bare_name_ambiguous() -> None:
    wrapped = [original("R0000123", NOON + n * YEAR) for n in range(3)]
    found = only(keeper("R0000123.JPG"), wrapped)
    assert (found["photo_id"], found["review"]) == (None, NAME_REPEATS)
    assert set(found["candidates"]) == {row["photo_id"] for row in wrapped}


@pytest.mark.parametrize(
    ("filename", "captured_at"),
    [
        ("2023-01-15_12-00-00_DanteSisofo_R0000123_web.jpg", None),
        ("R0000123.jpg", NOON + YEAR + timedelta(minutes=60)),
        ("R0000123.jpg", NOON + YEAR + timedelta(seconds=2)),
    ],
)
def test_time_confirms_one_of_a_wrapped_name(filename: str, captured_at: datetime | None) -> None:
    wrapped = [original("R0000123", NOON + n * YEAR) for n in range(3)]
    found = only(keeper(filename, captured_at), wrapped)
    assert (found["photo_id"], found["rung"]) == (wrapped[1]["photo_id"], 2)


def test_a_time_that_no_clock_explains_confirms_no_repeated_name() -> None:
    wrapped = [original("R0000123", NOON + n * YEAR) for n in range(3)]
    found = only(keeper("R0000123.jpg", NOON + timedelta(minutes=37)), wrapped)
    assert (found["photo_id"], found["review"]) == (None, NAME_REPEATS)
    assert found["candidates"][0] == wrapped[0]["photo_id"]
    alone = only(keeper("R0000123.jpg", NOON + timedelta(minutes=37)), wrapped[:1])
    assert (alone["photo_id"], alone["rung"]) == (wrapped[0]["photo_id"], 2)


def test_a_size_that_others_of_the_name_have_confirms_nothing() -> None:
    a, b = original("R0000123"), original("R0000123", NOON + 2 * YEAR)
    found = only(
        keeper("R0000123.jpg", NOON + timedelta(minutes=37), width=6000, height=4000), [a, b]
    )
    assert found["review"] == NAME_REPEATS


def test_a_unique_name_of_another_time_is_no_match() -> None:
    found = only(keeper("R0000123.jpg", NOON + YEAR), [original("R0000123")])
    assert (found["photo_id"], found["review"]) == (None, NAME_ONLY)
    assert found["candidates"] == [original("R0000123")["photo_id"]]


@pytest.mark.parametrize(
    "size",
    [
        {"bytes": 4_321_000},  # written into in place: a rating, a keyword
        {"width": 4928, "height": 3264},
        {"width": 3264, "height": 4928},
    ],
)
def test_size_confirms_one_of_a_wrapped_name(size: dict[str, int]) -> None:
    a = original("R0000123")
    b = original("R0000123", NOON + YEAR, bytes=4_321_000, width=4928, height=3264)
    found = only(keeper("R0000123.jpg", None, **size), [a, b])
    assert (found["photo_id"], found["rung"]) == (b["photo_id"], 2)


def test_the_ratio_of_the_edges_confirms_unless_people_crop_to_it() -> None:
    full = original("R0000123")
    square = original("R0000123", NOON + YEAR, width=4000, height=4000)
    assert only(keeper("R0000123.jpg"), [full, square])["photo_id"] == full["photo_id"]
    for size in ({"width": 900, "height": 900}, {"width": 4000, "height": 4000}):
        assert only(keeper("R0000123.jpg", None, **size), [full, square])["review"] == NAME_REPEATS


def test_the_camera_confirms_one_of_a_repeated_name() -> None:
    a, b = original("R0000123"), original("R0000123", NOON + YEAR, camera_model="GR IIIx")
    found = only(keeper("R0000123.jpg", camera_model="GR IIIx"), [a, b])
    assert (found["photo_id"], found["rung"]) == (b["photo_id"], 2)


def test_the_whole_archive_name_goes_before_its_parts() -> None:
    first = original("R0000123")
    second = original("R0000123", photo_id=f"{first['photo_id']}_{digest('b')[:8]}")
    found = match(
        [keeper(f"{row['photo_id']}.JPG") for row in (first, second)], [first, second]
    ).values()
    assert [row["photo_id"] for row in found] == [first["photo_id"], second["photo_id"]]


def test_names_of_two_photographs_are_left_to_a_person() -> None:
    found = only(
        keeper("R0000001_R0000002.jpg"), [original("R0000001"), original("R0000002", NOON + SECOND)]
    )
    assert (found["photo_id"], found["review"]) == (None, NAME_REPEATS)


# Rung 3: content


def test_the_same_content_under_another_name_is_told_by_rung_3() -> None:
    burst = [original(f"R000000{n}") for n in (1, 2)]
    found = only(keeper("a.jpg", NOON, sha256=burst[1]["sha256"]), burst)
    assert (found["photo_id"], found["rung"]) == (burst[1]["photo_id"], 3)
    assert (found["confidence"], found["edited"], found["review"]) == (1.0, False, None)


def test_the_same_content_overrules_a_name_that_leads_elsewhere() -> None:
    burst = [original(f"R000000{n}") for n in (1, 2)]
    found = only(keeper("R0000001.jpg", NOON, sha256=burst[1]["sha256"]), burst)
    assert (found["photo_id"], found["rung"]) == (burst[1]["photo_id"], 3)


def test_the_same_content_without_a_time_is_never_ambiguous() -> None:
    wrapped = [original("R0000123", None, photo_id=f"id{n}") for n in range(3)]
    found = only(keeper("R0000123.jpg", sha256=wrapped[2]["sha256"]), wrapped)
    assert (found["photo_id"], found["rung"], found["confidence"]) == ("id2", 3, 1.0)


# What is left


def test_several_edits_of_one_original_are_all_matched() -> None:
    a = original("R0000001")
    found = match([keeper("a.jpg", NOON), keeper("b.jpg", NOON), keeper("R0000001.jpg")], [a])
    assert {row["photo_id"] for row in found.values()} == {a["photo_id"]}


def test_unmatched_keepers_show_their_neighbours_in_time_the_nearest_first() -> None:
    others = [original(f"R{n:07d}", NOON + n * 20 * SECOND) for n in range(1, 40)]
    found = only(keeper("a.jpg", NOON + 401 * SECOND), others)
    assert found["candidates"][:2] == [others[19]["photo_id"], others[20]["photo_id"]]
    assert len(found["candidates"]) == 12


def test_a_keeper_that_cannot_be_read_says_so() -> None:
    broken = keeper("a.jpg", sha256=None, error="keeper: the file is empty")
    found = only(broken, [original("R0000001")])
    assert found["review"] == "cannot be read: keeper: the file is empty"
    assert (found["photo_id"], found["edited"], found["candidates"]) == (None, None, [])


def test_times_that_hundreds_share_match_nothing_by_time() -> None:
    unset = datetime(2000, 1, 1)
    crowd = [original(f"R{n:07d}", unset, photo_id=f"id{n}") for n in range(300)]
    found = match([keeper("a.jpg", unset), keeper("R0000007.jpg", unset)], crowd)
    assert (found["a.jpg"]["photo_id"], found["a.jpg"]["review"]) == (None, SEVERAL_AT_TIME)
    assert found["R0000007.jpg"]["photo_id"] == "id7"


def test_names_that_hundreds_share_match_nothing_by_name() -> None:
    crowd = [original("image", NOON + n * SECOND) for n in range(300)]
    found = match([keeper("image.jpg"), keeper("image-2.jpg", NOON + 9 * SECOND)], crowd)
    assert found["image.jpg"]["review"] == NAME_REPEATS
    assert found["image-2.jpg"]["photo_id"] == crowd[9]["photo_id"]


def test_the_order_of_the_rows_changes_nothing() -> None:
    wrapped = [original(f"R000000{n % 3}", NOON + n * YEAR, photo_id=f"id{n}") for n in range(9)]
    burst = [original(f"R000001{n}", photo_id=f"burst{n}") for n in range(5)]
    keepers = [keeper("R0000001.jpg"), keeper("a.jpg", NOON), keeper("R0000012.jpg", NOON)]
    assert match(keepers, wrapped + burst) == match(keepers[::-1], (burst + wrapped)[::-1])


def test_no_keepers_or_no_photographs_match_nothing() -> None:
    assert match([], [original("R0000001")]) == {}
    assert match([], []) == {}
    assert only(keeper("R0000001.jpg", NOON), [])["review"] == NOTHING
