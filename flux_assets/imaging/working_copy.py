"""One decode of an original, and everything the archive keeps of its pixels.

Pure functions on Pillow images; sizes are pixels on the long side.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

_LUMA_709 = (0.2126, 0.7152, 0.0722, 0)
_ORIENTATION = 0x0112
_DARK = int(0.08 * 255)  # luma up to here, of 255, lies under 0.08 of full scale


@dataclass(frozen=True)
class Light:
    """Luminance statistics of a working copy; all three lie in 0-1."""

    median_luminance: float
    dark_ratio: float
    mean_saturation: float


def decode(path: Path, pixels: int) -> Image.Image:
    """An upright sRGB image whose long side is at most `pixels`; never enlarged.

    JPEG is decoded at the smallest scale that still covers the size asked for.

    Raises:
        OSError, ValueError, SyntaxError: the file is broken.
        PIL.Image.DecompressionBombError: it holds too many pixels.
    """
    with Image.open(path) as image:
        image.draft("RGB", fitted(image.size, pixels))
        image.load()
        resized = _eight_bits(image)
        size = fitted(resized.size, pixels)
        if size != resized.size:
            resized = resized.resize(size, Image.Resampling.LANCZOS)
        resized.getexif()[_ORIENTATION] = image.getexif().get(_ORIENTATION, 1)
        upright = ImageOps.exif_transpose(resized)
        return _to_srgb(upright, image.info.get("icc_profile"))


def fitted(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """`size` scaled so that its long side is `pixels`; smaller sizes stay as they are."""
    long_side = max(size)
    if long_side <= pixels:
        return size
    width, height = (max(1, round(side * pixels / long_side)) for side in size)
    return width, height


def _eight_bits(image: Image.Image) -> Image.Image:
    """The image in a mode that can be resized; Pillow would clip 16-bit grey, not scale it."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the embedded profile; a broken or absent profile means sRGB already."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                target = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
                return converted or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    return image.convert("RGB")


def measure_light(image: Image.Image) -> Light:
    """Luminance statistics of an sRGB image.

    Luma is Rec. 709 over the sRGB values, in 256 steps. Saturation is that of HSV, averaged over
    a copy reduced four times in each direction, which changes the mean by less than 0.01.
    """
    luma = np.asarray(image.convert("L", _LUMA_709).histogram(), dtype=np.int64)
    cumulative = luma.cumsum()
    median = int(np.searchsorted(cumulative, cumulative[-1] / 2))
    saturation = np.asarray(image.reduce(4).convert("HSV").getchannel("S"), dtype=np.float64)
    return Light(
        median_luminance=median / 255,
        dark_ratio=float(cumulative[_DARK] / cumulative[-1]),
        mean_saturation=float(saturation.mean() / 255),
    )
