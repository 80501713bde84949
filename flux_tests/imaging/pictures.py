"""Pictures whose look is known."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from flux_assets.corpus.pictures import sniff
from flux_assets.imaging.working_copy import decode

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 60), (40, 60, 200), (128, 128, 128)
# What undoes EXIF orientation n.
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def quarters(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red and green above, blue and grey below: every orientation of it looks different."""
    width, height = size
    image = Image.new("RGB", size, GREY)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def stored(size: tuple[int, int], orientation: int) -> Image.Image:
    """The scene as a sensor sees it, upright only after EXIF `orientation` is applied."""
    scene = quarters(size)
    return scene.transpose(_TURNED[orientation]) if orientation > 1 else scene


def decoded(file: Path, pixels: int) -> Image.Image:
    """A file decoded as what its content is."""
    image_format = sniff(file.read_bytes()[:32], file.suffix)
    assert image_format is not None
    return decode(file, image_format, pixels)


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, in reading order."""
    width, height = image.size
    return [_pixel(image, (x * width // 4, y * height // 4)) for y in (1, 3) for x in (1, 3)]


def _pixel(image: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    value = image.getpixel(place)
    assert isinstance(value, tuple)
    return value


def looks_like(
    image: Image.Image, colours: list[tuple[int, int, int]], tolerance: int = 12
) -> bool:
    """Whether the four quarters have these colours."""
    return bool(np.allclose(corners(image), colours, atol=tolerance))


def swapped_profile() -> bytes:
    """An ICC profile of a device whose red and green are exchanged: nothing is further from sRGB.

    Built from sRGB by exchanging the two primaries' tags.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    names = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, green = names[b"rXYZ"], names[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return (
        bytes(profile).replace(b"s\x00R\x00G\x00B", b"x\x00X\x00X\x00X").replace(b"sRGB", b"XXXX")
    )
