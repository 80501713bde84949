"""Metadata in containers, written byte by byte where Pillow does not write it."""

import struct
from pathlib import Path

from PIL import Image

XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\x00"
IPTC_RECORDS = b"".join(
    b"\x1c\x02\x19" + len(word).to_bytes(2, "big") + word for word in (b"fog", b"caf\xe9")
)


def exif_block(model: str = "RICOH GR III", **ifd: object) -> bytes:
    """A TIFF structure with a model, a time, and further tags of IFD0: `x9C9E` names tag 0x9C9E."""
    exif = Image.Exif()
    exif[0x0110] = model
    exif.get_ifd(0x8769)[0x9003] = "2022:01:15 13:22:44"
    exif.update({int(name[1:], 16): value for name, value in ifd.items()})
    return exif.tobytes().removeprefix(b"Exif\x00\x00")


def xmp_packet(*keywords: str, burst: str = "") -> bytes:
    """An XMP packet with `dc:subject` and, as an attribute, the burst identifier of a Pixel."""
    items = "".join(f"<rdf:li>{word}</rdf:li>" for word in keywords)
    return f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" GCamera:BurstID="{burst}">
<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def segment(marker: int, content: bytes) -> bytes:
    """A JPEG segment."""
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def jpeg(*segments: bytes) -> bytes:
    """A JPEG of segments alone."""
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xd9"


def resources(iptc: bytes) -> bytes:
    """The content of a Photoshop segment whose image resources hold IPTC records."""
    padding = b"\x00" * (len(iptc) % 2)
    size = len(iptc).to_bytes(4, "big")
    return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + size + iptc + padding


def chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG chunk; nobody here looks at the checksum."""
    return len(content).to_bytes(4, "big") + kind + content + b"\x00" * 4


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of ISO 14496-12."""
    joined = b"".join(content)
    return (8 + len(joined)).to_bytes(4, "big") + kind + joined


def heic(exif: bytes, xmp: bytes, *, brand: bytes = b"heic") -> bytes:
    """A HEIC without pictures whose items 1 and 2 are EXIF and XMP, in its media data."""
    exif_item = (6).to_bytes(4, "big") + b"Exif\x00\x00" + exif

    def entry(number: int, kind: bytes) -> bytes:
        return box(b"infe", b"\x02\x00\x00\x00", struct.pack(">HH", number, 0), kind, b"\x00")

    def whole(start: int) -> bytes:
        places = struct.pack(">HHHII", 1, 0, 1, start, len(exif_item))
        places += struct.pack(">HHHII", 2, 0, 1, start + len(exif_item), len(xmp))
        items = box(b"iinf", bytes(4), b"\x00\x02", entry(1, b"Exif"), entry(2, b"mime"))
        located = box(b"iloc", bytes(4), b"\x44\x00\x00\x02", places)
        meta = box(b"meta", bytes(4), items, located)
        return box(b"ftyp", brand, bytes(4), b"mif1") + meta

    start = len(whole(0)) + 8
    return whole(start) + box(b"mdat", exif_item, xmp)


def cr3(model: bytes, shot: bytes, gps: bytes) -> bytes:
    """A CR3 without pictures, of three TIFF structures."""
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    parts = box(b"CMT1", model), box(b"CMT2", shot), box(b"CMT4", gps)
    return box(b"ftyp", b"crx ", bytes(4)) + box(b"moov", box(b"uuid", canon, *parts))


def written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file
