from datetime import datetime

import numpy as np
import polars as pl

from flux_assets.search.answers.motifs import find_motifs
from flux_tests.search.answers.made import around

EYE = np.eye(12)
# A wave of the hand in three years, a pointing finger in two, a fist in one.
YEARS = [2022] * 4 + [2023] * 3 + [2027] * 3 + [2022] * 4 + [2024] * 4 + [2025] * 9
VECTORS = np.vstack(
    [around(EYE[axis], count, spread=0.05, seed=axis) for axis, count in enumerate((10, 8, 9))]
)
HITS = pl.DataFrame(
    {
        "photo_id": [f"p{n:02}" for n in range(27)],
        "score": np.linspace(0.9, 0.4, 27),
        "captured_at": [datetime(year, 1, 1 + n) for n, year in enumerate(YEARS)],
    }
)


def test_a_motif_is_a_look_that_comes_back_in_another_year() -> None:
    found = find_motifs(HITS, VECTORS)

    assert found["years"].to_list() == [[2022, 2023, 2027], [2022, 2024]]
    assert found["photographs"].to_list() == [10, 8]
    assert found["motif"].to_list() == [1, 2]
    assert found["first"][0] == datetime(2022, 1, 1)
    assert found["last"][0] == datetime(2027, 1, 10)


def test_each_year_has_its_most_typical_photograph() -> None:
    centre = VECTORS[:10].sum(axis=0)
    typical = VECTORS[:10] @ centre
    expected = [0 + typical[:4].argmax(), 4 + typical[4:7].argmax(), 7 + typical[7:].argmax()]
    assert find_motifs(HITS, VECTORS)["photo_ids"][0].to_list() == [f"p{n:02}" for n in expected]


def test_every_motif_says_why() -> None:
    why = "10 photographs that look alike, in 2022, 2023, 2027"
    assert find_motifs(HITS, VECTORS)["why"][0] == why


def test_the_order_of_hits_does_not_decide_which_motifs_there_are() -> None:
    turned = find_motifs(HITS[::-1], VECTORS[::-1])
    assert turned["photo_ids"].to_list() == find_motifs(HITS, VECTORS)["photo_ids"].to_list()


def test_no_more_rows_than_asked_for_and_none_without_hits() -> None:
    assert find_motifs(HITS, VECTORS, limit=1).height == 1
    assert find_motifs(HITS.clear(), VECTORS[:0]).is_empty()
