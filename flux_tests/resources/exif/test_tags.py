"""The EXIF door: tags, keywords and burst identifiers of every container."""

import zlib
from pathlib import Path

import pytest
from PIL import Image

from flux_resources.exif.tags import Tags, read_tags
from flux_resources.exif.values import numbers, text
from flux_tests.resources.exif.written import (
    IPTC_RECORDS,
    XMP_HEAD,
    chunk,
    cr3,
    exif_block,
    heic,
    jpeg,
    png,
    resources,
    segment,
    written,
    xmp_packet,
)

EXIF = exif_block()
XMP = xmp_packet("fog", "umbrella", burst="7f3a")
_HEX_PROFILE = f"\nexif\n{len(EXIF) + 6:8}\n{(b'Exif' + bytes(2) + EXIF).hex()}\n".encode()
CONTAINERS = {
    "JPEG": jpeg(segment(0xE1, b"Exif\x00\x00" + EXIF), segment(0xE1, XMP_HEAD + XMP)),
    "JPEG, XMP first": jpeg(segment(0xE1, XMP_HEAD + XMP), segment(0xE1, b"Exif\x00\x00" + EXIF)),
    "PNG": png(chunk(b"eXIf", EXIF), chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + XMP)),
    "PNG, packed": png(
        chunk(b"zTXt", b"Raw profile type exif\x00\x00" + zlib.compress(_HEX_PROFILE)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(XMP)),
    ),
    "TIFF": exif_block(x02BC=XMP),
    "HEIC": heic(EXIF, XMP),
    "HEIC of another brand": heic(EXIF, XMP, brand=b"heix"),
}


def _read(tmp_path: Path, content: bytes) -> Tags:
    return read_tags(written(tmp_path / "a.bin", content))


@pytest.mark.parametrize("container", CONTAINERS)
def test_exif_and_xmp_are_found_whatever_the_container(tmp_path: Path, container: str) -> None:
    tags = _read(tmp_path, CONTAINERS[container])

    assert text(tags, "Image Model") == "RICOH GR III"
    assert text(tags, "EXIF DateTimeOriginal") == "2022:01:15 13:22:44"
    assert tags["XMP subject"].values == ["fog", "umbrella"]
    assert tags["XMP BurstID"].values == ["7f3a"]
    assert tags.doubts == []


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_exif_that_pillow_writes_is_read(tmp_path: Path, image_format: str) -> None:
    exif = Image.Exif()
    exif[0x0110] = "GR"
    exif.get_ifd(0x8769)[0x9003] = "2022:01:15 13:22:44"
    Image.new("RGB", (8, 8)).save(tmp_path / "a.bin", image_format, exif=exif)

    tags = read_tags(tmp_path / "a.bin")

    assert text(tags, "Image Model") == "GR"
    assert text(tags, "EXIF DateTimeOriginal") == "2022:01:15 13:22:44"


def test_the_directories_of_a_cr3_are_put_together(tmp_path: Path) -> None:
    shot, gps = Image.Exif(), Image.Exif()
    shot[0x9003] = "2022:01:15 13:22:44"
    gps[2] = (41.0, 53.0, 24.0)

    tags = _read(tmp_path, cr3(EXIF, shot.tobytes()[6:], gps.tobytes()[6:]))

    assert text(tags, "Image Model") == "RICOH GR III"
    assert text(tags, "EXIF DateTimeOriginal") == "2022:01:15 13:22:44"
    assert numbers(tags, "GPS GPSLatitude") == [41, 53, 24]


@pytest.mark.parametrize("head", [b"IIRO", b"IIU\x00"], ids=["ORF", "RW2"])
def test_makers_own_marks_stand_for_a_tiff(tmp_path: Path, head: bytes) -> None:
    assert EXIF[:4] == b"MM\x00*"
    image = Image.new("RGB", (8, 8))
    image.save(tmp_path / "a.tif", tiffinfo={0x0110: "E-1"})
    content = (tmp_path / "a.tif").read_bytes()

    assert text(_read(tmp_path, head + content[4:]), "Image Model") == "E-1"


def test_iptc_keywords_are_read_in_utf_8_or_latin_1(tmp_path: Path) -> None:
    tags = _read(tmp_path, jpeg(segment(0xED, resources(IPTC_RECORDS + b"\x1c\x02\x19"))))

    assert tags["IPTC Keywords"].values == ["fog", "café"]


def test_the_keywords_of_windows_are_read_however_long(tmp_path: Path) -> None:
    words = ";".join(f"word {number}" for number in range(200))
    block = exif_block(x9C9E=words.encode("utf-16-le"))

    tags = _read(tmp_path, jpeg(segment(0xE1, b"Exif\x00\x00" + block)))

    assert text(tags, "Image XPKeywords") == words


def test_the_burst_identifier_of_an_iphone_is_read(tmp_path: Path) -> None:
    uuid = b"2F1A3B5C-0000-4000-8000-0123456789AB\x00"
    entry = b"\x00\x0b\x00\x02" + len(uuid).to_bytes(4, "big") + (32).to_bytes(4, "big")
    note = b"Apple iOS\x00\x00\x01MM\x00\x01" + entry + bytes(4) + uuid
    exif = Image.Exif()
    exif[0x010F] = "Apple"
    exif.get_ifd(0x8769)[0x927C] = note

    tags = _read(tmp_path, jpeg(segment(0xE1, exif.tobytes())))

    assert text(tags, "MakerNote BurstUUID") == uuid.decode().strip("\x00")


def test_exif_is_found_behind_a_foreign_header(tmp_path: Path) -> None:
    tags = _read(tmp_path, b"FUJIFILMCCD-RAW " + bytes(100) + CONTAINERS["JPEG"])

    assert text(tags, "Image Model") == "RICOH GR III"


def test_where_exifread_gives_up_pillow_reads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(*_: object, **__: object) -> dict[str, object]:
        raise IndexError("list index out of range")

    monkeypatch.setattr("exifread.process_file", raising)

    tags = _read(tmp_path, CONTAINERS["JPEG"])

    assert text(tags, "Image Model") == "RICOH GR III"
    assert text(tags, "EXIF DateTimeOriginal") == "2022:01:15 13:22:44"
    assert tags.doubts == [
        "tags: exifread gave up (IndexError: list index out of range), so some may be missing"
    ]


def test_a_file_without_exif_has_no_tags_and_a_missing_one_raises(tmp_path: Path) -> None:
    assert _read(tmp_path, b"no picture") == {}
    assert _read(tmp_path, b"") == {}
    with pytest.raises(OSError, match="gone"):
        read_tags(tmp_path / "gone.jpg")


def test_keywords_of_real_files_are_those_that_their_editors_show(real_photographs: Path) -> None:
    folder = real_photographs / "bep-imagemeta" / "images"

    for ending in ("avif", "jpg", "tif", "webp"):
        (file,) = folder.rglob(f"sunrise.{ending}")
        assert read_tags(file)["XMP subject"].values == ["Malaga", "Torremolinos"]
