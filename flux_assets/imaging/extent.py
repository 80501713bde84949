"""How long a RAW or HEIC file must be, by the tables in it.

Their decoders fill what is missing with one colour and say nothing. Sources: TIFF 6.0 and the DNG
specification; ISO/IEC 14496-12 (boxes) for CR3 and HEIC.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

_SUB_DIRECTORIES, _PANASONIC_OFFSET = 330, 0x118
_STRETCHES = ((273, 279), (324, 325), (513, 514))  # tags of offsets, and of sizes in bytes
_NUMBERS = {3: "H", 4: "I", 13: "I"}  # TIFF's types of whole numbers
_UNSAID = 0xFFFFFFFF
_MOST_DIRECTORIES, _MOST_VALUES = 64, 1_000_000

Directory = dict[int, tuple[int, ...]]


class EndsEarly(ValueError):
    """The file was cut off."""


def read_whole(path: Path) -> bytes:
    """The content of a RAW or HEIC file.

    Raises:
        OSError: it cannot be read.
        EndsEarly: it refers to bytes beyond its end. Tables that cannot be read refer to nothing.
    """
    content = path.read_bytes()
    ends = _box_ends(content) if content[4:8] == b"ftyp" else _stretch_ends(content)
    missing = max(ends, default=0) - len(content)
    if missing > 0:
        raise EndsEarly(f"{missing:,} bytes are missing at the end of the file")
    return content


def _box_ends(content: bytes) -> Iterator[int]:
    """Where each box of the top level ends; the last may reach to the end unsaid (size 0)."""
    place = 0
    while place + 16 <= len(content):
        size, _, long_size = struct.unpack_from(">I4sQ", content, place)
        size = long_size if size == 1 else size
        if size < 8:
            return
        place += size
        yield place


def _stretch_ends(content: bytes) -> Iterator[int]:
    """Where each stretch of pixels, or preview, of a TIFF-like file ends."""
    order = "<" if content[:2] == b"II" else ">"
    waiting = list(struct.unpack_from(f"{order}I", content, 4)) if len(content) >= 8 else []
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        try:
            found, following = _directory(content, place, order)
        except struct.error:
            continue
        waiting += [following, *found.get(_SUB_DIRECTORIES, ())]
        yield from found.get(_SUB_DIRECTORIES, ())
        yield from (offset for offset in found.get(_PANASONIC_OFFSET, ()) if offset != _UNSAID)
        for offsets, sizes in _STRETCHES:
            for offset, size in zip(found.get(offsets, ()), found.get(sizes, ()), strict=False):
                if offset != _UNSAID:
                    yield offset + size


def _directory(content: bytes, place: int, order: str) -> tuple[Directory, int]:
    """The whole numbers in an image file directory by tag, and the place of the next one.

    Raises:
        struct.error: it reaches beyond the content.
    """
    found: Directory = {}
    (entries,) = struct.unpack_from(f"{order}H", content, place)
    for number in range(entries):
        entry = place + 2 + 12 * number
        tag, kind, count = struct.unpack_from(f"{order}HHI", content, entry)
        if kind not in _NUMBERS or count > _MOST_VALUES:
            continue
        values = struct.Struct(f"{order}{count}{_NUMBERS[kind]}")
        where = entry + 8
        if values.size > 4:
            (where,) = struct.unpack_from(f"{order}I", content, where)
        found[tag] = values.unpack_from(content, where)
    (following,) = struct.unpack_from(f"{order}I", content, place + 2 + 12 * entries)
    return found, following
