"""Logistic regressions, many at once: what they find, and what they must not look at."""

from dataclasses import replace

import numpy as np
import pytest

from flux_assets.keepers.taste.evaluation import average_precision
from flux_assets.keepers.taste.linear import Rows, fit_linear, less_mean


def planted(count: int = 3000, dimensions: int = 12, *, strength: float = 2.0) -> Rows:
    """Labels along the first axis; the vectors are far from the origin and of uneven spread."""
    random = np.random.default_rng(0)
    drawn = random.standard_normal((count, dimensions))
    labels = random.random(count) < 1 / (1 + np.exp(3 - strength * drawn[:, 0]))
    vectors = (drawn * np.geomspace(1, 0.01, dimensions) + 5).astype(np.float32)
    return Rows([vectors], labels, np.ones(count), np.arange(count) % 5)


def test_the_optimum_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    rows = planted()
    fit = fit_linear(rows)
    deviations = rows.blocks[0] - rows.blocks[0].mean(0)
    rate = rows.labels.mean()
    mean = (deviations**2).sum(1).mean() / 12 * rate * (1 - rate)
    peer = LogisticRegression(C=1 / (fit.penalty * mean * len(rows.labels)), tol=1e-8)
    peer.fit(deviations, rows.labels)
    ours, theirs = fit.coefficients, peer.coef_[0]
    assert ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs) > 0.999
    scores = rows.blocks[0] @ ours + fit.intercept
    assert np.allclose(scores, peer.decision_function(deviations), atol=0.1)


def test_random_labels_are_not_found_again_out_of_fold() -> None:
    rows = planted(1000, 100, strength=0.0)
    fit = fit_linear(rows)
    in_sample = average_precision((rows.blocks[0] @ fit.coefficients).astype(float), rows.labels)
    out_of_fold = average_precision(fit.out_of_fold, rows.labels)
    assert in_sample > 3 * rows.labels.mean()
    assert out_of_fold < 1.6 * rows.labels.mean()


def test_rows_without_weight_are_not_learned_from() -> None:
    rows = planted()
    half = rows.weights * (np.arange(3000) < 1500)
    others_flipped = np.where(half > 0, rows.labels, ~rows.labels)
    fits = [
        fit_linear(replace(rows, weights=half, labels=labels))
        for labels in (rows.labels, others_flipped)
    ]
    assert np.array_equal(fits[0].coefficients, fits[1].coefficients)


def test_what_all_of_a_group_share_does_not_count_where_groups_are_centred() -> None:
    rows = planted()
    groups = np.arange(3000) // 6
    shared = np.random.default_rng(1).standard_normal((500, 12)).astype(np.float32)[groups]
    plain, moved = (
        fit_linear(replace(rows, blocks=[rows.blocks[0] + extra], centre=groups))
        for extra in (0, shared)
    )
    assert np.allclose(plain.coefficients, moved.coefficients, rtol=0.05, atol=0.05)


def test_blocks_are_rows_one_after_the_other() -> None:
    rows = planted()
    vectors = rows.blocks[0]
    split = fit_linear(replace(rows, blocks=[vectors[:2500], vectors[2500:]]))
    whole = fit_linear(rows)
    assert np.allclose(split.coefficients, whole.coefficients, rtol=0.05, atol=0.02)


def test_a_fold_without_keepers_elsewhere_is_refused() -> None:
    rows = planted()
    with pytest.raises(ValueError, match="keepers and others in every fold"):
        fit_linear(replace(rows, labels=rows.labels & (rows.folds == 0)))


def test_the_mean_of_a_group_is_taken_from_its_rows() -> None:
    found = less_mean(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 2]))
    assert found.tolist() == [[-1], [1], [0]]
