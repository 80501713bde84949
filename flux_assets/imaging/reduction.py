"""An opened image of any kind of pixels, made small, upright, opaque and sRGB.

Pure functions on Pillow images; sizes are pixels on the long side.
"""

from contextlib import suppress

import numpy as np
import numpy.typing as npt
from PIL import Image

from flux_assets.imaging.color import Profile, profile_of, to_srgb

ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_KEPT = frozenset({"RGB", "L", "CMYK", "LAB", "RGBA", "LA"})
_CONVERTED = {"1": "L", "La": "LA", "RGBa": "RGBA", "PA": "RGBA"}
_FULL_SCALES = (1.0, 255.0, 65535.0, 2.0**32 - 1)  # of float and 32-bit pixels


def reduced(
    image: Image.Image,
    pixels: int,
    *,
    orientation: int | None = None,
    profile: Profile | None = None,
) -> Image.Image:
    """An upright sRGB image whose long side is at most `pixels`; never enlarged.

    JPEG is decoded at the smallest scale that still covers the size asked for. What is
    transparent becomes white. Orientation and profile are the image's own unless given.

    Raises:
        OSError, ValueError, SyntaxError: the file is broken.
    """
    image.draft("RGB", fitted(image.size, pixels))
    image.load()
    profile = profile or profile_of(image)
    turn = _UPRIGHT.get(orientation or orientation_of(image))
    small = _resizable(image)
    size = fitted(small.size, pixels)
    if size != small.size:
        small = small.resize(size, Image.Resampling.LANCZOS)
    if turn is not None:
        small = small.transpose(turn)
    return to_srgb(_opaque(small), profile)


def fitted(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """`size` scaled so that its long side is `pixels`; smaller sizes stay as they are."""
    long_side = max(size)
    if long_side <= pixels:
        return size
    width, height = (max(1, round(side * pixels / long_side)) for side in size)
    return width, height


def orientation_of(image: Image.Image) -> int:
    """EXIF orientation, 1-8; 1 where EXIF is absent or broken."""
    with suppress(Exception):  # EXIF may be broken in any way; the picture is not
        value = image.getexif().get(ORIENTATION)
        return value if isinstance(value, int) and value in _UPRIGHT else 1
    return 1


def _resizable(image: Image.Image) -> Image.Image:
    """The image with 8 bits per channel, in a mode that can be resized."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        return Image.fromarray(_eight_bits(np.array(image, np.float32)))
    if "transparency" in image.info:  # one colour of the palette, or of all
        return image.convert("RGBA")
    return image if image.mode in _KEPT else image.convert(_CONVERTED.get(image.mode, "RGB"))


def _eight_bits(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Deep grey values in 0-255, where Pillow would clip them; `grey` is overwritten.

    Such files do not say what white is: it is the least full scale that holds the largest value.
    """
    np.nan_to_num(grey, copy=False, posinf=0, neginf=0)
    largest = float(grey.max())
    white = next((scale for scale in _FULL_SCALES if largest <= scale), largest)
    np.clip(grey, 0, white, out=grey)
    grey *= 255 / white
    return grey.round(out=grey).astype(np.uint8)


def _opaque(image: Image.Image) -> Image.Image:
    """The image on white."""
    if image.mode not in ("RGBA", "LA"):
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
