"""Which reader finds the metadata of a file, by its first bytes and never by its name."""

from flux_resources.exif.blocks import Blocks
from flux_resources.exif.boxes import read_boxes
from flux_resources.exif.chunks import read_png, read_webp
from flux_resources.exif.guard import GuardedFile, guarded
from flux_resources.exif.ifd import byte_fields
from flux_resources.exif.segments import read_segments, scan

# TIFF, BigTIFF, and the marks that Olympus and Panasonic put in their place.
_TIFF_HEADS = frozenset(
    (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"IIRO", b"IIRS", b"MMOR", b"IIU\x00")
)
_PANASONIC, _PREVIEW = b"IIU\x00", 0x002E


def find_blocks(file: GuardedFile, blocks: Blocks) -> None:
    """Put what a file carries into `blocks`; the file itself where it is a TIFF structure.

    Raises:
        TooMuch: the container leads round in circles; `blocks` has what was found until then.
        OSError: the file cannot be read.
    """
    head = file.read(12)
    if head[:4] in _TIFF_HEADS:
        if head[:4] == _PANASONIC:  # RW2 has some tags only in the JPEG inside it
            inside = byte_fields(file, int.from_bytes(head[4:8], "little"), (_PREVIEW,), "little")
            read_segments(guarded(inside.get(_PREVIEW, b"")), blocks)
        blocks.tiff.append(file)
    elif head[:2] == b"\xff\xd8":
        read_segments(file, blocks)
    elif head[:8] == b"\x89PNG\r\n\x1a\n":
        read_png(file, blocks)
    elif head[:4] == b"RIFF" and head[8:] == b"WEBP":
        read_webp(file, blocks)
    elif head[4:8] in (b"ftyp", b"JXL "):
        read_boxes(file, blocks)
    else:
        blocks.whole = False
    if not blocks.tiff and not blocks.whole:
        scan(file, blocks)
