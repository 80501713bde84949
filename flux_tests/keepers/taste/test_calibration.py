"""Calibration: chances that hold, in an order that stays."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from flux_assets.keepers.taste.calibration import Calibration, calibrate, fit_isotonic, fit_platt
from flux_assets.keepers.taste.evaluation import Flags, Numbers

Curve = Callable[[Numbers], Numbers]


def logistic(scores: Numbers) -> Numbers:
    chances: Numbers = expit(scores)
    return chances


def drawn(count: int, chance: Curve = logistic) -> tuple[Numbers, Flags]:
    """Scores, and labels that follow `chance` of them."""
    random = np.random.default_rng(0)
    scores = random.normal(-3, 2, count)
    return scores, random.random(count) < chance(scores)


def test_platt_finds_the_curve_that_made_the_labels() -> None:
    scores, labels = drawn(50_000, lambda score: logistic(0.5 * score + 1))
    found = fit_platt(scores, labels)
    assert (found.slope, found.intercept) == pytest.approx((0.5, 1), abs=0.05)


def test_isotonic_follows_any_rising_curve() -> None:
    def steps(score: Numbers) -> Numbers:
        return np.select([score < -4, score < -1], [0.01, 0.1], 0.7)

    scores, labels = drawn(50_000, steps)
    chances = fit_isotonic(scores, labels).chances(np.array([-6.0, -2.5, 2]))
    assert chances == pytest.approx([0.01, 0.1, 0.7], abs=0.03)


def test_the_kind_that_predicts_better_is_chosen() -> None:
    scores, labels = drawn(20_000, lambda score: np.where(score > -3, 0.4, 0.01))
    assert calibrate(scores, labels, np.arange(20_000) % 5).calibration.kind == "isotonic"
    scores, labels = drawn(600)
    assert calibrate(scores, labels, np.arange(600) % 5).calibration.kind == "platt"


@given(
    st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=4, max_size=60),
    st.sampled_from([fit_platt, fit_isotonic]),
)
def test_chances_are_0_to_1_and_no_order_is_turned(
    rows: list[tuple[float, bool]], fit: Callable[[Numbers, Flags], Calibration]
) -> None:
    scores, labels = (np.array(part) for part in zip(*rows, strict=True))
    if labels.any() and not labels.all():
        chances = fit(scores, labels).chances(np.sort(scores))
        assert ((chances >= 0) & (chances <= 1)).all()
        assert (np.diff(chances) >= 0).all()


def test_calibration_makes_no_two_photographs_equal() -> None:
    scores, labels = drawn(3000)
    chances = fit_isotonic(scores, labels).chances(np.unique(scores))
    assert (np.diff(chances) > 0).all()


def test_a_score_against_taste_is_not_turned_round() -> None:
    scores, labels = drawn(5000)
    chances = fit_platt(-scores, labels).chances(np.array([-5.0, 5]))
    assert chances == pytest.approx([labels.mean()] * 2, abs=0.01)
    assert chances[1] > chances[0]


def test_one_fold_is_enough_to_calibrate_though_not_to_choose() -> None:
    scores, labels = drawn(500)
    found = calibrate(scores, labels, np.zeros(500, np.int64))
    assert (found.calibration.kind, found.losses) == ("platt", {})
