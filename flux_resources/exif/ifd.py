"""Image file directories, as far as exifread leaves them: long byte fields, and lone directories.

exifread drops fields of 1,000 values and more, so XMP, IPTC and maker notes are taken from here.
Source of the layout: TIFF 6.0, section 2.
"""

import struct
from collections.abc import Collection
from typing import Literal

from flux_resources.exif.guard import GuardedFile

ByteOrder = Literal["little", "big"]

EXIF_IFD = 0x8769
GPS_IFD = 0x8825
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ENTRY = 12


def byte_order(head: bytes) -> ByteOrder:
    """Of a TIFF structure, by its first bytes."""
    return "little" if head[:1] == b"I" else "big"


def byte_fields(
    file: GuardedFile, ifd: int, wanted: Collection[int], order: ByteOrder
) -> dict[int, bytes]:
    """The wanted tags of the directory at `ifd` as the bytes that stand there, the first of each.

    Fields end where the file does, and at `MOST_BYTES`.
    """
    entries = int.from_bytes(file.read_at(ifd, 2), order)
    table = file.read(entries * _ENTRY)
    found: dict[int, bytes] = {}
    layout = ("<" if order == "little" else ">") + "HHI4s"
    for tag, kind, count, value in struct.iter_unpack(
        layout, table[: len(table) // _ENTRY * _ENTRY]
    ):
        if tag not in wanted or tag in found:
            continue
        size = count * _SIZES.get(kind, 1)
        inline = size <= len(value)
        found[tag] = value[:size] if inline else file.read_at(int.from_bytes(value, order), size)
    return found


def below_first_ifd(block: bytes, tag: int) -> bytes:
    """A TIFF structure whose first directory is really the one that `tag` points at, made so.

    Canon's CR3 stores the EXIF and GPS directories as files of their own. A first directory that
    holds nothing but the pointer is put at the end.
    """
    order = byte_order(block)
    pointer = struct.pack(
        ("<" if order == "little" else ">") + "HHHI4sI", 1, tag, 4, 1, block[4:8], 0
    )
    return block[:4] + len(block).to_bytes(4, order) + block[8:] + pointer
