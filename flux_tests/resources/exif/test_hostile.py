"""Files made to be read for ever, or into all memory there is: they give tags or a clear error."""

import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_resources.exif.guard import MOST_BYTES, GuardedFile, TooMuch, guarded
from flux_resources.exif.keywords import iptc_keywords, iptc_records, xmp_values
from flux_resources.exif.parse import ExifUnreadable
from flux_resources.exif.tags import Tags, read_tags
from flux_resources.exif.values import text
from flux_tests.resources.exif.written import (
    XMP_HEAD,
    box,
    chunk,
    exif_block,
    heic,
    jpeg,
    png,
    segment,
    written,
    xmp_packet,
)

_HEAD = b"II*\x00\x08\x00\x00\x00"
_MODEL = struct.pack("<HHI4s", 0x0110, 2, 3, b"GR\x00\x00")
_FOR_EVER = b"\xff\xff\xff\xff"


def _directory(*entries: bytes, following: int = 0) -> bytes:
    return struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", following)


def _entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


HOSTILE = {
    "texts of 4 GB": _HEAD
    + _directory(_MODEL, *(_entry(tag, 2, 2**32 - 1, 0) for tag in range(60_000))),
    "lists of 999 ratios": _HEAD
    + _directory(_MODEL, *(_entry(tag, 5, 999, 8) for tag in range(60_000))),
    "GPS directories for ever": _HEAD + _directory(_MODEL, *[_entry(0x8825, 4, 1, 8)] * 5000),
    "a chain that bites its tail": _HEAD + _directory(_MODEL, following=8),
    "a chain of thousands": _HEAD
    + b"".join(_directory(_MODEL, following=8 + 18 * n) for n in range(1, 20_000)),
    "65,535 entries in no bytes": _HEAD + b"\xff\xff" + _MODEL,
    "XMP of 4 GB": _HEAD + _directory(_MODEL, _entry(0x02BC, 1, 2**32 - 1, 0)),
    "PNG of empty chunks": png(*[chunk(b"iTXt", b"")] * 80_000),
    "PNG with a text of 4 GB": b"\x89PNG\r\n\x1a\n" + _FOR_EVER + b"iTXt",
    "PNG with packed zeros": png(
        chunk(
            b"iTXt",
            b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(bytes(50_000_000), 9),
        )
    ),
    "JPEG of fill bytes": b"\xff\xd8" + b"\xff" * 200_000,
    "boxes in no end": box(b"ftyp", b"heic") + box(b"meta", bytes(4), *[box(b"x")] * 30_000),
    "a box of no size": box(b"ftyp", b"heic") + b"\x00\x00\x00\x01meta" + bytes(8),
    "items at the end of the world": heic(exif_block(), b"").replace(
        b"\x44\x00\x00\x02\x00\x01", b"\x88\x80\x00\x02\x00\x01"
    ),
    "items of items": heic(b"", b"").replace(b"\x44\x00\x00\x02", b"\x44\x00\xff\xff"),
}


def _read(tmp_path: Path, content: bytes) -> Tags:
    return read_tags(written(tmp_path / "a.bin", content))


@pytest.mark.parametrize("bomb", HOSTILE)
def test_bombs_end_in_tags_or_a_clear_error(tmp_path: Path, bomb: str) -> None:
    try:
        tags = _read(tmp_path, HOSTILE[bomb])
    except ExifUnreadable as error:
        assert str(error)
    else:
        assert text(tags, "Image Model") in (None, "GR", "RICOH GR III")


@pytest.mark.parametrize("bomb", ["lists of 999 ratios", "GPS directories for ever"])
def test_what_stands_before_the_bomb_is_read(tmp_path: Path, bomb: str) -> None:
    tags = _read(tmp_path, HOSTILE[bomb])

    assert text(tags, "Image Model") == "GR"
    assert "more reads than a real file needs" in tags.doubts[0]


def test_reads_of_a_guarded_file_are_rationed(tmp_path: Path) -> None:
    file = guarded(bytes(2 * MOST_BYTES))

    assert len(file.read()) == len(file.read_at(0, 2**40)) == MOST_BYTES
    assert file.read_at(2**70, 1) == file.read_at(-1, 1) == b""
    with pytest.raises(TooMuch):
        for _ in range(1_000_000):
            file.read_at(0, 1)


def test_a_vast_file_is_not_read_whole(tmp_path: Path) -> None:
    file = written(tmp_path / "a.tif", _HEAD + _directory(_MODEL))
    with file.open("r+b") as sparse:
        sparse.truncate(1 << 40)

    assert text(read_tags(file), "Image Model") == "GR"


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
    ids=["entities", "a file outside"],
)
def test_document_types_in_xmp_are_refused(head: str) -> None:
    doubts: list[str] = []

    found = xmp_values(head.encode() + xmp_packet("&b;").partition(b"?>")[2], doubts)

    assert found == {}
    assert doubts == ["keywords: XMP is broken (it declares a document type)"]


def test_xmp_is_read_up_to_its_fault() -> None:
    doubts: list[str] = []

    found = xmp_values(xmp_packet("fog", "<broken", "rain"), doubts)

    assert found["XMP subject"] == ["fog"]
    assert doubts[0].startswith("keywords: XMP is broken")


def test_keywords_without_end_are_cut_off(tmp_path: Path) -> None:
    doubts: list[str] = []
    deep = b"<a>" * 50_000

    assert len(xmp_values(xmp_packet(*["fog"] * 9000), doubts)["XMP subject"]) == 1000
    assert len(iptc_keywords(b"\x1c\x02\x19\x00\x01a" * 9000)) == 1000
    assert xmp_values(deep + b"subject", doubts) == {}


@given(st.binary(max_size=300))
def test_arbitrary_bytes_hold_keywords_or_none(content: bytes) -> None:
    assert isinstance(iptc_keywords(content), list)
    assert isinstance(iptc_keywords(iptc_records(b"8BIM\x04\x04" + content)), list)
    assert isinstance(xmp_values(b"<dc:subject>" + content, []), dict)


_CONTAINERS = (
    jpeg(segment(0xE1, b"Exif\x00\x00" + exif_block()), segment(0xE1, XMP_HEAD + xmp_packet("a"))),
    png(chunk(b"eXIf", exif_block()), chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5))),
    heic(exif_block(), xmp_packet("a")),
    exif_block(),
)


@given(st.sampled_from(_CONTAINERS), st.randoms(use_true_random=False), st.integers(0, 20))
def test_damaged_containers_give_tags_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, chance: random.Random, changes: int
) -> None:
    damaged = bytearray(whole)
    for _ in range(changes):
        damaged[chance.randrange(len(damaged))] = chance.choice((0, 255, chance.randrange(256)))
    if chance.random() < 0.3:
        del damaged[chance.randrange(len(damaged)) :]

    try:
        read_tags(written(tmp_path_factory.getbasetemp() / "damaged.bin", bytes(damaged)))
    except ExifUnreadable as error:
        assert str(error)


def test_a_guarded_file_reads_what_it_is_given(tmp_path: Path) -> None:
    file = written(tmp_path / "a", bytes(range(256)) * 1000)

    with file.open("rb", buffering=0) as raw, GuardedFile(raw) as guard:
        assert guard.read_at(70_000, 4) == bytes((112, 113, 114, 115))
