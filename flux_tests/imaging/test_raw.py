"""RAW files: their preview where it is large enough, a demosaic of their pixels where it is not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flux_assets.imaging.extent import EndsEarly
from flux_assets.imaging.raw_preview import RawUnreadable, decode_raw
from flux_tests.imaging.pictures import (
    BLUE,
    GREEN,
    GREY,
    RED,
    corners,
    looks_like,
    quarters,
    stored,
    swapped_profile,
)
from flux_tests.imaging.raw_files import write_dng

SEEN = [RED, GREEN, BLUE, GREY]
SIZE = (640, 480)
WHITE = Image.new("RGB", (1024, 768), "white")


@pytest.mark.parametrize("preview_size", [None, (160, 120), (1024, 768)])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(
    tmp_path: Path, orientation: int, preview_size: tuple[int, int] | None
) -> None:
    preview = preview_size and stored(preview_size, orientation)
    file = write_dng(tmp_path / "a.dng", stored(SIZE, orientation), preview or None, orientation)

    upright = decode_raw(file, 160)

    assert (upright.size, upright.mode) == ((160, 120), "RGB")
    assert looks_like(upright, SEEN)


@pytest.mark.parametrize(("long_side", "is_shown"), [(1023, False), (1024, True)])
def test_a_preview_is_shown_from_1024_pixels(
    tmp_path: Path, long_side: int, is_shown: bool
) -> None:
    preview = WHITE.resize((long_side, 768))
    file = write_dng(tmp_path / "a.dng", quarters(SIZE), preview)

    assert (corners(decode_raw(file, 256))[0] == (255, 255, 255)) == is_shown


@pytest.mark.parametrize(
    ("ending", "make", "model"),
    [
        ("cr2", "Canon", "Canon EOS 350D DIGITAL"),
        ("nef", "NIKON CORPORATION", "NIKON D70"),
        ("arw", "SONY", "DSLR-A100"),
        ("orf", "OLYMPUS IMAGING CORP.", "E-500"),
        ("rw2", "Panasonic", "DMC-LX3"),
    ],
)
def test_the_preview_of_every_maker_is_shown(
    tmp_path: Path, ending: str, make: str, model: str
) -> None:
    scene, preview = Image.new("RGB", (2100, 1400), "black"), quarters((1200, 800))
    file = write_dng(tmp_path / f"a.{ending}", scene, preview, camera=(make, model))

    assert looks_like(decode_raw(file, 1024), SEEN)


def test_a_preview_smaller_than_the_size_asked_for_is_not_shown(tmp_path: Path) -> None:
    file = write_dng(tmp_path / "a.dng", quarters((2100, 1400)), WHITE)

    assert decode_raw(file, 1050).size == (1050, 700)


def test_a_demosaic_has_half_the_size_and_the_colours_of_the_scene(tmp_path: Path) -> None:
    picture = decode_raw(write_dng(tmp_path / "a.dng", quarters(SIZE)), 1024)

    assert picture.size == (320, 240)
    assert looks_like(picture, SEEN, tolerance=2)


def test_a_demosaic_is_as_bright_as_the_small_preview(tmp_path: Path) -> None:
    grey, lifted = (Image.new("RGB", SIZE, (value,) * 3) for value in (60, 110))

    picture = decode_raw(write_dng(tmp_path / "a.dng", grey, lifted.resize((160, 120))), 256)

    assert abs(corners(picture)[0][0] - 110) <= 2


def test_a_preview_that_is_upright_already_is_not_turned(tmp_path: Path) -> None:
    upright = quarters((768, 1024))
    file = write_dng(tmp_path / "a.dng", stored((480, 640), 6), upright, 6)

    assert looks_like(decode_raw(file, 256), SEEN)


def test_the_preview_s_own_orientation_comes_first(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = write_dng(tmp_path / "a.dng", quarters(SIZE), stored((1024, 768), 6), exif=exif)

    assert looks_like(decode_raw(file, 256), SEEN)


def test_colours_of_a_preview_are_converted_from_its_profile(tmp_path: Path) -> None:
    preview = quarters((1024, 768))
    file = write_dng(tmp_path / "a.dng", quarters(SIZE), preview, icc_profile=swapped_profile())

    first = corners(decode_raw(file, 256))[0]
    assert first[1] > first[0]


@pytest.mark.parametrize(("color_space", "red"), [(1, 180), (2, 199)])
def test_a_preview_has_the_colours_that_the_camera_was_set_to(
    tmp_path: Path, color_space: int, red: int
) -> None:
    preview = Image.new("RGB", (1024, 768), (180, 120, 90))
    file = write_dng(tmp_path / "a.dng", quarters(SIZE), preview, color_space=color_space)

    assert abs(corners(decode_raw(file, 256))[0][0] - red) <= 3


def test_a_broken_preview_is_replaced_by_the_pixels(tmp_path: Path) -> None:
    file = write_dng(tmp_path / "a.dng", quarters(SIZE), quarters((1024, 768)))
    content = file.read_bytes()
    preview = content.rindex(b"\xff\xd8") + 100
    file.write_bytes(content[:preview] + b"\0" * (len(content) - preview))

    assert looks_like(decode_raw(file, 256), SEEN)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    file = write_dng(tmp_path / "a.dng", quarters(SIZE))
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(EndsEarly, match="bytes are missing"):
        decode_raw(file, 256)


def test_what_is_no_raw_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dng").write_bytes(b"II*\0" + b"\0" * 1000)

    with pytest.raises(RawUnreadable, match="Unsupported file format"):
        decode_raw(tmp_path / "a.dng", 256)


def test_a_real_file_is_demosaiced(real_photographs: Path) -> None:
    picture = decode_raw(real_photographs / "raw" / "DSC8695.dng", 1024)

    assert (picture.size, picture.mode) == ((600, 400), "RGB")
    assert np.asarray(picture).mean() < 5  # stars


@pytest.mark.parametrize(
    "name",
    [
        *("exiftool-t-images/DNG.dng", "exiftool-t-images/Panasonic.rw2"),
        *("exiftool-t-images/Nikon.nef", "exiftool-t-images/CanonRaw.cr3"),
        *("bep-imagemeta/images/sample.arw", "bep-imagemeta/images/sample.nef"),
    ],
)
def test_files_without_their_pixels_are_refused(real_photographs: Path, name: str) -> None:
    with pytest.raises((EndsEarly, RawUnreadable)):
        decode_raw(real_photographs / name, 1024)
