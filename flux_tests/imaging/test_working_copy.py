"""One decode of an original: upright, sRGB, small, and how light it is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pillow_heif import register_heif_opener

from flux_assets.imaging.extent import EndsEarly
from flux_assets.imaging.reduction import fitted
from flux_assets.imaging.working_copy import Light, measure_light
from flux_tests.imaging.pictures import (
    BLUE,
    GREEN,
    GREY,
    RED,
    corners,
    decoded,
    looks_like,
    quarters,
    stored,
)
from flux_tests.imaging.raw_files import write_dng

register_heif_opener()
SEEN = [RED, GREEN, BLUE, GREY]


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "heic"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(tmp_path: Path, orientation: int, ending: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored((640, 480), orientation).save(tmp_path / f"a.{ending}", exif=exif)

    upright = decoded(tmp_path / f"a.{ending}", 160)

    assert (upright.size, upright.mode) == ((160, 120), "RGB")
    assert looks_like(upright, SEEN)


@pytest.mark.parametrize("scene", ["Landscape", "Portrait"])
def test_real_photographs_of_all_orientations_look_alike(
    real_photographs: Path, scene: str
) -> None:
    folder = real_photographs / "exif-orientation"
    copies = [decoded(folder / f"{scene}_{n}.jpg", 1024) for n in range(9)]

    first = np.asarray(copies[1], float)
    assert {copy.size for copy in copies} == {copies[1].size}
    assert all(np.abs(np.asarray(copy, float) - first).mean() < 6 for copy in copies)


def test_a_heic_that_is_turned_by_its_own_boxes_is_not_turned_again(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored((640, 480), 6).save(tmp_path / "a.heic", exif=exif.tobytes())
    assert b"irot" in (tmp_path / "a.heic").read_bytes()

    assert looks_like(decoded(tmp_path / "a.heic", 160), SEEN)


def test_a_phone_s_heic_is_turned_once(real_photographs: Path) -> None:
    picture = decoded(real_photographs / "bep-imagemeta" / "images" / "iphone.heic", 1024)

    assert picture.size == (1024, 768)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_leaves_the_picture_as_it_is(tmp_path: Path) -> None:
    exif = b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xee" * 40
    quarters((640, 480)).save(tmp_path / "a.jpg", exif=exif)

    assert looks_like(decoded(tmp_path / "a.jpg", 160), SEEN)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGBA", "LA", "P", "1", "I;16", "I", "F"])
def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path, mode: str) -> None:
    scene = quarters((640, 480))
    grey = np.asarray(scene.convert("L"))
    match mode:
        case "I;16":
            image = Image.fromarray(grey.astype(np.uint16) * 257)
        case "I":
            image = Image.fromarray(grey.astype(np.int32) * 257)
        case "F":
            image = Image.fromarray(grey.astype(np.float32) / 255)
        case _:
            image = scene.convert(mode)
    image.save(tmp_path / "a.tif")

    seen = decoded(tmp_path / "a.tif", 160)

    assert (seen.size, seen.mode) == ((160, 120), "RGB")
    if mode != "1":
        luma = [np.dot(colour, (0.299, 0.587, 0.114)) for colour in SEEN]
        found = [np.dot(colour, (0.299, 0.587, 0.114)) for colour in corners(seen)]
        assert np.allclose(found, luma, atol=25 if mode == "P" else 6)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_16_bit_grey_keeps_its_tones(tmp_path: Path, ending: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))
    Image.fromarray(ramp).save(tmp_path / f"a.{ending}")

    seen = np.asarray(decoded(tmp_path / f"a.{ending}", 1024))

    assert np.abs(seen[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_a_float_picture_may_hold_what_is_no_number(tmp_path: Path) -> None:
    grey = np.full((48, 64), 0.5, np.float32)
    grey[0], grey[1] = np.nan, np.inf
    Image.fromarray(grey).save(tmp_path / "a.tif")

    assert corners(decoded(tmp_path / "a.tif", 64))[3] == (128, 128, 128)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
def test_what_is_transparent_becomes_white(tmp_path: Path, mode: str) -> None:
    scene = quarters((640, 480))
    saved: dict[str, Any] = {}
    if mode in ("RGBA", "LA"):
        image = scene.convert(mode)
        image.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda v: 255 * (v > 9)))
        image.paste(0, (0, 0, 320, 240))
    elif mode == "P":
        image = scene.convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
        saved["transparency"] = image.getpixel((1, 1))
    else:
        image, saved["transparency"] = scene, RED
    image.save(tmp_path / "a.png", **saved)

    seen = corners(decoded(tmp_path / "a.png", 160))

    assert seen[0] == (255, 255, 255)
    assert seen[1] != (255, 255, 255)


def test_of_several_frames_the_first_is_shown(tmp_path: Path) -> None:
    first, second = quarters(), Image.new("RGB", (64, 48), "black")
    for ending in ("tif", "webp", "png"):
        first.save(tmp_path / f"a.{ending}", save_all=True, append_images=[second])

        assert looks_like(decoded(tmp_path / f"a.{ending}", 64), SEEN)


def test_a_jpeg_with_the_ending_of_a_raw_file_is_shown(tmp_path: Path) -> None:
    quarters((640, 480)).save(tmp_path / "a.jpg")
    misnamed = (tmp_path / "a.jpg").rename(tmp_path / "a.nef")

    assert looks_like(decoded(misnamed, 160), SEEN)


def test_a_raw_file_with_the_ending_of_a_tiff_is_no_postage_stamp(tmp_path: Path) -> None:
    stamp = Image.new("RGB", (160, 120), "white")
    file = write_dng(tmp_path / "a.tif", quarters((640, 480)), stamp)

    assert decoded(file, 1024).size == (320, 240)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "heic"])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, ending: str, share: float) -> None:
    file = tmp_path / f"a.{ending}"
    Image.effect_noise((320, 240), 60).convert("RGB").save(file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])

    with pytest.raises((OSError, EndsEarly)):
        decoded(file, 160)


@given(st.tuples(st.integers(1, 60_000), st.integers(1, 60_000)), st.integers(64, 4096))
def test_sizes_fit_and_never_grow(size: tuple[int, int], pixels: int) -> None:
    width, height = fitted(size, pixels)

    assert max(width, height) == min(max(size), pixels)
    assert min(width, height) >= 1
    assert width <= size[0]
    assert height <= size[1]


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    quarters((50, 40)).save(tmp_path / "a.png")

    assert decoded(tmp_path / "a.png", 1024).size == (50, 40)


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
