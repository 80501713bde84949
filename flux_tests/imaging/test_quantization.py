"""How coarsely a JPEG was rounded."""

import io
from pathlib import Path

import pytest
from PIL import Image

from flux_assets.imaging.quantization import quantization_step
from flux_assets.imaging.working_copy import Copied, Order, make_copies
from flux_tests.imaging.gradings import as_jpeg


def test_the_step_of_qualities_of_libjpeg_is_that_of_their_tables() -> None:
    image = Image.new("RGB", (64, 64))
    steps = [quantization_step(as_jpeg(image, quality)) for quality in (100, 75, 50, 25, 5)]

    assert steps == [1, 8.25, 16.1875, 32.375, 159.6875]


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_pixels_of_every_mode_have_a_step(mode: str) -> None:
    assert quantization_step(as_jpeg(Image.new(mode, (64, 64)), 100)) == 1


def test_what_is_no_jpeg_has_none() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "WEBP", quality=10)

    assert quantization_step(Image.open(buffer)) is None
    assert quantization_step(Image.new("RGB", (64, 64))) is None


@pytest.mark.parametrize(("image_format", "step"), [("JPEG", 16.1875), ("PNG", None)])
def test_an_original_says_its_step_when_it_is_copied(
    tmp_path: Path, image_format: str, step: float | None
) -> None:
    Image.new("RGB", (1200, 800)).save(tmp_path / "original", image_format, quality=50)
    order = Order(
        original=tmp_path / "original",
        format=image_format,
        proxy=tmp_path / "proxy.jpg",
        proxy_pixels=1024,
        proxy_quality=90,
        thumb=tmp_path / "thumb.jpg",
        thumb_pixels=800,
    )

    found = make_copies(order)

    assert isinstance(found, Copied)
    assert found.quantization_step == step
