"""What a file is, judged by its bytes."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flux_assets.corpus.pictures import NotAPhotograph, Picture, identify, sniff

_HEADS = (
    b"\xff\xd8\xff\xe1\x00\x20Exif\x00\x00MM\x00*",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    b"RIFF\xff\xff\xff\xffWEBPVP8X",
    b"II*\x00\x08\x00\x00\x00",
    b"MM\x00*\xff\xff\xff\xff",
    b"\x00\x00\x00\x18ftypheic",
)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pictures_are_recognised_and_measured_whatever_their_ending(
    tmp_path: Path, image_format: str
) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "a.bin", image_format)

    assert identify(tmp_path / "a.bin") == Picture(image_format, 40, 30)


@pytest.mark.parametrize(
    ("head", "suffix", "found"),
    [
        (b"II*\x00", ".dng", "DNG"),
        (b"II*\x00", ".NEF", "NEF"),
        (b"MM\x00*", ".tif", "TIFF"),
        (b"\x00\x00\x00\x18ftypcrx ", ".cr3", "CR3"),
        (b"\x00\x00\x00\x18ftypheic", ".heic", "HEIC"),
        (b"IIRO\x08", ".orf", "ORF"),
        (b"\xff\xd8\xff\xe0", ".dng", "JPEG"),
        (b"GIF89a", ".jpg", None),
    ],
)
def test_raw_formats_are_told_apart(head: bytes, suffix: str, found: str | None) -> None:
    assert sniff(head, suffix) == found


def test_orientation_leaves_the_stored_size_alone(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=exif)

    assert identify(tmp_path / "a.jpg") == Picture("JPEG", 40, 30)


@given(st.binary(max_size=40), st.text(max_size=5))
def test_sniffing_never_raises(head: bytes, suffix: str) -> None:
    sniff(head, suffix)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@given(
    head=st.sampled_from((b"", *_HEADS)),
    tail=st.binary(max_size=200),
    suffix=st.sampled_from((".jpg", ".dng", ".tif")),
)
def test_arbitrary_bytes_are_a_picture_or_not_a_photograph(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, tail: bytes, suffix: str
) -> None:
    file = tmp_path_factory.getbasetemp() / f"bytes{suffix}"
    file.write_bytes(head + tail)

    with suppress(NotAPhotograph):
        assert identify(file).format
