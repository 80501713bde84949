"""Sharpness and noise of pictures whose detail is known."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from flux_assets.imaging.detail import Detail, measure_detail
from flux_assets.imaging.tones import measure_tones
from flux_tests.imaging.gradings import blurred, of_levels, picture


def detail(image: Image.Image, iso: int | None = None) -> Detail:
    grey = image.convert("L")
    histogram = np.asarray(grey.histogram(), float)
    return measure_detail(grey, measure_tones(histogram / histogram.sum()).log_range, iso)


def with_noise(image: Image.Image, levels: float) -> Image.Image:
    grain = np.random.default_rng(0).normal(0, levels, (image.height, image.width))
    return of_levels(np.asarray(image.convert("L"), float) + grain)


@pytest.fixture
def portrait(real_photographs: Path) -> Image.Image:
    return picture(real_photographs / "exif-orientation" / "Portrait_0.jpg")


def test_a_sharp_subject_before_a_soft_background_is_sharp(real_photographs: Path) -> None:
    scene = picture(real_photographs / "odm-seneca-seq" / "IMG_0446.jpg")
    subject = (400, 300, 550, 450)
    mixed = scene.filter(ImageFilter.GaussianBlur(6))
    soft = detail(mixed).fine
    mixed.paste(scene.crop(subject), subject)

    assert detail(mixed).fine > 0.5 * detail(scene).fine
    assert detail(mixed).fine > 5 * soft


@pytest.mark.parametrize("levels", [4.0, 8.0, 16.0])
def test_noise_is_found_in_levels(portrait: Image.Image, levels: float) -> None:
    assert detail(portrait).noise < 1
    assert detail(with_noise(portrait, levels)).noise == pytest.approx(levels, rel=0.2)


def test_noise_does_not_pass_for_sharpness(portrait: Image.Image) -> None:
    soft = portrait.filter(ImageFilter.GaussianBlur(4))

    assert detail(with_noise(soft, 5), iso=6400).fine < 0.3 * detail(portrait, iso=6400).fine
    assert detail(portrait, iso=6400).fine > 0.9 * detail(portrait, iso=100).fine


def test_the_iso_speed_limits_what_counts_as_noise(portrait: Image.Image) -> None:
    noisy = with_noise(portrait, 8)

    assert detail(noisy, iso=100).noise == pytest.approx(1.2)
    assert detail(noisy, iso=102_400).noise == detail(noisy).noise


@pytest.mark.parametrize("period", [16, 32, 50, 64])
def test_edges_are_found_wherever_they_lie_and_blur_softens_them(period: int) -> None:
    down, across = np.indices((480, 640)) // period
    board = of_levels(60 + 130 * ((down + across) % 2)).convert("RGB")
    found = [detail(blurred(board, radius)).fine for radius in (0, 1, 2, 4)]

    assert found == sorted(found, reverse=True)
    assert found[0] > 2 * found[-1]


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (7, 7), (8, 8), (9, 1000), (1023, 683)])
def test_pictures_of_any_size_are_measured(size: tuple[int, int]) -> None:
    even = Image.new("L", size, 90)

    assert detail(even).fine == pytest.approx(0, abs=1e-4)
    assert detail(even).noise == pytest.approx(0, abs=1e-2)


def test_an_edge_between_two_blocks_of_jpeg_is_sharper_than_its_blurred_self() -> None:
    chessboard = np.kron(np.indices((12, 16)).sum(axis=0) % 2, np.ones((32, 32))) * 255
    sharp = Image.fromarray(chessboard.astype(np.uint8))

    found = [
        detail(sharp.filter(ImageFilter.GaussianBlur(radius))).fine for radius in (0, 0.5, 1, 2)
    ]

    assert found == sorted(found, reverse=True)
