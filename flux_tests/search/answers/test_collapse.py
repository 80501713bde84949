from datetime import datetime, timedelta

import polars as pl
import pytest

from flux_assets.search.answers.collapse import collapse, page
from flux_assets.vision.folds import fold_groups

PHOTOS = pl.DataFrame(
    {
        "photo_id": ["a1", "a2", "a3", "b", "b_DNG", "c", "d1", "d2", "e1", "e2", "e3"],
        "pair_id": [None, None, None, "b", "b", None, None, None, None, None, None],
    }
)
BURSTS = pl.DataFrame(
    {
        "photo_id": ["a1", "a2", "a3", "e1", "e2", "e3", "c"],
        "burst_id": ["burst_a"] * 3 + ["bracket_e"] * 3 + [None],
        "is_best": [False, False, True, None, None, None, None],
    }
)
DUPLICATES = pl.DataFrame(
    {
        "photo_id": ["d1", "d2", "c", "c", "a2", "c"],
        "group_id": ["near_d", "near_d", "same_c", "same_c", "near_a", "near_a"],
        "relation": ["near", "near", "identical", "identical", "near", "near"],
        "keep": [False, True, True, False, True, False],
    }
)
FOLDS = fold_groups(PHOTOS, BURSTS, DUPLICATES)


def hits(**scores: float) -> pl.DataFrame:
    return pl.DataFrame({"photo_id": list(scores), "score": list(scores.values())})


def shown(found: pl.DataFrame) -> list[tuple[str, float, int]]:
    return found.select("photo_id", "score", "folded").rows()


def test_frames_that_belong_together_are_one_fold_over_all_links() -> None:
    folds = FOLDS.group_by("fold").agg(pl.col("photo_id").sort()).sort("photo_id")["photo_id"]
    assert folds.to_list() == [["a1", "a2", "a3", "c"], ["b", "b_DNG"], ["d1", "d2"]]


def test_the_best_frame_comes_first_then_the_one_to_keep_and_the_jpeg_before_its_raw() -> None:
    first = FOLDS.filter(pl.col("place") == 1)["photo_id"].sort().to_list()
    assert first == ["a2", "b", "d2"]


def test_a_burst_is_shown_by_its_best_frame_with_the_score_of_the_best_hit() -> None:
    burst = fold_groups(PHOTOS, BURSTS, DUPLICATES.clear())
    found = hits(a1=0.9, c=0.7, a2=0.5)
    rows = collapse(found, burst)

    assert shown(rows) == [("a3", 0.9, 2), ("c", 0.7, 0)]
    assert rows["hit"].to_list() == ["a1", "c"]
    assert rows["why"].to_list() == ["the best frame of 3 alike", None]


def test_what_the_filters_refuse_stands_for_nothing() -> None:
    found = hits(d1=0.9)
    passing = FOLDS.filter(pl.col("photo_id") != "d2")
    assert shown(collapse(found, passing)) == [("d1", 0.9, 0)]


def test_a_bracket_stays_as_it_is() -> None:
    found = hits(e1=0.9, e2=0.8, e3=0.7)
    assert shown(collapse(found, FOLDS)) == [
        ("e1", 0.9, 0), ("e2", 0.8, 0), ("e3", 0.7, 0),
    ]  # fmt: skip


def test_asking_for_more_hits_leaves_the_first_ones_as_they_are() -> None:
    few, many = hits(d1=0.9, a1=0.8), hits(d1=0.9, a1=0.8, a3=0.6, d2=0.5, b_DNG=0.4, b=0.3)
    first, all_of_them = (collapse(found, FOLDS) for found in (few, many))

    assert all_of_them.head(2).equals(first)
    assert shown(all_of_them)[2] == ("b", 0.4, 1)


def test_equal_scores_are_ordered_by_photo_id() -> None:
    found = hits(e3=0.5, c=0.5, e1=0.5)
    nothing_folds = FOLDS.clear()
    assert collapse(found, nothing_folds)["photo_id"].to_list() == ["c", "e1", "e3"]


def test_further_columns_and_reasons_are_kept() -> None:
    found = hits(d1=0.9, c=0.1).with_columns(why=pl.Series(["tagged fog", None]))
    rows = collapse(found, FOLDS)
    assert rows["why"].to_list() == [
        "tagged fog; the best frame of 2 alike",
        "the best frame of 4 alike",
    ]


def test_an_archive_without_groups_and_an_answer_without_hits() -> None:
    none = fold_groups(
        PHOTOS.filter(pl.col("pair_id").is_null()), BURSTS.clear(), DUPLICATES.clear()
    )
    assert none.is_empty()
    assert shown(collapse(hits(a1=0.5), none)) == [("a1", 0.5, 0)]
    assert collapse(hits().cast({"photo_id": pl.String}), FOLDS.clear()).is_empty()


@pytest.mark.parametrize("sort", ["relevance", "time"])
def test_pages_together_are_the_whole_answer_in_order(sort: str) -> None:
    start = datetime(2022, 1, 1)
    rows = pl.DataFrame(
        {
            "photo_id": [f"p{n}" for n in range(7)],
            "score": [0.5, 0.5, 0.9, 0.1, 0.5, 0.2, 0.9],
            "captured_at": [start + timedelta(days=days) for days in (3, 1, 2, 1, 9, 0, 5)],
        }
    ).sample(fraction=1, shuffle=True, seed=1)
    pages = [page(rows, sort=sort, offset=offset, limit=3) for offset in (0, 3, 6)]  # type: ignore[arg-type]
    expected = {
        "relevance": ["p2", "p6", "p0", "p1", "p4", "p5", "p3"],
        "time": ["p5", "p1", "p3", "p2", "p0", "p6", "p4"],
    }
    assert pl.concat(pages)["photo_id"].to_list() == expected[sort]
