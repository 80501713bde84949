"""Logistic regressions on vectors, many at once: one per fold and penalty, in one pass.

A pass over 400,000 vectors costs the time to read them, whether it serves one regression or
twenty. So the folds and the penalties are columns of one matrix, and one optimizer moves all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flux_assets.keepers.taste.evaluation import Flags, Numbers, average_precision
from flux_resources.vectors import Vectors

Codes = np.ndarray[Any, np.dtype[np.int64]]

# Penalties in units of the mean curvature of the loss without one: vectors of any length, any
# number of rows and any share of keepers mean the same.
_PENALTIES = (0.01, 0.1, 1.0, 10.0)
_STEPS = 40
_SAMPLE = 20_000  # rows that suffice to know the shape of the loss


@dataclass(frozen=True)
class Rows:
    """What a regression is fitted on.

    Attributes:
        blocks: float32 `(n_i, d)`; the rows of all blocks one after the other are `(n, d)`.
        labels: `(n,)`, True for keepers.
        weights: `(n,)`; rows of weight 0 are scored and not learned from.
        folds: `(n,)`, from 0; a row is never scored by a regression that learned from its fold.
        centre: `(n,)`, the group whose mean is taken from each row before; None takes none.
    """

    blocks: Sequence[Vectors]
    labels: Flags
    weights: Numbers
    folds: Codes
    centre: Codes | None = None


@dataclass(frozen=True)
class Linear:
    """A fitted regression.

    Attributes:
        coefficients: float32 `(d,)`, of all rows.
        intercept: log-odds of a row of zeros.
        out_of_fold: `(n,)` log-odds of the rows, each by the regression without its fold; as for
            all rows that are scored, nothing is taken from them before.
        penalty: the chosen one, of those tried.
        quality: penalty to average precision out of fold.
    """

    coefficients: Vectors
    intercept: float
    out_of_fold: Numbers
    penalty: float
    quality: dict[float, float]


def fit_linear(rows: Rows) -> Linear:
    """Fit with the penalty whose out-of-fold scores rank best.

    Raises:
        ValueError: no row of weight is a keeper, or all are.
    """
    count = int(rows.folds.max()) + 1
    weights = np.stack([rows.weights * (rows.folds != fold) for fold in range(count)], 1)
    weights = np.hstack([weights, rows.weights[:, None]])
    fitted = _Problem(rows, np.tile(weights, len(_PENALTIES))).solve()
    own = rows.folds[:, None] == np.arange(count)
    scores = fitted.scores.reshape(len(rows.labels), len(_PENALTIES), count + 1)
    learned = rows.weights > 0
    held_out = np.where(own[:, None], scores[:, :, :-1], 0).sum(2)
    compared = held_out if rows.centre is None else less_mean(held_out, rows.centre)
    quality = {
        penalty: average_precision(compared[learned, p], rows.labels[learned])
        for p, penalty in enumerate(_PENALTIES)
    }
    best = int(np.argmax([*quality.values()]))
    column = best * (count + 1) + count
    return Linear(
        coefficients=fitted.coefficients[:, column].astype(np.float32),
        intercept=float(fitted.intercepts[column]),
        out_of_fold=held_out[:, best].astype(np.float64),
        penalty=_PENALTIES[best],
        quality=quality,
    )


def less_mean(values: Any, groups: Codes) -> Any:
    """`values (n, m)` less the mean of their group `(n,)`; a row alone in its group is 0."""
    from scipy.sparse import csr_array

    members = csr_array(
        (np.ones(len(groups), values.dtype), (groups, np.arange(len(groups)))),
        shape=(int(groups.max()) + 1, len(groups)),
    )
    means = (members @ values) / np.maximum(np.bincount(groups), 1)[:, None].astype(values.dtype)
    return values - means[groups]


@dataclass(frozen=True)
class _Fitted:
    coefficients: Numbers  # (d, columns)
    intercepts: Numbers  # (columns,)
    scores: Vectors  # (n, columns)


class _Problem:
    """Columns of independent regressions, one per column of `weights (n, columns)`.

    The columns come in as many equal parts as there are penalties. Coefficients are moved in
    coordinates in which the loss is about equally curved in all directions.
    """

    def __init__(self, rows: Rows, weights: Numbers) -> None:
        self._rows = rows
        self._sums = weights.sum(0)
        rates = (weights * rows.labels[:, None]).sum(0) / np.maximum(self._sums, 1e-12)
        if not ((rates > 0) & (rates < 1)).all():
            raise ValueError("a linear model needs keepers and others in every fold")
        self._weights = (weights / self._sums).astype(np.float32)
        self._start = np.log(rates / (1 - rates))
        curvature = float((rates * (1 - rates)).mean())
        self._pace = curvature**-0.5
        self._mean, covariance = _moments(rows)
        self._maps, self._penalties = self._shape(covariance * curvature)

    def _shape(self, covariance: Numbers) -> tuple[list[Numbers], Numbers]:
        """Per penalty the map from moved to real coordinates, and the penalties per column."""
        penalties = np.array(_PENALTIES) * max(float(np.trace(covariance)) / len(covariance), 1e-12)
        identity = np.eye(len(covariance))
        maps = [np.linalg.inv(np.linalg.cholesky(covariance + p * identity)).T for p in penalties]
        return maps, np.repeat(penalties, self._weights.shape[1] // len(penalties))

    def solve(self) -> _Fitted:
        from scipy.optimize import minimize

        dimensions = len(self._maps[0])
        first = np.zeros((dimensions + 1, self._weights.shape[1]))
        first[-1] = self._start / self._pace
        found = minimize(
            self._loss,
            first.ravel(),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": _STEPS, "ftol": 1e-5, "gtol": 1e-6},
        )
        moved = found.x.reshape(first.shape)
        coefficients = self._real(moved[:-1])
        intercepts = moved[-1] * self._pace - self._mean @ coefficients
        return _Fitted(coefficients, intercepts, self._scores(coefficients, intercepts))

    def _real(self, moved: Numbers) -> Numbers:
        parts = np.split(moved, len(self._maps), axis=1)
        return np.hstack([m @ part for m, part in zip(self._maps, parts, strict=True)])

    def _scores(self, coefficients: Numbers, intercepts: Numbers) -> Vectors:
        narrow = coefficients.astype(np.float32)
        scores = np.concatenate([block @ narrow for block in self._rows.blocks])
        return scores + intercepts.astype(np.float32)

    def _loss(self, flat: Numbers) -> tuple[float, Numbers]:
        moved = flat.reshape(len(self._maps[0]) + 1, -1)
        real = self._real(moved[:-1])
        intercepts = moved[-1] * self._pace - self._mean @ real
        scores = self._scores(real, intercepts)
        if self._rows.centre is not None:
            scores = less_mean(scores, self._rows.centre) + intercepts.astype(np.float32)
        signed = np.where(self._rows.labels[:, None], -scores, scores)
        decay = np.exp(-np.abs(signed))
        loss = np.vdot(self._weights, np.log1p(decay) + np.maximum(signed, 0))
        chance = np.where(scores >= 0, 1 / (1 + decay), decay / (1 + decay))
        residual = self._weights * (chance - self._rows.labels[:, None])
        slope = residual.sum(0, dtype=np.float64)
        if self._rows.centre is not None:
            residual = less_mean(residual, self._rows.centre)
        ends = np.cumsum([len(block) for block in self._rows.blocks])[:-1]
        gradient = sum(
            block.T @ part
            for block, part in zip(self._rows.blocks, np.split(residual, ends), strict=True)
        )
        gradient = gradient - np.outer(self._mean, slope) + self._penalties * real
        parts = np.split(gradient, len(self._maps), axis=1)
        back = np.hstack([m.T @ part for m, part in zip(self._maps, parts, strict=True)])
        total = float(loss) + 0.5 * float((self._penalties * real**2).sum())
        return total, np.vstack([back, slope * self._pace]).ravel()


def _moments(rows: Rows) -> tuple[Numbers, Numbers]:
    """Mean `(d,)` and covariance `(d, d)` of a sample of the rows, less their centres."""
    learned = np.flatnonzero(rows.weights[: len(rows.blocks[0])] > 0)
    step = len(learned) // _SAMPLE + 1
    if rows.centre is None:
        sample = rows.blocks[0][learned[::step]]
    else:
        chosen = learned[rows.centre[learned] % step == 0]
        _, groups = np.unique(rows.centre[chosen], return_inverse=True)
        sample = less_mean(rows.blocks[0][chosen], groups)
    mean = sample.mean(0)
    sample = sample - mean
    return mean.astype(np.float64), (sample.T @ sample).astype(np.float64) / len(sample)
