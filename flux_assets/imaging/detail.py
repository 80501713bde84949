"""Fine detail and noise of a picture, from the cosine transform of 8 by 8 pixel blocks.

The blocks are those of JPEG, so compression takes from the coefficients that are read here and
the edges it makes between blocks are not mistaken for detail.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from flux_assets.imaging.tones import LEVELS, Histogram, Table, rank_table

Floats = np.ndarray[Any, np.dtype[np.float32]]
Levels = np.ndarray[Any, np.dtype[np.uint8]]

BLOCK = 8  # pixels
TILE = 8  # blocks: 64 pixels
_SHARPEST = 0.03  # share of the tiles that counts: a small subject is enough
_FLATTEST = 0.02  # share of the blocks that shows the noise
_TEXTURE, _WHITE = 0.7, 0.9  # high over middle frequencies: at most texture, at least noise
_GAUSSIAN = 1.25  # standard deviation over mean absolute value
_NOISE_PER_ROOT_ISO = 0.12  # levels; no camera is noisier at the size of a working copy


@dataclass(frozen=True)
class Detail:
    """`fine` is rank contrast in the sharpest tiles, 0-1; `noise` is levels of 255."""

    fine: float
    noise: float


def _basis() -> tuple[Floats, int, int]:
    """Cosines `(64, k)` by rising frequency, and where the second and third group begin.

    The groups: slow (periods of 11 pixels and more), middle, fast (down to 4 pixels).
    """
    place = np.arange(BLOCK)
    cosine = np.cos(np.pi * (2 * place[None, :] + 1) * place[:, None] / (2 * BLOCK)) / 2
    cosine[0] /= np.sqrt(2)
    radius = np.hypot(place[:, None], place[None, :])
    groups = [(radius > 0) & (radius < 2), (radius >= 2) & (radius < 3.1)]
    groups.append((radius >= 3.1) & (radius < 4.2))
    chosen = np.concatenate([np.argwhere(group) for group in groups])
    columns = [np.outer(cosine[u], cosine[v]).ravel() for u, v in chosen]
    slow, middle = (int(group.sum()) for group in groups[:2])
    return np.stack(columns, axis=1).astype(np.float32), slow, slow + middle


_COSINES, _MIDDLE, _FAST = _basis()


def measure_detail(grey: Image.Image, histogram: Histogram, iso: int | None) -> Detail:
    """Detail of a grey picture; `histogram` is the shares of its 256 levels.

    `iso`, where it is known, limits how much of the unrest in the flattest blocks can be noise.
    """
    pixels = _whole_blocks(np.asarray(grey))
    rows, columns = (side // BLOCK for side in pixels.shape)
    ranks, slopes = rank_table(histogram)
    squares = pixels.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    blocks = squares.reshape(rows, columns, BLOCK**2)
    # One small product per row of blocks: a large one would wake the threads of the BLAS library.
    strength = np.abs(np.take(ranks, blocks) @ _COSINES)
    fine = strength[..., _MIDDLE:].mean(axis=2)
    slope = _slope_of_blocks(blocks, slopes)
    noise = _noise(strength.reshape(-1, strength.shape[2]), slope.ravel())
    if iso is not None:
        noise = min(noise, _NOISE_PER_ROOT_ISO * float(np.sqrt(iso)))
    tiles = _tile_means(fine)
    of_noise = _tile_means(slope) * (noise / _GAUSSIAN)
    without = np.sqrt(np.maximum(tiles**2 - of_noise**2, 0))
    count = max(1, round(_SHARPEST * without.size))
    return Detail(fine=float(np.sort(without)[-count:].mean()), noise=noise)


def _whole_blocks(pixels: Levels) -> Levels:
    """Cropped to whole blocks; a side shorter than a block is filled up with its last pixels."""
    height, width = pixels.shape
    if min(height, width) < BLOCK:
        missing = [(0, max(0, BLOCK - side)) for side in (height, width)]
        pixels = np.pad(pixels, missing, mode="edge")
        height, width = pixels.shape
    return pixels[: height // BLOCK * BLOCK, : width // BLOCK * BLOCK]


def _slope_of_blocks(blocks: Levels, slopes: Table) -> Floats:
    """Rank per level at the mean level of each block."""
    means = blocks.mean(axis=2, dtype=np.float32)
    slope: Floats = np.interp(means, LEVELS, np.maximum(slopes, 1e-4)).astype(np.float32)
    return slope


def _noise(strength: Floats, slope: Floats) -> float:
    """Standard deviation, in levels, of the unrest in the flattest blocks that is white.

    Noise is as strong at high as at middle frequencies, texture and compression are weaker.
    """
    unrest = strength[:, :_MIDDLE].mean(axis=1) / slope
    count = max(1, int(_FLATTEST * len(unrest)))
    flattest = np.argpartition(unrest, count - 1)[:count]
    levels = strength[flattest] / slope[flattest, None]
    middle, fast = levels[:, _MIDDLE:_FAST].mean(), levels[:, _FAST:].mean()
    if middle == 0:
        return 0.0
    white = float(np.clip((fast / middle - _TEXTURE) / (_WHITE - _TEXTURE), 0, 1))
    return _GAUSSIAN * white * float(levels[:, _MIDDLE:].mean())


def _tile_means(values: Floats) -> Floats:
    """Means over tiles of about 8 by 8 blocks that cover the picture; `(rows, columns)` to 1-D."""
    for axis in (0, 1):
        size = values.shape[axis]
        edges = np.linspace(0, size, max(1, round(size / TILE)) + 1).astype(int)
        sums = np.add.reduceat(values, edges[:-1], axis=axis)
        widths = np.diff(edges).reshape((-1, 1) if axis == 0 else (1, -1))
        values = (sums / widths).astype(np.float32)
    return values.ravel()
