"""Photographs of an issue at print resolution, out of their originals, one at a time."""

import io
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps

from flux_assets.imaging.working_copy import decode
from flux_assets.publishing.issues.issue_manifests import IssueRefused
from flux_assets.publishing.issues.sheet import HEIGHT, MARGIN, TEXT_WIDTH
from flux_resources.files import sha256_of

DPI, _COARSEST_DPI = 300, 100  # a small picture is shown small rather than coarser than this
QUALITY, _CELL_QUALITY = 90, 85
CAPTION = 26.0  # points below the picture
BOX = (TEXT_WIDTH, HEIGHT - 2 * MARGIN - CAPTION)
CELL = (108.0, 72.0)  # of the contact sheet


class Original(NamedTuple):
    """Where the original of a frame lies, its format in the index, and what it must hash to."""

    file: Path
    format: str
    sha256: str


class Print(NamedTuple):
    """A picture as JPEG files, and the points it takes on its page and on the contact sheet."""

    jpeg: bytes
    size: tuple[float, float]
    cell: bytes
    cell_size: tuple[float, float]


def make_print(original: Original) -> Print:
    """Upright sRGB at 300 dpi of the page, never enlarged beyond its own pixels.

    Raises:
        IssueRefused: the original is gone, changed, or cannot be decoded.
    """
    try:
        if sha256_of(original.file) != original.sha256:
            raise IssueRefused(
                f"{original.file} has changed since the manifest was made; bring it back from a "
                "backup, or index its day anew"
            )
        decoded = decode(original.file, original.format, _pixels(BOX)[0])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise IssueRefused(f"{original.file} cannot be printed: {error}") from error
    picture, cell = (_within(decoded.convert("RGB"), box) for box in (BOX, CELL))
    return Print(
        jpeg=_jpeg(picture, QUALITY),
        size=_points(picture, BOX),
        cell=_jpeg(cell, _CELL_QUALITY),
        cell_size=_points(cell, CELL),
    )


def _within(picture: Image.Image, box: tuple[float, float]) -> Image.Image:
    """The picture with no more pixels than the box prints."""
    width, height = _pixels(box)
    if picture.width <= width and picture.height <= height:
        return picture
    return ImageOps.contain(picture, (width, height), Image.Resampling.LANCZOS)


def _pixels(box: tuple[float, float]) -> tuple[int, int]:
    return round(box[0] * DPI / 72), round(box[1] * DPI / 72)


def _points(picture: Image.Image, box: tuple[float, float]) -> tuple[float, float]:
    scale = min(box[0] / picture.width, box[1] / picture.height, 72 / _COARSEST_DPI)
    return picture.width * scale, picture.height * scale


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()
