"""One decode of an original: upright, sRGB, small, and how light it is."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flux_assets.imaging.working_copy import Light, decode, fitted, measure_light
from flux_tests.imaging.pictures import (
    BLUE,
    GREEN,
    GREY,
    RED,
    corners,
    looks_like,
    quarters,
    swapped_profile,
)

SEEN = [RED, GREEN, BLUE, GREY]
# How a camera stores a scene that is upright only after EXIF orientation n is applied.
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(tmp_path: Path, orientation: int, ending: str) -> None:
    scene = quarters((640, 480))
    stored = scene.transpose(_STORED[orientation]) if orientation > 1 else scene
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / f"a.{ending}", exif=exif)

    upright = decode(tmp_path / f"a.{ending}", 160)

    assert (upright.size, upright.mode) == ((160, 120), "RGB")
    assert looks_like(upright, SEEN)


def test_real_photographs_of_all_orientations_look_alike(real_photographs: Path) -> None:
    for scene in ("Landscape", "Portrait"):
        copies = [
            decode(real_photographs / "exif-orientation" / f"{scene}_{n}.jpg", 64) for n in range(9)
        ]
        first = np.asarray(copies[0], float)
        assert {copy.size for copy in copies} == {copies[0].size}
        assert all(np.abs(np.asarray(copy, float) - first).mean() < 6 for copy in copies)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGBA", "LA", "P", "1", "I;16"])
def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path, mode: str) -> None:
    if mode == "I;16":
        grey = np.asarray(quarters((640, 480)).convert("L"), np.uint16)
        image = Image.fromarray(grey * 257)
    else:
        image = quarters((640, 480)).convert(mode)
    image.save(tmp_path / "a.tif")

    seen = decode(tmp_path / "a.tif", 160)

    assert (seen.size, seen.mode) == ((160, 120), "RGB")
    if mode != "1":
        luma = [np.dot(colour, (0.299, 0.587, 0.114)) for colour in SEEN]
        found = [np.dot(colour, (0.299, 0.587, 0.114)) for colour in corners(seen)]
        assert np.allclose(found, luma, atol=25 if mode == "P" else 6)


def test_a_16_bit_png_keeps_its_tones(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))
    Image.fromarray(ramp).save(tmp_path / "a.png")

    seen = np.asarray(decode(tmp_path / "a.png", 1024))

    assert np.abs(seen[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_colours_are_converted_from_the_embedded_profile(tmp_path: Path) -> None:
    quarters((640, 480)).save(tmp_path / "a.jpg", icc_profile=swapped_profile(), quality=95)

    seen = corners(decode(tmp_path / "a.jpg", 160))

    assert seen[0][1] > seen[0][0]  # what was called red was green
    assert seen[1][0] > seen[1][1]
    assert np.allclose(seen[3], GREY, atol=6)


@pytest.mark.parametrize("profile", [b"", b"no profile at all", swapped_profile()[:200]])
def test_a_broken_profile_counts_as_srgb(tmp_path: Path, profile: bytes) -> None:
    quarters((640, 480)).save(tmp_path / "a.jpg", icc_profile=profile, quality=95)

    assert looks_like(decode(tmp_path / "a.jpg", 160), SEEN)


def test_a_profile_of_another_colour_space_does_not_fail(tmp_path: Path) -> None:
    quarters((640, 480)).convert("L").save(tmp_path / "a.jpg", icc_profile=swapped_profile())

    assert decode(tmp_path / "a.jpg", 160).mode == "RGB"


@given(st.tuples(st.integers(1, 60_000), st.integers(1, 60_000)), st.integers(64, 4096))
def test_sizes_fit_and_never_grow(size: tuple[int, int], pixels: int) -> None:
    width, height = fitted(size, pixels)

    assert max(width, height) == min(max(size), pixels)
    assert min(width, height) >= 1
    assert width <= size[0]
    assert height <= size[1]


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    quarters((50, 40)).save(tmp_path / "a.png")

    assert decode(tmp_path / "a.png", 1024).size == (50, 40)


def _half(left: int, right: int) -> Image.Image:
    image = Image.new("RGB", (64, 64), (right,) * 3)
    image.paste((left,) * 3, (0, 0, 32, 64))
    return image


@pytest.mark.parametrize(
    ("image", "light"),
    [
        (Image.new("RGB", (64, 64), (0, 0, 0)), Light(0, 1, 0)),
        (Image.new("RGB", (64, 64), (255, 255, 255)), Light(1, 0, 0)),
        (_half(0, 255), Light(0, 0.5, 0)),
        (_half(20, 21), Light(20 / 255, 0.5, 0)),
        (Image.new("RGB", (64, 64), (255, 0, 0)), Light(54 / 255, 0, 1)),
        (Image.new("RGB", (64, 64), (0, 255, 0)), Light(182 / 255, 0, 1)),
        (Image.new("RGB", (64, 64), (0, 0, 255)), Light(18 / 255, 1, 1)),
        (Image.new("RGB", (1, 1), (255, 255, 255)), Light(1, 0, 0)),
    ],
    ids=["black", "white", "half and half", "at 0.08", "red", "green", "blue", "one pixel"],
)
def test_the_light_of_known_pictures(image: Image.Image, light: Light) -> None:
    found = measure_light(image)

    assert found.median_luminance == pytest.approx(light.median_luminance, abs=1e-9)
    assert found.dark_ratio == light.dark_ratio
    assert found.mean_saturation == pytest.approx(light.mean_saturation, abs=0.01)
