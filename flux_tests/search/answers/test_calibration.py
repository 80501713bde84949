"""An archive of 300 photographs around three subjects, and texts about other things."""

import numpy as np
import polars as pl
import pytest

from flux_assets.search.answers.background import Background, measure_background
from flux_assets.search.answers.calibration import Verdict, judge, percentiles, with_percentiles
from flux_resources.vectors import Vectors
from flux_tests.search.answers.made import around, units

EYE = np.eye(32)
ARCHIVE = np.vstack([around(EYE[axis], 100, seed=axis) for axis in range(3)])
# No text lies near a subject, and all have a direction in common.
UNRELATED = units(
    np.random.default_rng(9).normal(size=(200, 32)) * ([0.2] * 3 + [1] * 28 + [0]) + 3 * EYE[31]
)
TEXTS, OTHER_TEXTS = UNRELATED[:100], UNRELATED[100:]
PRESENT, ABSENT = units([EYE[0] + EYE[31], 3 * EYE[31] - 0.2 * EYE[:3].sum(axis=0) + EYE[5]])


@pytest.fixture(scope="module")
def background() -> Background:
    return measure_background([ARCHIVE], TEXTS, sample=20_000)


def _judged(
    query: Vectors, background: Background, archive: Vectors = ARCHIVE, cut_off: float = 0.6
) -> Verdict:
    best = archive[np.argsort(-(archive @ query))[:50]]
    return judge(query, best, background, among=len(archive), cut_off=cut_off)


def test_what_is_there_is_found_and_what_is_not_is_not(background: Background) -> None:
    there, absent = _judged(PRESENT, background), _judged(ABSENT, background)

    assert there.found and there.strength == 1
    assert not absent.found and absent.strength is not None and absent.strength < 0.6
    assert absent.why.startswith("nothing found: the question finds more than")


def test_questions_for_what_is_not_there_pass_as_often_as_the_cut_off_lets_them(
    background: Background,
) -> None:
    for cut_off in (0.25, 0.6, 0.9):
        found = [_judged(query, background, cut_off=cut_off).found for query in OTHER_TEXTS]
        assert np.mean(found) == pytest.approx(1 - cut_off, abs=0.12)


def test_the_cut_off_decides_and_zero_always_finds(background: Background) -> None:
    assert _judged(ABSENT, background, cut_off=0).found
    assert _judged(PRESENT, background, cut_off=1).found


def test_it_is_found_among_the_few_that_pass_a_filter(background: Background) -> None:
    passing = ARCHIVE[90:150]  # ten of the first subject, fifty of the second
    assert _judged(PRESENT, background, passing).found


def test_it_is_not_found_where_the_filter_takes_it_all_out(background: Background) -> None:
    assert not _judged(PRESENT, background, ARCHIVE[100:]).found


def test_few_photographs_are_shown_without_a_judgement(background: Background) -> None:
    few = _judged(ABSENT, background, ARCHIVE[:20])
    assert few.found and few.strength is None

    tiny = measure_background([ARCHIVE[:20]], TEXTS, sample=20_000)
    assert _judged(ABSENT, tiny).strength is None


def test_nothing_passes_and_nothing_is_found(background: Background) -> None:
    assert not _judged(PRESENT, background, ARCHIVE[:0]).found


def test_a_percentile_is_the_share_of_the_archive_that_scores_less(background: Background) -> None:
    scores = np.sort(ARCHIVE @ PRESENT).astype(np.float64)
    found = percentiles(scores[[0, 150, 299]], PRESENT, background)
    assert found.tolist() == pytest.approx([0, 50, 100 * 299 / 300])


def test_every_hit_says_why(background: Background) -> None:
    hits = pl.DataFrame({"photo_id": ["a", "b"], "score": [0.99, float((ARCHIVE @ PRESENT).min())]})
    rows = with_percentiles(hits, PRESENT, background)

    assert rows["percentile"].to_list() == [100, 0]
    assert rows["why"].to_list() == [
        "suits the question better than 99.99 % of the archive",
        "suits the question better than 0.0 % of the archive",
    ]


def test_a_tiny_archive_shows_cosines_alone() -> None:
    tiny = measure_background([ARCHIVE[:3]], TEXTS, sample=20_000)
    rows = with_percentiles(pl.DataFrame({"photo_id": ["a"], "score": [0.5]}), PRESENT, tiny)
    assert rows.row(0) == ("a", 0.5, None, "cosine 0.5")
