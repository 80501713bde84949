"""One picture made worse, step by step. Pictures are RGB; arrays are float, levels 0-255."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter
from scipy.ndimage import uniform_filter1d

from flux_assets.imaging.quality import measure_quality
from flux_assets.imaging.quantization import quantization_step
from flux_assets.imaging.reduction import reduced
from flux_resources.settings_sections import QualitySettings

Grade = Callable[[Image.Image], Image.Image]


def picture(file: Path, pixels: int = 1024) -> Image.Image:
    with Image.open(file) as image:
        image.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
        return image.convert("RGB")


def score(image: Image.Image) -> float:
    """`quality_score` of a picture whose working copy is made as `proxies` does."""
    copy = as_jpeg(reduced(image, 1024), 90)
    step = quantization_step(image)
    found = measure_quality(copy, iso=None, quantization_step=step, settings=QualitySettings())
    assert isinstance(found["quality_score"], float)
    return found["quality_score"]


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)


def of_levels(levels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def boxed(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.BoxBlur(radius))


def moved(image: Image.Image, pixels: int) -> Image.Image:
    levels = np.asarray(image, float)
    return of_levels(uniform_filter1d(levels, pixels, axis=1, mode="nearest"))


def gained(image: Image.Image, factor: float) -> Image.Image:
    """Brightness of the sRGB values times `factor`."""
    return of_levels(np.asarray(image, float) * factor)


def exposed(image: Image.Image, stops: float) -> Image.Image:
    """Light times two to the power of `stops`, as a longer or shorter exposure does."""
    value = np.asarray(image, float) / 255
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    light = np.minimum(light * 2**stops, 1)
    return of_levels(
        255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    )


def curved(image: Image.Image, gamma: float) -> Image.Image:
    return of_levels(255 * (np.asarray(image, float) / 255) ** gamma)


def _steps(grade: Callable[..., Image.Image], *amounts: float) -> list[Grade]:
    return [partial(_graded, grade, amount) for amount in amounts]


def _graded(grade: Callable[..., Image.Image], amount: float, image: Image.Image) -> Image.Image:
    return grade(image, amount)


LADDERS: dict[str, list[Grade]] = {
    "Gaussian blur": _steps(blurred, 0.5, 1, 1.5, 2, 3, 4, 6, 8),
    "box blur": _steps(boxed, 0.5, 1, 2, 3, 5, 8),
    "motion blur": _steps(moved, 3, 5, 9, 15, 25),
    "JPEG": _steps(as_jpeg, 95, 90, 85, 80, 75, 70, 60, 50, 40, 30, 20, 15, 10, 5),
    "exposure up": _steps(exposed, 0.5, 1, 1.5, 2, 3),
    "exposure down": _steps(exposed, -0.5, -1, -1.5, -2, -3, -4),
    "gain up": _steps(gained, 1.1, 1.25, 1.5, 2, 3, 4),
    "gain down": _steps(gained, 0.9, 0.8, 0.66, 0.5, 0.33, 0.25),
    "gamma up": _steps(curved, 1 / 1.25, 1 / 1.5, 1 / 2),
    "gamma down": _steps(curved, 1.25, 1.5, 2),
}
