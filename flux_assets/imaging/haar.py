"""The Haar wavelet of square grey pictures, rounded wherever PyWavelets rounds.

`imagehash` compares cells that are equal but for rounding errors, so equal hashes of pictures
with even areas need the very same products and sums.
"""

from typing import Any

import numpy as np

Reals = np.ndarray[Any, np.dtype[np.float64]]

_HALF_ROOT = 0.7071067811865476  # the one number of the orthonormal filters


def without_mean(pixels: Reals) -> Reals:
    """A square of side 2**k taken apart as far as it goes and put together without its mean."""
    details = []
    low = pixels
    while len(low) > 1:
        rows, row_detail = _split(low)
        left, right = _split(rows.T), _split(row_detail.T)
        low = left[0].T
        details.append((left[1].T, right[0].T, right[1].T))
    low = np.zeros_like(low)
    for across, down, both in reversed(details):
        rows, row_detail = _joined(low.T, across.T).T, _joined(down.T, both.T).T
        low = _joined(rows, row_detail)
    return low


def approximation(pixels: Reals, side: int) -> Reals:
    """The coarse half of the transform, repeated until `(side, side)` is left."""
    while len(pixels) > side:
        pixels = _split(_split(pixels)[0].T)[0].T
    return pixels


def _split(values: Reals) -> tuple[Reals, Reals]:
    """Sums and differences of neighbouring rows."""
    first, second = values[0::2] * _HALF_ROOT, values[1::2] * _HALF_ROOT
    return first + second, first - second


def _joined(low: Reals, detail: Reals) -> Reals:
    """The inverse of `_split`."""
    joined = np.empty((2 * len(low), low.shape[1]))
    joined[0::2] = low * _HALF_ROOT + detail * _HALF_ROOT
    joined[1::2] = low * _HALF_ROOT - detail * _HALF_ROOT
    return joined
