"""Colours of every space come out as the same colours in sRGB."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from pillow_heif import register_heif_opener

from flux_assets.imaging.color import Profile, rgb_profile
from flux_tests.imaging.pictures import (
    BLUE,
    GREEN,
    GREY,
    RED,
    corners,
    decoded,
    looks_like,
    quarters,
    swapped_profile,
)

register_heif_opener()
SEEN = [RED, GREEN, BLUE, GREY]
COLOUR = (180, 120, 90)  # no gamut is too small for it
_EXIF_IFD, _INTEROP_IFD = 0x8769, 0xA005
# Linear RGB to XYZ under D50 (rows X, Y, Z), from Lindbloom, "RGB/XYZ matrices".
_TO_XYZ = {
    "srgb": ((0.43607, 0.38515, 0.14308), (0.22249, 0.71689, 0.06062), (0.01392, 0.09708, 0.71410)),
    "adobe": (
        (0.60974, 0.20528, 0.14919),
        (0.31111, 0.62567, 0.06322),
        (0.01947, 0.06087, 0.74457),
    ),
    "p3": ((0.51512, 0.29198, 0.15710), (0.24120, 0.69225, 0.06657), (-0.00105, 0.04189, 0.78407)),
    "prophoto": ((0.79767, 0.13519, 0.03134), (0.28804, 0.71188, 0.00009), (0, 0, 0.82491)),
}
_GAMMA = {"adobe": 563 / 256, "prophoto": 1.8}


def in_srgb(colour: tuple[int, int, int], space: str) -> np.ndarray:
    """What a colour of another space is in sRGB, by the books."""
    encoded = np.array(colour) / 255
    curve = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    linear = encoded ** _GAMMA[space] if space in _GAMMA else curve
    srgb = np.linalg.solve(np.array(_TO_XYZ["srgb"]), np.array(_TO_XYZ[space]) @ linear)
    return 255 * np.where(srgb <= 0.0031308, 12.92 * srgb, 1.055 * srgb ** (1 / 2.4) - 0.055)


def profile(space: str) -> bytes:
    columns = np.array(_TO_XYZ[space]).T
    return rgb_profile(tuple(map(tuple, columns)), _GAMMA.get(space)).tobytes()


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "heic"])
@pytest.mark.parametrize("space", ["adobe", "p3", "prophoto"])
def test_wide_gamuts_are_converted(tmp_path: Path, space: str, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    Image.new("RGB", (64, 48), COLOUR).save(file, icc_profile=profile(space), quality=95)

    assert np.allclose(corners(decoded(file, 64))[0], in_srgb(COLOUR, space), atol=4)


@pytest.mark.parametrize("named", ["interoperability", "colour space"])
def test_a_camera_set_to_adobe_rgb_says_so_in_exif(tmp_path: Path, named: str) -> None:
    exif = Image.Exif()
    if named == "interoperability":
        exif.get_ifd(_EXIF_IFD)[_INTEROP_IFD] = {1: "R03"}
    else:
        exif.get_ifd(_EXIF_IFD)[0xA001] = 2
    Image.new("RGB", (64, 48), COLOUR).save(tmp_path / "a.jpg", exif=exif, quality=95)

    assert np.allclose(
        corners(decoded(tmp_path / "a.jpg", 64))[0], in_srgb(COLOUR, "adobe"), atol=3
    )


def test_an_embedded_profile_outranks_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(_EXIF_IFD)[0xA001] = 2
    srgb = Profile(ImageCms.createProfile("sRGB")).tobytes()
    quarters((640, 480)).save(tmp_path / "a.jpg", exif=exif, icc_profile=srgb, quality=95)

    assert looks_like(decoded(tmp_path / "a.jpg", 160), SEEN)


def test_a_heic_may_name_display_p3_without_a_profile(tmp_path: Path) -> None:
    picture = Image.new("RGB", (64, 48), COLOUR)
    picture.save(tmp_path / "a.heic", color_primaries=12, transfer_characteristic=13, quality=95)

    assert np.allclose(corners(decoded(tmp_path / "a.heic", 64))[0], in_srgb(COLOUR, "p3"), atol=4)


def test_colours_are_converted_from_the_embedded_profile(tmp_path: Path) -> None:
    quarters((640, 480)).save(tmp_path / "a.jpg", icc_profile=swapped_profile(), quality=95)

    seen = corners(decoded(tmp_path / "a.jpg", 160))

    assert seen[0][1] > seen[0][0]  # what was called red was green
    assert seen[1][0] > seen[1][1]
    assert np.allclose(seen[3], GREY, atol=6)


@pytest.mark.parametrize("broken", [b"", b"no profile at all", swapped_profile()[:200]])
def test_a_broken_profile_counts_as_srgb(tmp_path: Path, broken: bytes) -> None:
    quarters((640, 480)).save(tmp_path / "a.jpg", icc_profile=broken, quality=95)

    assert looks_like(decoded(tmp_path / "a.jpg", 160), SEEN)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_profile_of_another_colour_space_does_not_fail(tmp_path: Path, mode: str) -> None:
    quarters((640, 480)).convert(mode).save(tmp_path / "a.jpg", icc_profile=swapped_profile())

    assert decoded(tmp_path / "a.jpg", 160).mode == "RGB"


def test_lab_is_converted(tmp_path: Path) -> None:
    lab = ImageCms.profileToProfile(
        quarters((640, 480)),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert lab is not None
    lab.save(tmp_path / "a.tif")

    assert looks_like(decoded(tmp_path / "a.tif", 160), SEEN)


def test_a_cmyk_jpeg_is_not_inverted(tmp_path: Path) -> None:
    quarters((640, 480)).convert("CMYK").save(tmp_path / "a.jpg", quality=95)

    assert looks_like(decoded(tmp_path / "a.jpg", 160), SEEN)
