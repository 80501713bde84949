"""The fourth rung, the cross-check, and what people said."""

from datetime import timedelta
from typing import Any

import pytest

from flux_assets.vision.keeper_decisions import forget, no_original, original_is
from flux_assets.vision.keeper_verdicts import NOT_THERE, OTHER_TIME, SEVERAL_ALIKE
from flux_assets.vision.look_alikes import ANOTHER, DIFFERENT
from flux_resources.decisions import Decision
from flux_tests.vision.archive_rows import bits, sha256_of
from flux_tests.vision.keeper_rows import (
    AT_TIME,
    NAME,
    NOON,
    NOTHING,
    keeper,
    look,
    photograph,
    verify,
)

# Cosines: 5 degrees 0.996, 11 degrees 0.982, 12 degrees 0.978, 30 degrees 0.87, 60 degrees 0.5.
OTHER_HASH = bits(*range(20))


def test_a_keeper_that_nothing_else_matches_is_matched_by_its_look() -> None:
    row = verify([keeper("k")], [photograph("a", 5), photograph("b", 60)], [look("k")])["k"]
    assert (row["photo_id"], row["rung"], row["edited"], row["review"]) == ("a", 4, True, None)
    assert row["similarity"] == pytest.approx(0.996, abs=1e-3)
    assert row["hash_distance"] == 0


def test_a_look_that_is_less_alike_than_the_setting_matches_nothing() -> None:
    row = verify([keeper("k")], [photograph("a", 12), photograph("b", 60)], [look("k")])["k"]
    assert (row["photo_id"], row["rung"], row["review"]) == (None, None, NOTHING)
    assert row["candidates"] == ["a", "b"]
    assert row["scores"] == pytest.approx([0.978, 0.5], abs=1e-3)


def test_near_equals_are_left_to_a_person() -> None:
    row = verify([keeper("k")], [photograph("a", 2), photograph("b", 5)], [look("k")])["k"]
    assert (row["photo_id"], row["review"]) == (None, SEVERAL_ALIKE)
    assert row["candidates"] == ["a", "b"]


def test_near_equals_are_told_apart_by_their_pixels() -> None:
    row = verify(
        [keeper("k")],
        [photograph("a", 2), photograph("b", 5)],
        [look("k")],
        unshared={"a": 0.0800, "b": 0.0005},
    )["k"]
    assert (row["photo_id"], row["rung"]) == ("b", 4)


@pytest.mark.parametrize(
    "unshared",
    [
        {"a": 0.0001, "b": 0.0002},  # a copy of one frame that was encoded twice
        {"a": 0.0060, "b": 0.0900},  # neither is the very frame
        {"a": 0.0001},  # the other one cannot be read
    ],
)
def test_pixels_that_do_not_decide_leave_it_to_a_person(unshared: dict[str, float]) -> None:
    row = verify(
        [keeper("k")],
        [photograph("a", 2), photograph("b", 5)],
        [look("k")],
        unshared=unshared,
    )["k"]
    assert (row["photo_id"], row["review"]) == (None, SEVERAL_ALIKE)


def test_raw_and_jpeg_of_one_press_are_no_rivals() -> None:
    press = [photograph("R1_DNG", 5, pair_id="R1"), photograph("R1", 5, pair_id="R1")]
    row = verify([keeper("k")], [*press, photograph("b", 60)], [look("k")])["k"]
    assert (row["photo_id"], row["rung"]) == ("R1", 4)


def test_a_raw_file_without_a_jpeg_can_be_an_original() -> None:
    alone = photograph("R1_DNG", 5, pair_id=None)
    row = verify([keeper("k")], [alone, photograph("b", 60)], [look("k")])["k"]
    assert row["photo_id"] == "R1_DNG"


def test_several_candidates_are_chosen_from_and_nothing_else() -> None:
    several = keeper("k", None, "a", "b", review=AT_TIME)
    archive = [photograph("a", 20), photograph("b", 60), photograph("c", 1)]
    row = verify([several], archive, [look("k")])["k"]
    assert (row["photo_id"], row["rung"]) == ("a", 4)


