"""EXIF, XMP and IPTC in the chunks of PNG and WebP.

Source of the layouts: PNG third edition; Google's WebP container specification. ImageMagick and
older editors keep whole profiles in PNG text chunks, as hexadecimal digits.
"""

import zlib
from contextlib import suppress

from flux_resources.exif.blocks import Blocks
from flux_resources.exif.guard import MOST_BYTES, GuardedFile

_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_PROFILE = b"Raw profile type "


def read_png(file: GuardedFile, blocks: Blocks) -> None:
    """Put what a PNG's chunks hold into `blocks`."""
    position = 8
    while len(head := file.read_at(position, 8)) == 8:
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return
        if kind == b"eXIf":
            blocks.add_exif(file.read(size))
        elif kind in _TEXT_CHUNKS and size <= MOST_BYTES:
            _take_text(kind, file.read(size), blocks)
        position += size + 12
    blocks.whole = False


def read_webp(file: GuardedFile, blocks: Blocks) -> None:
    """Put what a WebP's chunks hold into `blocks`."""
    position = 12
    while len(head := file.read_at(position, 8)) == 8:
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"EXIF":
            blocks.add_exif(file.read(size))
        elif head[:4] == b"XMP ":
            blocks.xmp = blocks.xmp or file.read(size)
        position += 8 + size + size % 2


def _take_text(kind: bytes, content: bytes, blocks: Blocks) -> None:
    keyword, _, rest = content.partition(b"\x00")
    if keyword != _XMP_KEYWORD and not keyword.startswith(_PROFILE):
        return
    if kind == b"zTXt":
        rest = _inflated(rest[1:])
    elif kind == b"iTXt":  # compressed?, method, language, translated keyword
        packed = rest[:1] == b"\x01"
        rest = rest[2:].split(b"\x00", 2)[-1]
        rest = _inflated(rest) if packed else rest
    if keyword == _XMP_KEYWORD:
        blocks.xmp = blocks.xmp or rest
        return
    # A profile is its name, its length and its bytes in hexadecimal digits, on lines.
    profile = b""
    with suppress(ValueError, IndexError):
        profile = bytes.fromhex(rest.split(maxsplit=2)[2].decode("ascii"))
    name = keyword.removeprefix(_PROFILE)
    if name in (b"exif", b"APP1"):
        blocks.add_exif(profile)
    elif name == b"xmp":
        blocks.xmp = blocks.xmp or profile
    elif name == b"iptc":
        blocks.resources += profile


def _inflated(packed: bytes) -> bytes:
    """At most a MB of it, so that a bomb stays one."""
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(packed, MOST_BYTES)
    return b""
