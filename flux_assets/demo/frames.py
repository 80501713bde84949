"""One photograph becomes a session of similar, distinct frames. Pure and deterministic.

Images are 8-bit sRGB `RGB`; a frame is 1620x1080 or 1080x1620 pixels (3:2), like a small GR file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageOps

LONG_EDGE, SHORT_EDGE = 1620, 1080
_HAZE = (206, 210, 214)  # the pale grey that distance fades into


class Look(StrEnum):
    """The light of a session; part of what its frames can be found by."""

    CLEAR = "clear"
    FOG = "in fog"
    NIGHT = "at night"
    MONOCHROME = "in black and white"
    SILHOUETTE = "as a silhouette"


@dataclass(frozen=True)
class Recipe:
    """How one frame is drawn from its photograph.

    `x`, `y`: centre of the crop as shares of width and height; `zoom`: 1.0 is the largest 3:2
    crop, 1.25 is a fifth less; `stops`: exposure in EV; `contrast`, `warmth`: 1.0 is neutral;
    `grain`: standard deviation of the sensor noise in 8-bit steps.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    upright: bool = False
    mirrored: bool = False
    stops: float = 0.0
    contrast: float = 1.0
    warmth: float = 1.0
    grain: float = 2.0
    look: Look = Look.CLEAR
    seed: int = 0


def vary(
    rng: np.random.Generator, *, focus: tuple[float, float], look: Look, upright: bool, seed: int
) -> Recipe:
    """A recipe near `focus`: another step to the side, another setting of the camera."""
    return Recipe(
        x=focus[0] + rng.uniform(-0.09, 0.09),
        y=focus[1] + rng.uniform(-0.07, 0.07),
        zoom=rng.uniform(1.0, 1.42),
        upright=upright,
        mirrored=bool(rng.random() < 0.15),
        stops=rng.uniform(-0.45, 0.35),
        contrast=rng.uniform(0.9, 1.15),
        warmth=rng.uniform(0.95, 1.06),
        grain=5.0 if look is Look.NIGHT else rng.uniform(1.5, 3.0),
        look=look,
        seed=seed,
    )


def nudge(rng: np.random.Generator, recipe: Recipe, *, seed: int) -> Recipe:
    """The next frame of a burst: the same view, moved by the unsteadiness of a hand."""
    return replace(
        recipe,
        x=recipe.x + rng.normal(0, 0.006),
        y=recipe.y + rng.normal(0, 0.006),
        stops=recipe.stops + rng.normal(0, 0.03),
        seed=seed,
    )


def render(photograph: Image.Image, recipe: Recipe) -> Image.Image:
    """Draw the frame: crop, tone, light, grain. The photograph itself is left as it is."""
    frame = _crop(photograph, recipe)
    if recipe.mirrored:
        frame = ImageOps.mirror(frame)
    frame = _tone(frame, recipe)
    frame = _LIGHT[recipe.look](frame)
    return _grain(frame, recipe.grain, recipe.seed)


def _crop(photograph: Image.Image, recipe: Recipe) -> Image.Image:
    """The 3:2 window around (x, y), pushed back inside the picture where it reaches over."""
    size = (SHORT_EDGE, LONG_EDGE) if recipe.upright else (LONG_EDGE, SHORT_EDGE)
    scale = min(photograph.width / size[0], photograph.height / size[1]) / recipe.zoom
    width, height = size[0] * scale, size[1] * scale
    left = min(max(recipe.x * photograph.width - width / 2, 0.0), photograph.width - width)
    top = min(max(recipe.y * photograph.height - height / 2, 0.0), photograph.height - height)
    box = (left, top, left + width, top + height)
    return photograph.resize(size, Image.Resampling.BICUBIC, box=box)


def _tone(frame: Image.Image, recipe: Recipe) -> Image.Image:
    levels = np.arange(256) / 255.0
    exposed = levels * 2.0 ** (recipe.stops / 2.2)  # stops are linear light, levels are sRGB
    curve = 0.5 + (exposed - 0.5) * recipe.contrast
    return _map_channels(frame, curve * recipe.warmth, curve, curve / recipe.warmth)


def _map_channels(frame: Image.Image, *curves: np.ndarray) -> Image.Image:
    """Apply one curve of 256 values in 0-1 to each channel; values beyond are clipped."""
    table = np.concatenate(curves) * 255.0
    return frame.point(np.clip(np.rint(table), 0, 255).astype(int).tolist())


def _night(frame: Image.Image) -> Image.Image:
    """Darker and bluish, with the light falling off towards the corners."""
    levels = np.arange(256) / 255.0
    dark = levels**1.35
    frame = _map_channels(frame, dark * 0.52, dark * 0.58, 0.03 + dark * 0.76)
    falloff = ImageOps.invert(Image.radial_gradient("L")).point([min(255, 60 + v) for v in _BYTES])
    shade = falloff.resize(frame.size)
    return ImageChops.multiply(frame, Image.merge("RGB", (shade, shade, shade)))


def _fog(frame: Image.Image) -> Image.Image:
    """Haze: soft, pale, thickest towards the top, where the distance usually is."""
    soft = frame.reduce(3).resize(frame.size, Image.Resampling.BILINEAR)
    soft = ImageEnhance.Color(soft).enhance(0.45)
    # linear_gradient runs from 0 at the top to 255 at the bottom; the mask keeps the frame.
    keep = Image.linear_gradient("L").point([50 + v * 75 // 255 for v in _BYTES])
    return Image.composite(soft, Image.new("RGB", frame.size, _HAZE), keep.resize(frame.size))


def _monochrome(frame: Image.Image) -> Image.Image:
    return ImageEnhance.Contrast(ImageOps.grayscale(frame)).enhance(1.25).convert("RGB")


def _silhouette(frame: Image.Image) -> Image.Image:
    """Shapes against the light: everything below the middle tones goes to black."""
    levels = np.arange(256) / 255.0
    curve = 1.0 / (1.0 + np.exp(-14.0 * (levels - 0.5)))
    return _map_channels(ImageOps.grayscale(frame), curve).convert("RGB")


def _grain(frame: Image.Image, sigma: float, seed: int) -> Image.Image:
    """Add grey sensor noise from a place in the noise field that `seed` picks.

    One field drawn once, instead of fresh noise for every frame, takes a fifth of the time.
    """
    left, top = np.random.default_rng(seed).integers(_NOISE_EDGE - LONG_EDGE, size=2).tolist()
    noise = _noise_field().crop((left, top, left + frame.width, top + frame.height))
    noise = noise.point([round(128 + (v - 128) * sigma / _NOISE_SIGMA) for v in _BYTES])
    return ImageChops.add(frame, Image.merge("RGB", (noise, noise, noise)), offset=-128)


@cache
def _noise_field() -> Image.Image:
    """Square 8-bit noise around 128, for crops at any offset."""
    noise = np.random.default_rng(0).standard_normal((_NOISE_EDGE, _NOISE_EDGE), dtype=np.float32)
    return Image.fromarray(np.clip(np.rint(128 + noise * _NOISE_SIGMA), 0, 255).astype(np.uint8))


_NOISE_EDGE, _NOISE_SIGMA = 2400, 32.0
_BYTES = range(256)
_LIGHT = {
    Look.CLEAR: lambda frame: frame,
    Look.FOG: _fog,
    Look.NIGHT: _night,
    Look.MONOCHROME: _monochrome,
    Look.SILHOUETTE: _silhouette,
}
