"""Metrics of scores: hand-made cases, and scikit-learn's figures."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss

from flux_assets.keepers.taste.evaluation import (
    Evaluation,
    average_precision,
    evaluate,
    keepers_among_top,
)

_ROWS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=60)


def evaluated(scores: Any, labels: Any, **given: Any) -> Evaluation:
    nothing = [None] * len(labels)
    values = np.asarray(scores, np.float64), np.asarray(labels, np.bool_)
    return evaluate("it", *values, **({"bursts": nothing, "years": nothing} | given))


@given(_ROWS)
def test_average_precision_is_that_of_scikit_learn_ties_and_all(
    rows: list[tuple[int, bool]],
) -> None:
    scores, labels = (np.array(part) for part in zip(*rows, strict=True))
    if labels.any():
        expected = average_precision_score(labels, scores)
        assert average_precision(scores.astype(float), labels) == pytest.approx(expected)


def test_a_score_that_tells_nothing_reaches_the_base_rate_wherever_the_keepers_stand() -> None:
    for labels in ([True] * 2 + [False] * 198, [False] * 198 + [True] * 2):
        found = evaluated(np.full(200, 0.5), labels)
        assert found.average_precision == pytest.approx(0.01)
        assert found.lift == pytest.approx({"1%": 1, "5%": 1, "10%": 1})
        assert found.precision_at_36 == pytest.approx(0.01)


def test_rows_that_tie_at_the_edge_count_their_share() -> None:
    scores, labels = np.array([3.0, 2, 2, 2, 1]), np.array([True, True, False, False, True])
    assert [keepers_among_top(scores, labels, rows) for rows in (1, 2, 4, 5)] == pytest.approx(
        [1, 1 + 1 / 3, 2, 3]
    )


def test_lift_and_recall_are_those_of_the_best_rows() -> None:
    scores, labels = np.arange(1000.0), np.zeros(1000, np.bool_)
    labels[[999, 998, 940, 0]] = True
    found = evaluated(scores / 1000, labels)
    assert found.recall == pytest.approx({"1%": 0.5, "5%": 0.5, "10%": 0.75})
    assert found.lift == pytest.approx({"1%": 50, "5%": 10, "10%": 7.5})
    assert found.precision_at_36 == pytest.approx(2 / 36)
    assert (found.rows, found.positives, found.base_rate) == (1000, 4, 0.004)


def test_the_best_of_a_burst_is_asked_of_bursts_with_keepers_and_others_alone() -> None:
    found = evaluated(
        [0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 0.3, 0.2, 0.7],
        [True, False, True, False, True, False, False, False, True],
        bursts=["hit", "hit", "miss", "miss", "tie", "tie", "none", "none", None],
    )
    assert found.bursts == 3
    assert found.burst_top1 == pytest.approx(0.5)
    assert evaluated([0.9, 0.1], [True, False]).burst_top1 is None


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    labels, scores = random.random(500) < 0.1, random.random(500)
    found = evaluated(scores, labels).brier
    assert found == pytest.approx(brier_score_loss(labels, scores))


def test_reliability_holds_all_rows_in_bins_that_expect_equally_many_keepers() -> None:
    random = np.random.default_rng(0)
    scores = random.beta(0.3, 8, 50_000)
    bins = evaluated(scores, random.random(50_000) < scores).reliability
    predicted, observed, rows = np.array(bins).T
    assert len(bins) == 10
    assert rows.sum() == 50_000
    assert np.allclose(predicted * rows, scores.sum() / 10, rtol=0.01)
    assert np.allclose(predicted, observed, rtol=0.25)


def test_equal_scores_share_a_bin() -> None:
    assert evaluated([0.2] * 10, [True] + [False] * 9).reliability == [
        [pytest.approx(0.2), 0.1, 10]
    ]


def test_years_are_judged_apart_and_one_without_keepers_has_no_precision() -> None:
    found = evaluated(
        [0.9, 0.1, 0.9, 0.1, 0.4],
        [True, False, False, False, True],
        years=[2022, 2022, 2023, 2023, None],
    ).by_year
    assert found == {
        "2022": {"rows": 2, "positives": 1, "base_rate": 0.5, "average_precision": 1.0},
        "2023": {"rows": 2, "positives": 0, "base_rate": 0.0, "average_precision": None},
        "unknown": {"rows": 1, "positives": 1, "base_rate": 1.0, "average_precision": 1.0},
    }


def test_an_evaluation_survives_json() -> None:
    found = evaluated([0.9, 0.1, 0.3], [True, False, True], years=[2022, 2023, None])
    assert Evaluation(**json.loads(json.dumps(asdict(found)))) == found


def test_without_keepers_or_with_scores_that_are_none_nothing_is_claimed() -> None:
    with pytest.raises(ValueError, match="none of 2 rows is a keeper"):
        evaluated([0.1, 0.2], [False, False])
    with pytest.raises(ValueError, match="not finite"):
        evaluated([0.1, np.nan], [True, False])