def test_candidates_that_do_not_look_like_it_are_no_match() -> None:
    several = keeper("k", None, "a", "b", review=AT_TIME)
    archive = [photograph("a", 40), photograph("b", 60), photograph("c", 1)]
    row = verify([several], archive, [look("k")])["k"]
    assert (row["photo_id"], row["review"]) == (None, AT_TIME)
    assert row["candidates"] == ["a", "b", "c"]


def test_one_candidate_alone_must_be_as_alike_as_any_photograph() -> None:
    def of(degrees: float) -> Any:
        named = keeper("k", None, "a", review=NAME)
        return verify([named], [photograph("a", degrees)], [look("k")])["k"]["photo_id"]

    assert [of(11), of(20)] == ["a", None]


def test_a_strong_edit_is_found_among_candidates_by_its_pixels() -> None:
    several = keeper("k", None, "a", "b", review=AT_TIME)
    archive = [photograph("a", 36), photograph("b", 37)]
    row = verify([several], archive, [look("k")], unshared={"a": 0.3, "b": 0.02})["k"]
    assert (row["photo_id"], row["rung"]) == ("b", 4)


def test_a_name_that_more_photographs_bear_than_are_listed_restricts_nothing() -> None:
    listed = [f"p{n:02}" for n in range(12)]
    archive = [photograph(photo_id, 60 + n) for n, photo_id in enumerate(listed)]
    named = keeper("k", None, *listed, review=NAME)
    row = verify([named], [*archive, photograph("other", 2)], [look("k")])["k"]
    assert (row["photo_id"], row["rung"]) == ("other", 4)


def test_a_look_that_leads_to_another_time_is_left_to_a_person() -> None:
    def of(hours: float) -> Any:
        taken = photograph("a", 2, captured_at=NOON)
        return verify(
            [keeper("k")], [taken], [look("k", captured_at=NOON + timedelta(hours=hours))]
        )["k"]

    assert of(1)["photo_id"] == "a"
    assert (of(48)["photo_id"], of(48)["review"]) == (None, OTHER_TIME)
    assert of(48)["candidates"] == ["a"]


def test_a_match_whose_pictures_plainly_differ_is_refused() -> None:
    archive = [photograph("a", 60, phash=OTHER_HASH), photograph("b", 70)]
    row = verify([keeper("k", "a", clock_offset_s=3600)], archive, [look("k")])["k"]
    assert (row["photo_id"], row["rung"], row["confidence"]) == (None, None, None)
    assert (row["edited"], row["clock_offset_s"], row["review"]) == (None, None, DIFFERENT)
    assert row["candidates"][0] == "a"


@pytest.mark.parametrize(
    ("degrees", "phash"),
    [
        pytest.param(60, bits(*range(12)), id="the hash agrees, as in black and white"),
        pytest.param(44, OTHER_HASH, id="the vector agrees, as in a crop or a mirror"),
    ],
)
def test_a_match_is_refused_by_vector_and_hash_together_only(degrees: float, phash: int) -> None:
    row = verify([keeper("k", "a")], [photograph("a", degrees, phash=phash)], [look("k")])["k"]
    assert (row["photo_id"], row["rung"], row["review"]) == ("a", 1, None)
    assert row["similarity"] is not None


def test_a_flat_picture_is_none_that_has_detail() -> None:
    flat = verify([keeper("k", "a")], [photograph("a", 60, flat=True)], [look("k")])["k"]
    both = verify([keeper("k", "a")], [photograph("a", 60, flat=True)], [look("k", flat=True)])["k"]
    assert (flat["photo_id"], flat["review"], flat["hash_distance"]) == (None, DIFFERENT, None)
    assert both["photo_id"] == "a"


def test_a_match_is_refused_when_another_photograph_is_far_more_alike() -> None:
    archive = [photograph("a", 40, phash=OTHER_HASH), photograph("b", 2)]
    row = verify([keeper("k", "a")], archive, [look("k")])["k"]
    assert (row["photo_id"], row["review"]) == (None, ANOTHER)
    assert row["candidates"] == ["b", "a"]


