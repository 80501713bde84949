"""The smooth part of the model: one logistic regression over all features.

Trees approach a straight line in steps, and badly where keepers are rare. So what a line can say
is said here, and the trees begin where it ends.
"""

from dataclasses import dataclass

import numpy as np

from flux_assets.keepers.taste.evaluation import Flags, Numbers
from flux_assets.keepers.taste.linear import Codes, Rows, fit_linear
from flux_resources.vectors import Vectors

_FURTHEST = 5.0  # standard deviations; what lies beyond counts as that far
_CHUNK = 65_536


@dataclass(frozen=True)
class Blend:
    """Log-odds that are linear in the features `(n, f)`; what is unknown counts as the mean.

    `middle`, `spread` and `coefficients` are float32 `(f,)`.
    """

    middle: Vectors
    spread: Vectors
    coefficients: Vectors
    intercept: float

    def contributions(self, features: Vectors) -> Vectors:
        """What each feature adds, `(n, f)`."""
        return _standard(features, self.middle, self.spread) * self.coefficients

    def log_odds(self, features: Vectors) -> Numbers:
        found = np.empty(len(features))
        for start in range(0, len(features), _CHUNK):
            rows = slice(start, start + _CHUNK)
            found[rows] = (
                _standard(features[rows], self.middle, self.spread) @ self.coefficients
            ) + self.intercept
        return found


@dataclass(frozen=True)
class Blended:
    """A blend, its log-odds `(n,)` of all rows (those taught out of fold), and its penalty."""

    blend: Blend
    log_odds: Numbers
    penalty: float


def fit_blend(features: Vectors, labels: Flags, weights: Numbers, folds: Codes) -> Blended:
    """Fit on the rows of `folds` of 0 or more."""
    taught = folds >= 0
    middle, spread = _moments(features[taught])
    standard = _standard(features, middle, spread)
    fit = fit_linear(Rows([standard], labels, weights * taught, np.maximum(folds, 0)))
    blend = Blend(middle, spread, fit.coefficients, fit.intercept)
    return Blended(blend, np.where(taught, fit.out_of_fold, blend.log_odds(features)), fit.penalty)


def _moments(features: Vectors) -> tuple[Vectors, Vectors]:
    """Mean and standard deviation of what is known of each feature; 0 and 1 where nothing is."""
    known = ~np.isnan(features)
    count = np.maximum(known.sum(0), 1)
    middle = np.where(known, features, 0).sum(0, dtype=np.float64) / count
    less = np.where(known, features - middle.astype(np.float32), 0)
    spread = np.sqrt((less**2).sum(0, dtype=np.float64) / count)
    spread = np.where(spread > 1e-6 * (1 + np.abs(middle)), spread, 1.0)
    return middle.astype(np.float32), spread.astype(np.float32)


def _standard(features: Vectors, middle: Vectors, spread: Vectors) -> Vectors:
    standard: Vectors = np.clip((features - middle) / spread, -_FURTHEST, _FURTHEST)
    return np.nan_to_num(standard, copy=False, nan=0.0)
