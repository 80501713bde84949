"""EXIF, XMP and IPTC in the segments of a JPEG, and EXIF in files whose container is broken.

Source of the layout: ITU T.81 annex B; XMP specification part 3.
"""

from flux_resources.exif.blocks import Blocks
from flux_resources.exif.guard import MOST_BYTES, GuardedFile

_EXIF = b"Exif\x00"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_PHOTOSHOP = b"Photoshop 3.0\x00"
_APP1, _APP13, _END, _SCAN = 0xE1, 0xED, 0xD9, 0xDA
# How a TIFF structure starts, unless it keeps its first directory elsewhere.
_MARKS = (b"II*\x00\x08\x00\x00\x00", b"MM\x00*\x00\x00\x00\x08")


def read_segments(file: GuardedFile, blocks: Blocks) -> None:
    """Put what a JPEG's segments hold, up to the picture itself, into `blocks`."""
    file.seek(2)
    while True:
        head = file.read(4)
        if head[:1] != b"\xff" or len(head) < 2:
            blocks.whole = False
            return
        marker, size = head[1], int.from_bytes(head[2:], "big") - 2
        if marker == 0xFF:  # a fill byte
            file.seek(-3, 1)
        elif marker in (_SCAN, _END):
            return
        elif size < 0:
            blocks.whole = False
            return
        elif marker in (_APP1, _APP13):
            _take(file.read(size), size, blocks)
        else:
            file.seek(size, 1)


def _take(content: bytes, size: int, blocks: Blocks) -> None:
    if content.startswith(_EXIF):
        if not blocks.tiff and len(content) < size:
            blocks.doubts.append(f"tags: cut short, {len(content)} of {size} bytes are left")
        blocks.add_exif(content)
    elif content.startswith(_XMP):
        blocks.xmp = blocks.xmp or content[len(_XMP) :]
    elif content.startswith(_PHOTOSHOP) and len(blocks.resources) < MOST_BYTES:
        blocks.resources += content[len(_PHOTOSHOP) :]


def scan(file: GuardedFile, blocks: Blocks) -> None:
    """Look for EXIF in the first MB, where no container leads to it.

    So it is found in RAF, MRW and BPG, behind foreign headers, and in damaged files.
    """
    content = file.read_at(0, MOST_BYTES)
    starts = [content.find(mark) for mark in _MARKS]
    found = [start for start in starts if start >= 0]
    if found:
        blocks.add_exif(content[min(found) :])
