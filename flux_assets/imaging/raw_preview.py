"""RAW files: the preview that the camera put into them, or a quick demosaic of their pixels.

Source: LibRaw, through rawpy.
"""

import io
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from flux_assets.imaging.color import Profile, adobe_rgb
from flux_assets.imaging.extent import read_whole
from flux_assets.imaging.reduction import orientation_of, reduced

if TYPE_CHECKING:
    import rawpy

RAW_FORMATS = frozenset({"DNG", "CR2", "CR3", "NEF", "ARW", "ORF", "RW2"})
_LEAST_PREVIEW = 1024  # pixels on the long side
_DENSEST = 50  # pixels per byte; of a file that claims more LibRaw invents them
_FLIPS = {1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}  # LibRaw's flip as EXIF orientation
_SOFTWARE = 0x0131
_SRGB_CURVE = (2.4, 12.92)
_STEEPEST = (0.4, 1.6)  # limits of the exponent that brings a demosaic to its preview's brightness


class RawUnreadable(ValueError):
    """No RAW file that LibRaw knows, or a broken one."""


def decode_raw(path: Path, pixels: int) -> Image.Image:
    """An upright sRGB image of a RAW file whose long side is at most `pixels`.

    The embedded preview where its long side has 1024 pixels, and as many as asked for; otherwise
    a demosaic at half size with the camera's white balance, as bright as the smaller preview.

    Raises:
        OSError, EndsEarly: the file cannot be read, or is not whole.
        RawUnreadable: it is broken, or of an unknown kind.
        MemoryError: it needs more memory than this process may have.
    """
    import rawpy

    content = read_whole(path)
    try:
        with rawpy.imread(io.BytesIO(content)) as raw:
            embedded = _embedded(raw)
            long_side = max(embedded.size) if embedded else 0
            preview = embedded and _finished(embedded, raw, path, pixels)
            if preview and long_side >= max(_LEAST_PREVIEW, pixels):
                return preview
            if len(content) * _DENSEST < raw.sizes.raw_width * raw.sizes.raw_height:
                raise RawUnreadable("the file is too short for its pixels")
            demosaiced = _demosaic(raw, pixels)
            return _as_bright(demosaiced, preview) if preview else demosaiced
    except rawpy.LibRawUnsufficientMemoryError as error:
        raise MemoryError from error
    except rawpy.LibRawError as error:
        said = error.args[0]
        raise RawUnreadable(said.decode() if isinstance(said, bytes) else said) from error


def _embedded(raw: "rawpy.RawPy") -> Image.Image | None:
    """The largest picture inside a RAW file, opened; None where there is none that opens."""
    import rawpy

    with suppress(rawpy.LibRawNonFatalError, rawpy.LibRawDataError, rawpy.LibRawIOError):
        found = raw.extract_thumb()
        if not isinstance(found.data, bytes):
            return Image.fromarray(found.data)
        with suppress(OSError, Image.DecompressionBombError):
            return Image.open(io.BytesIO(found.data), formats=("JPEG",))
    return None


def _finished(
    embedded: Image.Image, raw: "rawpy.RawPy", path: Path, pixels: int
) -> Image.Image | None:
    """The embedded picture upright and in sRGB; None where it is broken."""
    says_itself = _has_exif(embedded) or "icc_profile" in embedded.info
    profile = None if says_itself else _profile_of_raw(path)
    with suppress(OSError, SyntaxError, ValueError):
        return reduced(embedded, pixels, orientation=_orientation(embedded, raw), profile=profile)
    return None


def _has_exif(embedded: Image.Image) -> bool:
    """Whether the camera gave the embedded picture EXIF; LibRaw adds some where it did not."""
    with suppress(Exception):  # broken EXIF is none
        exif = embedded.getexif()
        return bool(exif) and not str(exif.get(_SOFTWARE)).startswith("dcraw")
    return False


def _orientation(embedded: Image.Image, raw: "rawpy.RawPy") -> int:
    """EXIF orientation of an embedded picture: its own, or that of the RAW file around it.

    Cameras store it as the sensor saw it. One that is turned by a quarter already, as some
    converters store it, is upright.
    """
    own = orientation_of(embedded) if _has_exif(embedded) else 1
    of_raw = _FLIPS.get(raw.sizes.flip, 1)
    if own != 1:
        return own
    lies, sensor_lies = (each.width >= each.height for each in (embedded, raw.sizes))
    return 1 if of_raw >= 5 and lies != sensor_lies else of_raw


def _profile_of_raw(path: Path) -> Profile | None:
    """Adobe RGB where the camera was set to it, which a bare preview does not repeat."""
    from flux_resources.exif.tags import read_tags
    from flux_resources.exif.values import number, text

    with suppress(OSError, ValueError):
        tags = read_tags(path)
        interop = text(tags, "Interoperability InteroperabilityIndex") or ""
        if interop.startswith("R03") or number(tags, "EXIF ColorSpace") == 2:
            return adobe_rgb()
    return None


def _demosaic(raw: "rawpy.RawPy", pixels: int) -> Image.Image:
    """The sensor's pixels at half size, upright, as bright as they were exposed."""
    import rawpy

    rgb = raw.postprocess(
        half_size=True,
        use_camera_wb=True,
        no_auto_bright=True,
        gamma=_SRGB_CURVE,
        output_color=rawpy.ColorSpace.sRGB,
        output_bps=8,
    )
    return reduced(Image.fromarray(rgb), pixels)


def _as_bright(image: Image.Image, preview: Image.Image) -> Image.Image:
    """`image` with the tone curve x^e that gives it the median luma of its preview.

    Cameras lift the middle tones by a stop or so; RAW and JPEG of one shutter press look alike.
    """
    medians = (float(np.median(np.asarray(each.convert("L")))) for each in (image, preview))
    found, wanted = (median / 255 for median in medians)
    if not (0 < found < 1 and 0 < wanted < 1):
        return image
    exponent = float(np.clip(np.log(wanted) / np.log(found), *_STEEPEST))
    return image.point([round(255 * (value / 255) ** exponent) for value in range(256)] * 3)
