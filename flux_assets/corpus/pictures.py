"""What a file is, judged by its first bytes and never by its name alone."""

import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

# Pillow warns of every odd tag; what matters of them becomes a reason.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

_SIGNATURES = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WEBP"),
    (4, b"ftypcrx", "CR3"),
    (4, b"ftyp", "HEIC"),
    (0, b"IIRO", "ORF"),
    (0, b"IIRS", "ORF"),
    (0, b"MMOR", "ORF"),
    (0, b"IIU\x00", "RW2"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
)
# Makers build their RAW files on TIFF; only the ending tells them apart.
_TIFF_RAW = {".dng": "DNG", ".cr2": "CR2", ".nef": "NEF", ".arw": "ARW"}
_MEASURED = frozenset({"JPEG", "PNG", "WEBP", "TIFF"})


class NotAPhotograph(ValueError):
    """The file holds no picture of a known format."""


@dataclass(frozen=True)
class Picture:
    """Format, and size in pixels as stored (before any rotation); None for RAW and HEIC."""

    format: str
    width: int | None
    height: int | None


def identify(path: Path) -> Picture:
    """Recognise a picture without decoding it.

    Raises:
        NotAPhotograph: empty, foreign, or its header is broken.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(32)
    if not head:
        raise NotAPhotograph("the file is empty")
    image_format = sniff(head, path.suffix)
    if image_format is None:
        raise NotAPhotograph("no picture format that FLUX knows")
    if image_format not in _MEASURED:
        return Picture(image_format, None, None)
    try:
        with Image.open(path) as image:
            return Picture(image_format, *image.size)
    except Image.DecompressionBombError as error:
        raise NotAPhotograph(f"too many pixels: {error}") from error
    except UnidentifiedImageError as error:
        raise NotAPhotograph(f"broken {image_format} header") from error
    except Exception as error:  # decoders raise whatever broken bytes provoke
        raise NotAPhotograph(f"broken {image_format} header: {error}") from error


def sniff(head: bytes, suffix: str) -> str | None:
    """The format of a file from its first 32 bytes and its ending (`.dng`)."""
    for offset, signature, image_format in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            if image_format == "TIFF":
                return _TIFF_RAW.get(suffix.lower(), "TIFF")
            return image_format
    return None
