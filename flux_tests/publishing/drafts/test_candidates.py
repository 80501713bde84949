"""Candidates are unpublished keepers and high scores, one of each moment."""

from flux_assets.publishing.drafts.candidates import bounded, sift
from flux_tests.publishing.drafts.draft_rows import candidates, photographs


def test_what_is_published_is_no_candidate_nor_what_shows_the_same() -> None:
    issues = ["FLUX_001", None, None, None]
    found = sift(
        photographs(4, issue_id=issues, fold=[1, 1, None, None]), taken=["P0003"], least_score=0.1
    )

    assert found.rows["photo_id"].to_list() == ["P0002"]
    assert found.asked == 4
    assert found.left_out == ((3, "are published, or show what is"),)


def test_of_a_fold_the_keeper_stands_before_the_better_frame() -> None:
    rows = photographs(
        3,
        fold=[7, 7, 7],
        fold_place=["1", "2", "3"],
        keeper=[False, True, False],
        keeper_score=[0.9, 1.0, 0.8],
        model_score=[0.9, 0.2, 0.8],
    )

    assert sift(rows, taken=[], least_score=0.1).rows["photo_id"].to_list() == ["P0001"]


def test_of_a_bracket_which_is_no_fold_one_frame_is_a_candidate() -> None:
    assert candidates(3, burst_id=["bracket_1"] * 3).rows.height == 1


def test_what_was_not_kept_needs_a_high_score() -> None:
    rows = photographs(
        3, keeper=[False, None, True], keeper_score=[0.5, 0.05, None], model_score=[0.5, 0.05, None]
    )

    found = sift(rows, taken=[], least_score=0.1)

    assert found.rows["photo_id"].to_list() == ["P0002", "P0000"]
    assert found.left_out == ((1, "are no keepers and score less than 0.1"),)


def test_every_keeper_has_more_merit_than_what_was_not_kept() -> None:
    rows = photographs(2, keeper=[False, True], keeper_score=[0.99, 1.0], model_score=[0.99, 0.01])

    merits = sift(rows, taken=[], least_score=0.1).rows["merit"].to_list()

    assert merits[0] > merits[1] > 0.7


def test_photographs_outside_the_period_still_tell_what_is_published() -> None:
    rows = photographs(2, issue_id=["FLUX_001", None], fold=[1, 1], asked=[False, True])

    assert sift(rows, taken=[], least_score=0.1).rows.is_empty()


def test_a_bounded_pool_keeps_every_place() -> None:
    few = bounded(candidates(400).rows, 8)

    assert few.height == 8
    assert few["location_city"].n_unique() == 4
