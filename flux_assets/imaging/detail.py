"""Fine detail and noise of a picture, from the cosine transform of 8 by 8 pixel blocks.

Half of the blocks are those of JPEG: compression takes from their coefficients, and the edges it
makes between blocks are no detail. The other half lies across them, for edges of the picture that
fall between two blocks. The transform is that of `log(level + 14)`, which an exposure shifts and
does not scale.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from flux_assets.imaging.tones import LEVELS, TOE

Floats = np.ndarray[Any, np.dtype[np.float32]]
Levels = np.ndarray[Any, np.dtype[np.uint8]]
Indices = np.ndarray[Any, np.dtype[np.int64]]

BLOCK = 8  # pixels
TILE = 64  # pixels
_ASIDE = 3  # pixels, right and down, from the blocks of JPEG to the other ones
_LOGARITHMS = np.log(LEVELS + TOE).astype(np.float32)
_SHARPEST = 0.03  # share of the tiles that counts: a small subject is enough
# Added to the coarse detail, so that noise is little beside it: always, for the range of the
# tones, and for rounding, in levels.
_LEAST, _LEAST_OF_RANGE, _ROUNDING = 0.03, 0.04, 1
_FLATTEST = 0.02  # share of the blocks that shows the noise
_TEXTURE, _WHITE = 0.7, 0.9  # high over middle frequencies: at most texture, at least noise
_SURELY_NOISE = 0.5  # share of that unrest which is taken from the detail everywhere
_CLIPPED = 250  # mean level of a block that is too bright to show noise
_GAUSSIAN = 1.25  # standard deviation over mean absolute value
_USUAL_NOISE, _MOST_NOISE = 0.06, 0.12  # levels per root of ISO, at the size of a working copy


@dataclass(frozen=True)
class Detail:
    """`fine` is fine over coarse detail in the sharpest tiles; `noise` is levels of 255.

    `fine` is 0.3 to 0.6 for a sharp photograph at 1024 px, below 0.1 for one that is blurred.
    """

    fine: float
    noise: float


def _basis() -> tuple[Floats, int, int]:
    """Cosines `(64, k)` by rising frequency, and where the second and third group begin.

    The groups: coarse (periods of 11 pixels and more), middle, fast (down to 4 pixels).
    """
    place = np.arange(BLOCK)
    cosine = np.cos(np.pi * (2 * place[None, :] + 1) * place[:, None] / (2 * BLOCK)) / 2
    cosine[0] /= np.sqrt(2)
    radius = np.hypot(place[:, None], place[None, :])
    groups = [(radius > 0) & (radius < 2), (radius >= 2) & (radius < 3.1)]
    groups.append((radius >= 3.1) & (radius < 4.2))
    chosen = np.concatenate([np.argwhere(group) for group in groups])
    columns = [np.outer(cosine[u], cosine[v]).ravel() for u, v in chosen]
    coarse, middle = (int(group.sum()) for group in groups[:2])
    return np.stack(columns, axis=1).astype(np.float32), coarse, coarse + middle


_COSINES, _MIDDLE, _FAST = _basis()


def measure_detail(grey: Image.Image, log_range: float, iso: int | None) -> Detail:
    """Detail of a grey picture; `log_range` is that of its `Tones`.

    Noise is no detail: what is usual at this `iso`, where it is known, or else what the flattest
    blocks surely have. It also limits how much of their unrest is noise.
    """
    blocks = _blocks(np.asarray(grey))
    # One small product per row of blocks: a large one would wake the threads of the BLAS library.
    strength = np.abs(np.take(_LOGARITHMS, blocks) @ _COSINES)
    light = blocks.mean(axis=-1, dtype=np.float32) + TOE
    flattest = _flattest(strength, light)
    unrest = _GAUSSIAN * float(flattest[:, _MIDDLE:].mean())
    noise, root = unrest * _whiteness(flattest), float(np.sqrt(iso or 0))
    no_detail = max(_USUAL_NOISE * root, _SURELY_NOISE * unrest)
    return Detail(
        fine=_sharpest(strength, light, log_range, no_detail),
        noise=noise if iso is None else min(noise, _MOST_NOISE * root),
    )


def _blocks(levels: Levels) -> Levels:
    """Blocks `(rows, 2, columns, 64)`: rows of JPEG's blocks and rows of others, by turns.

    What fills no pair of blocks is cropped, what is smaller filled up with its last pixels.
    """
    least = (2 * BLOCK + _ASIDE, BLOCK + _ASIDE)
    missing = [(0, max(0, size - side)) for size, side in zip(least, levels.shape, strict=True)]
    levels = np.pad(levels, missing, mode="edge")
    rows = (levels.shape[0] - _ASIDE) // (2 * BLOCK)
    columns = (levels.shape[1] - _ASIDE) // BLOCK

    def lines(start: int) -> Levels:
        height, width = 2 * BLOCK * rows, BLOCK * columns
        cropped = levels[start : start + height, start : start + width]
        return cropped.reshape(rows, 2, BLOCK, columns, BLOCK)

    pairs = np.stack((lines(0)[:, 0], lines(_ASIDE)[:, 1]), axis=1)
    return pairs.swapaxes(2, 3).reshape(rows, 2, columns, BLOCK**2)


def _sharpest(strength: Floats, light: Floats, log_range: float, noise: float) -> float:
    """Fine over coarse detail, the mean of the sharpest tiles.

    A low contrast or a tone curve changes both alike, so neither makes a picture soft. An edge
    that only one block of a pair can see is nearly as fine as one that both see.
    """
    rows, _, columns = light.shape
    tiles = _tiles(rows, columns).ravel()
    blocks = np.bincount(tiles)

    def means(values: Floats) -> Floats:
        per_tile: Floats = (np.bincount(tiles, values.ravel()) / blocks).astype(np.float32)
        return per_tile

    mean_light = means(light.mean(axis=1))
    of_noise = noise / _GAUSSIAN / mean_light
    seen = np.sqrt((strength[..., _MIDDLE:].mean(axis=-1) ** 2).mean(axis=1))
    fine = np.sqrt(np.maximum(means(seen) ** 2 - of_noise**2, 0))
    coarse = means(strength[..., :_MIDDLE].mean(axis=(1, -1)))
    least = _LEAST + _LEAST_OF_RANGE * log_range + _ROUNDING / mean_light
    parts = np.sort(fine / (coarse + least))
    count = max(1, round(_SHARPEST * parts.size))
    return float(parts[-count:].mean())


def _tiles(rows: int, columns: int) -> Indices:
    """The tile, of about 64 by 64 pixels, of each pair of blocks: `(rows, columns)`."""
    down = np.arange(rows) * max(1, round(rows * 2 * BLOCK / TILE)) // rows
    across = np.arange(columns) * max(1, round(columns * BLOCK / TILE)) // columns
    tiles: Indices = down[:, None] * (across[-1] + 1) + across
    return tiles


def _flattest(strength: Floats, light: Floats) -> Floats:
    """Strength, in levels, of the frequencies of the flattest blocks: `(n, k)`."""
    levels = (strength * light[..., None]).reshape(-1, strength.shape[-1])
    seen = light.ravel() < _CLIPPED + TOE
    count = max(1, int(_FLATTEST * len(levels)))
    if seen.sum() >= count:
        levels = levels[seen]
    unrest = levels[:, :_MIDDLE].mean(axis=1)
    flattest: Floats = levels[np.argpartition(unrest, count - 1)[:count]]
    return flattest


def _whiteness(flattest: Floats) -> float:
    """0-1, how much of the unrest of flat blocks is noise.

    Noise is as strong at high as at middle frequencies, texture and compression are weaker.
    """
    middle, fast = flattest[:, _MIDDLE:_FAST].mean(), flattest[:, _FAST:].mean()
    if middle == 0:
        return 0.0
    return float(np.clip((fast / middle - _TEXTURE) / (_WHITE - _TEXTURE), 0, 1))
