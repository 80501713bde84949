"""EXIF and XMP in boxes: HEIC, AVIF, CR3 and JPEG XL, all built on ISO 14496-12.

HEIC keeps them as items (ISO 23008-12): `iinf` names the item, `iloc` says where it lies. CR3
keeps one TIFF structure per directory in Canon's `uuid` box. JPEG XL has a box for each.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flux_resources.exif.blocks import Blocks
from flux_resources.exif.guard import MOST_BYTES, GuardedFile, guarded
from flux_resources.exif.ifd import EXIF_IFD, GPS_IFD, below_first_ifd

_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


@dataclass(frozen=True)
class Box:
    """A box's kind, and where its content starts and ends in the file."""

    kind: bytes
    start: int
    end: int


def read_boxes(file: GuardedFile, blocks: Blocks) -> None:
    """Put what the boxes of a file hold into `blocks`."""
    for box in _boxes(file, 0, file.seek(0, 2)):
        if box.kind == b"meta":
            _read_items(file, box, blocks)
        elif box.kind == b"moov":
            for inner in _boxes(file, box.start, box.end):
                if inner.kind == b"uuid" and file.read_at(inner.start, 16) == _CANON:
                    _read_canon(file, inner, blocks)
        elif box.kind == b"uuid" and file.read_at(box.start, 16) == _XMP:
            blocks.xmp = blocks.xmp or file.read(box.end - box.start - 16)
        elif box.kind == b"Exif":
            blocks.add_exif(file.read_at(box.start, box.end - box.start))
        elif box.kind == b"xml ":
            blocks.xmp = blocks.xmp or file.read_at(box.start, box.end - box.start)


def _boxes(file: GuardedFile, start: int, end: int) -> Iterator[Box]:
    """The boxes between two positions, up to the first that cannot be one."""
    while start + 8 <= end:
        head = file.read_at(start, 16)
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:  # the last box reaches to the end
            size = end - start
        if size < header or len(head) < header:
            return
        yield Box(head[4:8], start + header, min(start + size, end))
        start += size


def _read_canon(file: GuardedFile, canon: Box, blocks: Blocks) -> None:
    for box in _boxes(file, canon.start + 16, canon.end):
        if box.kind in (b"CMT1", b"CMT2", b"CMT4"):
            block = file.read_at(box.start, box.end - box.start)
            if box.kind == b"CMT2":
                block = below_first_ifd(block, EXIF_IFD)
            elif box.kind == b"CMT4":
                block = below_first_ifd(block, GPS_IFD)
            blocks.tiff.append(guarded(block))


def _read_items(file: GuardedFile, meta: Box, blocks: Blocks) -> None:
    parts = {box.kind: box for box in _boxes(file, meta.start + 4, meta.end)}
    if b"iinf" not in parts or b"iloc" not in parts:
        return
    kinds = _item_kinds(file, parts[b"iinf"])
    inside = parts[b"idat"].start if b"idat" in parts else 0
    for item, extents in _item_places(_Bytes(file, parts[b"iloc"]), inside):
        if kinds.get(item) not in (b"Exif", b"mime"):
            continue
        content = b"".join(file.read_at(start, size) for start, size in extents)[:MOST_BYTES]
        if kinds[item] == b"Exif":
            blocks.add_exif(content)
        elif b"<rdf:RDF" in content or b"xpacket" in content[:64]:
            blocks.xmp = blocks.xmp or content


def _item_kinds(file: GuardedFile, iinf: Box) -> dict[int, bytes]:
    """Kind by item number, of the entries that state one (versions 2 and 3)."""
    wide = file.read_at(iinf.start, 4)[:1] != b"\x00"
    kinds = {}
    for box in _boxes(file, iinf.start + (8 if wide else 6), iinf.end):
        entry = file.read_at(box.start, 16)
        number = 4 if entry[:1] == b"\x03" else 2
        if box.kind == b"infe" and entry[:1] in (b"\x02", b"\x03"):
            kinds[int.from_bytes(entry[4 : 4 + number], "big")] = entry[6 + number : 10 + number]
    return kinds


def _item_places(iloc: "_Bytes", inside: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Items and their extents (position in the file, bytes); `inside` is where `idat` starts."""
    version = iloc.number(1)
    iloc.number(3)
    sizes = iloc.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    for _ in range(iloc.number(4 if version == 2 else 2)):
        if iloc.spent():
            return
        item = iloc.number(4 if version == 2 else 2)
        method = iloc.number(2) & 15 if version in (1, 2) else 0
        iloc.number(2)  # data reference
        base = iloc.number(base_size) + (inside if method == 1 else 0)
        extents = []
        for _ in range(iloc.number(2)):
            iloc.number(index_size)
            extents.append((base + iloc.number(offset_size), iloc.number(length_size)))
            if iloc.spent():
                return
        yield item, extents


class _Bytes:
    """A box's content as numbers, one after the other; zeros once it is spent."""

    def __init__(self, file: GuardedFile, box: Box) -> None:
        self._content = file.read_at(box.start, box.end - box.start)
        self._at = 0

    def spent(self) -> bool:
        return self._at > len(self._content)

    def number(self, size: int) -> int:
        self._at += size
        return int.from_bytes(self._content[self._at - size : self._at], "big")
