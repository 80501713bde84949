"""The tones of a picture: what was lost at both ends, how far they spread, and their ranks.

All of it comes from the 256-bin histogram of luma, in levels 0-255.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Histogram = np.ndarray[Any, np.dtype[np.float64]]
Table = np.ndarray[Any, np.dtype[np.float32]]

LEVELS = np.arange(256)
_TOE = 14  # sRGB values grow with the light about as `level + 14` does
_PLATEAU = 0.97  # tones within 3 % of the brightest one,
_PLATEAU_LEVELS = 5  # and at least so many levels below it, count as one
_BLACK_LEVELS = 12
_BLACK_SHARE = 0.3  # more black than that counts no further: it is a night
_DARK_WHITE = 128  # a picture whose brightest tone lies below is dark
_FULL_CONTRAST = 1.0  # natural logarithm of the ratio of light to dark tones
_STEEPEST = 2.0  # rank per relative contrast; more would stretch the noise of an even sky


@dataclass(frozen=True)
class Tones:
    """What the histogram says; everything lies in 0-1.

    `clipped_highlights` is the share of the picture on the plateau of its own brightest tone: a
    blown sky stays lost when the picture is darkened. `clipped_shadows` is the share at black,
    fading out over 12 levels. `white` and `spread` are the brightest tone and the distance from
    1st to 99th percentile, of full scale. `exposure` is 1 where nothing is lost, `contrast` 1
    where light tones are e times as bright as dark ones or more.
    """

    clipped_shadows: float
    clipped_highlights: float
    white: float
    spread: float
    exposure: float
    contrast: float


def measure_tones(histogram: Histogram) -> Tones:
    """Tones of a picture, given the shares of its 256 levels of luma."""
    cumulative = histogram.cumsum()
    low, high, white = (_percentile(cumulative, share) for share in (0.01, 0.99, 0.995))
    plateau = int(np.ceil(max(0, min(_PLATEAU * white, white - _PLATEAU_LEVELS))))
    highlights = min(1.0, float(histogram[plateau:].sum()))
    shadows = min(1.0, float(histogram @ np.maximum(0, 1 - LEVELS / _BLACK_LEVELS)))
    light = min(1.0, white / _DARK_WHITE) * (white / 255) ** 0.05
    return Tones(
        clipped_shadows=shadows,
        clipped_highlights=highlights,
        white=white / 255,
        spread=(high - low) / 255,
        exposure=light * float(np.exp(-3 * highlights - min(shadows, _BLACK_SHARE))),
        contrast=min(1.0, float(np.log((high + _TOE) / (low + _TOE))) / _FULL_CONTRAST),
    )


def _percentile(cumulative: Histogram, share: float) -> float:
    """The level, 0-255, below which `share` of the picture lies; a level is as wide as 1."""
    level = int(np.searchsorted(cumulative, share * cumulative[-1]))
    before = cumulative[level - 1] if level else 0.0
    inside = (share * cumulative[-1] - before) / max(cumulative[level] - before, 1e-12)
    return float(np.clip(level - 0.5 + inside, 0, 255))


def rank_table(histogram: Histogram) -> tuple[Table, Table]:
    """Level to rank, and the slope of it: two float32 `(256,)`.

    A rank is the share of the picture that is darker. No tone curve and no exposure changes the
    ranks of a picture unless it makes tones equal, so differences of rank cannot be raised by
    grading. Where the slope is limited, ranks grow with relative contrast instead.
    """
    smooth = np.convolve(histogram, np.array([1, 2, 3, 2, 1]) / 9, "same")
    slope = np.minimum(smooth, _STEEPEST / (LEVELS + _TOE))
    return (slope.cumsum() - slope / 2).astype(np.float32), slope.astype(np.float32)
