"""A threshold of its own for every tag that captions name often enough.

Frequent concepts come in many shapes and score lower than rare ones: a dog is to be believed from
0.18 on, where a crosswalk needs 0.27. A tag with few examples stays near the common threshold.
"""

import numpy as np

from flux_resources.vectors import Vectors

_FEWEST = 5
_SHRINK = 10  # a tag named by this many pictures goes half of the way to its own best
_GRID = np.arange(0.12, 0.45, 0.01)


def thresholds(scores: Vectors, named: "np.ndarray", common: float) -> "np.ndarray":
    """One per column of `scores` `(pictures, tags)`, for the best F1 against `named` captions."""
    chosen = np.full(scores.shape[1], common)
    for column in range(scores.shape[1]):
        right = named[:, column] >= 1
        count = int(right.sum())
        if count >= _FEWEST:
            own = max(_GRID, key=lambda level: _f1(scores[:, column] >= level, right))
            weight = count / (count + _SHRINK)
            chosen[column] = weight * own + (1 - weight) * common
    return chosen


def cross_validated(
    scores: Vectors, named: "np.ndarray", common: float, limit: int
) -> "list[tuple[np.ndarray, np.ndarray]]":
    """Given tags and captions' naming, of each half with thresholds from the other half."""
    order = np.random.default_rng(0).permutation(len(scores))
    halves = np.array_split(order, 2)
    found = []
    for here, there in (halves, halves[::-1]):
        margin = scores[here] - thresholds(scores[there], named[there], common)
        floor = np.sort(margin, axis=1)[:, -limit][:, None]
        found.append(((margin >= 0) & (margin >= floor), named[here]))
    return found


def _f1(given: "np.ndarray", right: "np.ndarray") -> float:
    return float(2 * (given & right).sum() / max(1, given.sum() + right.sum()))
