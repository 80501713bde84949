"""One decode of an original, and everything the archive keeps of its pixels.

Runs in worker processes, so that it imports little; sizes are pixels on the long side.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from flux_assets.imaging.extent import read_whole
from flux_assets.imaging.quantization import quantization_step
from flux_assets.imaging.raw_preview import RAW_FORMATS, decode_raw
from flux_assets.imaging.reduction import fitted, reduced
from flux_resources.files import atomic_file

_LUMA_709 = (0.2126, 0.7152, 0.0722, 0)
_DARK = int(0.08 * 255)  # luma up to here, of 255, lies under 0.08 of full scale
_NEW_SUBFILE_TYPE, _REDUCED = 254, 1
_READERS = ("JPEG", "PNG", "WEBP", "TIFF")  # of Pillow's; some others start programs
_THUMB_QUALITY = 85


@dataclass(frozen=True)
class Light:
    """Luminance statistics of a working copy; all three lie in 0-1."""

    median_luminance: float
    dark_ratio: float
    mean_saturation: float


@dataclass(frozen=True)
class Copied:
    """What is known of an original whose copies were made; for the step see `quantization_step`."""

    light: Light
    quantization_step: float | None


@dataclass(frozen=True)
class Order:
    """What to make of one original; `format` is that of the index, sizes are pixels."""

    original: Path
    format: str
    proxy: Path
    proxy_pixels: int
    proxy_quality: int
    thumb: Path
    thumb_pixels: int


@dataclass(frozen=True)
class Failure:
    """Why there are no copies; `passing`: a disk or a mount failed, not the picture."""

    reason: str
    passing: bool


def make_copies(order: Order) -> Copied | Failure:
    """Write working copy and thumbnail of an original, and measure its light.

    Raises:
        MemoryError: it needs more memory than this process may have.
    """
    try:
        proxy = decode(order.original, order.format, order.proxy_pixels)
        _save(proxy, order.proxy, order.proxy_quality)
        size = fitted(proxy.size, order.thumb_pixels)
        _save(proxy.resize(size, Image.Resampling.HAMMING), order.thumb, _THUMB_QUALITY)
        return Copied(measure_light(proxy), _quantization_step(order))
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever broken bytes provoke
        # A broken picture stays broken; a full disk or a lost mount (these carry an errno) do not.
        passing = getattr(error, "errno", None) is not None
        return Failure(f"{type(error).__name__}: {error}", passing)


def _quantization_step(order: Order) -> float | None:
    if order.format != "JPEG":
        return None
    with Image.open(order.original, formats=("JPEG",)) as image:
        return quantization_step(image)


def decode(path: Path, image_format: str, pixels: int) -> Image.Image:
    """An upright sRGB image whose long side is at most `pixels`; never enlarged.

    Of files with several frames it is the first, of HEIC files the primary one.

    Raises:
        OSError, ValueError, SyntaxError: the file is broken, or was cut off.
        PIL.Image.DecompressionBombError: it holds too many pixels.
    """
    if image_format in RAW_FORMATS:
        return decode_raw(path, pixels)
    if image_format == "HEIC":
        return _decode_heic(path, pixels)
    with Image.open(path, formats=_READERS) as image:
        if _is_postage_stamp(image):
            return decode_raw(path, pixels)
        return reduced(image, pixels)


def _decode_heic(path: Path, pixels: int) -> Image.Image:
    """HEIC says in its own boxes how it is turned; where it does not, EXIF counts."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    content = read_whole(path)
    with Image.open(path, formats=("HEIF", "AVIF")) as image:
        is_turned = b"irot" in content or b"imir" in content  # libheif has done it
        in_exif = image.info.get("original_orientation")
        return reduced(image, pixels, orientation=None if is_turned else in_exif)


def _is_postage_stamp(image: Image.Image) -> bool:
    """Whether a TIFF begins with a reduced copy: it is a RAW file with another ending."""
    tags = getattr(image, "tag_v2", {})
    return bool(tags.get(_NEW_SUBFILE_TYPE, 0) == _REDUCED)


def _save(image: Image.Image, target: Path, quality: int) -> None:
    with atomic_file(target, durable=False) as temporary:
        image.save(temporary, "JPEG", quality=quality)


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