def test_a_match_is_refused_when_another_photograph_is_the_very_frame() -> None:
    archive = [photograph("a", 8), photograph("b", 2)]
    of = [keeper("k", "a")]
    refused = verify(of, archive, [look("k")], unshared={"a": 0.09, "b": 0.001})["k"]
    kept = verify(of, archive, [look("k")], unshared={"a": 0.002, "b": 0.001})["k"]
    assert (refused["photo_id"], refused["review"]) == (None, ANOTHER)
    assert (kept["photo_id"], kept["review"]) == ("a", None)


def test_a_match_that_cannot_be_compared_stands() -> None:
    rows = verify(
        [keeper("no vector", "a"), keeper("no look", "a"), keeper("broken", "a")],
        [photograph("a"), photograph("b", 0)],
        [look("no vector"), look("broken", None, phash=None, error="keeper_looks: torn")],
    )
    assert {row["photo_id"] for row in rows.values()} == {"a"}
    assert {row["similarity"] for row in rows.values()} == {None}


def test_the_same_content_needs_no_look() -> None:
    same = keeper("k", "a", sha256=sha256_of("a"), edited=False, rung=3, confidence=1.0)
    row = verify([same], [photograph("a", 0)], [])["k"]
    assert (row["photo_id"], row["rung"], row["edited"]) == ("a", 3, False)
    assert row["scores"] == [None]


def test_an_unmatched_keeper_whose_picture_is_broken_says_so() -> None:
    broken = look("k", None, phash=None, error="keeper_looks: OSError: image file is truncated")
    row = verify([keeper("k")], [photograph("a", 0)], [broken])["k"]
    assert row["review"] == "cannot be read: keeper_looks: OSError: image file is truncated"


def test_several_edits_of_one_original_all_lead_to_it() -> None:
    rows = verify(
        [keeper("time", "a"), keeper("look"), keeper("another look")],
        [photograph("a", 0), photograph("b", 90)],
        [look("time", 30), look("look", 3), look("another look", 4)],
    )
    assert [row["photo_id"] for row in rows.values()] == ["a", "a", "a"]


def _original(name: str, photo_id: str) -> dict[str, Decision]:
    sha256 = sha256_of(f"keeper {name}")
    original = {"photo_id": photo_id, "sha256": sha256_of(photo_id)}
    return {sha256: original_is(sha256, "path", original)}


def test_what_a_person_said_outranks_every_rung() -> None:
    row = verify(
        [keeper("k", "a")],
        [photograph("a", 0), photograph("b", 60, phash=OTHER_HASH)],
        [look("k")],
        said=_original("k", "b"),
    )["k"]
    assert (row["photo_id"], row["rung"], row["confidence"]) == ("b", None, 1.0)
    assert (row["decided"], row["edited"], row["review"]) == (True, True, None)


def test_a_person_knows_an_original_by_content_whatever_it_is_called_now() -> None:
    renamed = photograph("new name", 0, sha256=sha256_of("a"))
    row = verify([keeper("k")], [renamed], [look("k", 90)], said=_original("k", "a"))["k"]
    assert row["photo_id"] == "new name"


def test_a_person_said_that_there_is_no_original() -> None:
    sha256 = sha256_of("keeper k")
    said = {sha256: no_original(sha256, "path")}
    row = verify([keeper("k", "a")], [photograph("a", 0)], [look("k")], said=said)["k"]
    assert (row["photo_id"], row["rung"], row["review"]) == (None, None, None)
    assert (row["decided"], row["confidence"]) == (True, 1.0)


def test_an_original_that_a_person_named_and_that_is_gone_is_asked_for_again() -> None:
    row = verify([keeper("k")], [photograph("b", 0)], [look("k")], said=_original("k", "a"))["k"]
    assert (row["photo_id"], row["review"], row["decided"]) == (None, NOT_THERE, True)


def test_what_was_taken_back_no_longer_counts() -> None:
    assert forget(sha256_of("keeper k"), "path").value is None


def test_an_archive_without_vectors_changes_no_match() -> None:
    rows = verify([keeper("k", "a"), keeper("m")], [photograph("a")], [look("k"), look("m")])
    assert (rows["k"]["photo_id"], rows["m"]["review"]) == ("a", NOTHING)


def test_no_keepers_give_no_rows() -> None:
    assert verify([], [photograph("a", 0)], []) == {}
