"""From log-odds that rank well to chances that hold."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from flux_assets.keepers.taste.evaluation import Flags, Numbers
from flux_assets.keepers.taste.linear import Codes

_BLOCKS = 2  # isotonic regression with fewer levels says nothing
_SMOOTH = 0.02  # the share of Platt's curve in the isotonic one, which has steps
_LEAST_SLOPE = 1e-3


@dataclass(frozen=True)
class Calibration:
    """A rising curve from log-odds to chances.

    Attributes:
        kind: `platt`, a logistic curve; or `isotonic`, straight lines between `levels`, with a
            little of the logistic curve, so that no two photographs come to stand equal.
        slope, intercept: of the logistic curve.
        levels: `[log-odds, chance]`, rising; none for `platt`.
    """

    kind: Literal["platt", "isotonic"]
    slope: float
    intercept: float
    levels: list[list[float]]

    def chances(self, log_odds: Numbers) -> Numbers:
        """Chances `(n,)`, over 0 and under 1, in the order of `log_odds (n,)`."""
        from scipy.special import expit

        smooth: Numbers = expit(self.slope * log_odds + self.intercept)
        if not self.levels:
            return smooth
        at, chance = np.array(self.levels).T
        stepped: Numbers = np.interp(log_odds, at, chance)
        return (1 - _SMOOTH) * stepped + _SMOOTH * smooth


@dataclass(frozen=True)
class Calibrated:
    """The chosen calibration, and the mean log loss of each kind on rows it was not fitted on."""

    calibration: Calibration
    losses: dict[str, float]


def calibrate(log_odds: Numbers, labels: Flags, folds: Codes) -> Calibrated:
    """Fit both kinds without each of the `folds (n,)` in turn, and take the better one, of all.

    Scores of validation rows go in; with a single fold there is nothing to choose by, and Platt's
    two numbers are the safer ones.
    """
    kinds = {"platt": fit_platt, "isotonic": fit_isotonic}
    losses: dict[str, float] = {}
    parts = [folds == fold for fold in np.unique(folds)]
    usable = [p for p in parts if labels[~p].any() and not labels[~p].all()]
    for name, fit in kinds.items():
        found = [
            _log_loss(fit(log_odds[~part], labels[~part]).chances(log_odds[part]), labels[part])
            for part in usable
        ]
        if found:
            losses[name] = float(np.concatenate(found).mean())
    best = min(losses, key=lambda name: losses[name], default="platt")
    return Calibrated(kinds[best](log_odds, labels), losses)


def fit_platt(log_odds: Numbers, labels: Flags) -> Calibration:
    """Platt's logistic curve, with his targets that allow for few keepers; it never falls."""
    from scipy.optimize import minimize
    from scipy.special import expit

    kept, others = labels.sum(), (~labels).sum()
    target = np.where(labels, (kept + 1) / (kept + 2), 1 / (others + 2))
    middle, spread = float(log_odds.mean()), float(log_odds.std()) or 1.0
    standard = (log_odds - middle) / spread

    def loss(values: Numbers) -> tuple[float, Numbers]:
        score = values[0] * standard + values[1]
        slip = expit(score) - target
        return (
            float(np.mean(np.logaddexp(0, score) - target * score)),
            np.array([np.mean(slip * standard), np.mean(slip)]),
        )

    start = np.array([1.0, np.log((kept + 1) / (others + 1))])
    bounds = [(_LEAST_SLOPE, None), (None, None)]
    slope, height = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x / [
        spread,
        1,
    ]
    return Calibration("platt", float(slope), float(height - slope * middle), [])


def fit_isotonic(log_odds: Numbers, labels: Flags) -> Calibration:
    """The rising steps of least squares, joined by lines between their middles."""
    from scipy.optimize import isotonic_regression

    platt = fit_platt(log_odds, labels)
    order = np.argsort(log_odds, kind="stable")
    at, inverse, count = np.unique(log_odds[order], return_inverse=True, return_counts=True)
    share = np.bincount(inverse, labels[order]) / count
    blocks = isotonic_regression(share, weights=count)
    starts = blocks.blocks[:-1]
    rows = np.add.reduceat(count, starts)
    middles = np.add.reduceat(at * count, starts) / rows
    if len(rows) < _BLOCKS:
        return platt
    levels = np.column_stack([middles, blocks.x[starts]])
    return Calibration("isotonic", platt.slope, platt.intercept, levels.tolist())


def _log_loss(chances: Numbers, labels: Flags) -> Numbers:
    chances = np.clip(chances, 1e-9, 1 - 1e-9)
    loss: Numbers = -np.log(np.where(labels, chances, 1 - chances))
    return loss
