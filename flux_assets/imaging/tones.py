"""The tones of a picture: what was lost at both ends, and how far they spread.

All of it comes from the 256-bin histogram of luma, in levels 0-255.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Histogram = np.ndarray[Any, np.dtype[np.float64]]

LEVELS: Histogram = np.arange(256, dtype=np.float64)
TOE = 14  # `log(level + 14)` grows by about the same, 0.29, with every stop of light
_HIGHLIGHTS = 0.05  # tones up to 5 % below the brightest one count as lost, ever less to 10 %
_SHADOW_LEVELS = 20  # above the darkest tone, ever less
_OF_RANGE = 0.1  # of the range of tones, and no more of them: fog is not lost
_DARK_WHITE = 100  # a picture whose brightest tone lies below is dark
_FULL_CONTRAST = 0.7  # natural logarithm of the ratio of light to dark tones


@dataclass(frozen=True)
class Tones:
    """What the histogram says; everything but `log_range` lies in 0-1.

    `clipped_highlights` and `clipped_shadows` are the shares of the picture at its own brightest
    and darkest tone: a blown sky stays lost when the picture is darkened. `white` and `spread`
    are the brightest tone and the distance from 1st to 99th percentile, of full scale, `log_range`
    is that distance in `log(level + 14)`. `exposure` is 1 where nothing is lost, `contrast` 1
    where light tones are twice as bright as dark ones or more.
    """

    clipped_shadows: float
    clipped_highlights: float
    white: float
    spread: float
    log_range: float
    exposure: float
    contrast: float


def measure_tones(histogram: Histogram) -> Tones:
    """Tones of a picture, given the shares of its 256 levels of luma.

    No mark rises when light is added or taken away: what a longer exposure loses at one end
    counts, and what it spreads out again does not.
    """
    cumulative = histogram.cumsum()
    black, low, high, white = (_percentile(cumulative, at) for at in (0.005, 0.01, 0.99, 0.995))
    few = max(_OF_RANGE * (white - black), 1)
    highlights = _share(histogram, 2 - (white - LEVELS) / min(_HIGHLIGHTS * (white + TOE), few))
    shadows = _share(histogram, 1 - (LEVELS - black) / min(_SHADOW_LEVELS, few))
    light = min(1.0, (white + TOE) / (_DARK_WHITE + TOE)) * ((white + TOE) / (255 + TOE)) ** 0.05
    log_range = float(np.log((high + TOE) / (low + TOE)))
    return Tones(
        clipped_shadows=shadows,
        clipped_highlights=highlights,
        white=white / 255,
        spread=(high - low) / 255,
        log_range=log_range,
        exposure=light * float(np.exp(-1.5 * highlights - 0.2 * shadows)),
        contrast=min(1.0, log_range / _FULL_CONTRAST),
    )


def _share(histogram: Histogram, weights: np.ndarray[Any, np.dtype[np.floating[Any]]]) -> float:
    """Share of the picture, each level weighing 0-1."""
    return min(1.0, float(histogram @ np.clip(weights, 0, 1)))


def _percentile(cumulative: Histogram, share: float) -> float:
    """The level, 0-255, below which `share` of the picture lies; a level is as wide as 1."""
    level = int(np.searchsorted(cumulative, share * cumulative[-1]))
    before = cumulative[level - 1] if level else 0.0
    inside = (share * cumulative[-1] - before) / max(cumulative[level] - before, 1e-12)
    return float(np.clip(level - 0.5 + inside, 0, 255))
