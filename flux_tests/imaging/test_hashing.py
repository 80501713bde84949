"""Hashes equal those of `imagehash`, to the last bit."""

from collections.abc import Callable
from pathlib import Path

import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flux_assets.imaging.hashing import hash_batch, miniatures
from flux_tests.imaging.gradings import picture

_PEERS: dict[str, Callable[[Image.Image], imagehash.ImageHash]] = {
    "phash": imagehash.phash,
    "dhash": imagehash.dhash,
    "ahash": imagehash.average_hash,
    "whash": imagehash.whash,
}


def peers(image: Image.Image) -> dict[str, int]:
    return {name: int(str(peer(image)), 16) for name, peer in _PEERS.items()}


def hashes(*images: Image.Image) -> list[dict[str, int]]:
    batch = hash_batch([miniatures(image) for image in images])
    return [
        {name: int(getattr(batch, name)[number]) for name in _PEERS}
        for number in range(len(images))
    ]


def flat(*images: Image.Image) -> list[bool]:
    return [bool(mark) for mark in hash_batch([miniatures(image) for image in images]).flat]


def noise(width: int, height: int, seed: int) -> Image.Image:
    random = np.random.default_rng(seed)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


def blocks(width: int, height: int, seed: int) -> Image.Image:
    """Few even areas: many cells of the miniatures are equal."""
    coarse = np.random.default_rng(seed).integers(0, 3, (4, 4), dtype=np.uint8) * 100
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.NEAREST)


@given(
    st.sampled_from([noise, blocks]),
    st.integers(1, 150),
    st.integers(1, 150),
    st.integers(0, 2**32),
)
def test_hashes_of_any_size_and_content_equal_those_of_imagehash(
    make: Callable[[int, int, int], Image.Image], width: int, height: int, seed: int
) -> None:
    image = make(width, height, seed)

    assert hashes(image) == [peers(image)]


@pytest.mark.parametrize("size", [(1024, 683), (683, 1024), (1024, 1024), (1024, 300)])
def test_hashes_of_working_copies_equal_those_of_imagehash(size: tuple[int, int]) -> None:
    images = [noise(*size, seed=0), blocks(*size, seed=1)]

    assert hashes(*images) == [peers(image) for image in images]


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "HSV"])
def test_hashes_of_every_kind_of_pixel_equal_those_of_imagehash(mode: str) -> None:
    rgb = noise(90, 60, seed=0)
    image = rgb.convert("RGBA").convert(mode) if mode == "LA" else rgb.convert(mode)

    assert hashes(image) == [peers(image)]


def test_hashes_of_real_photographs_equal_those_of_imagehash(real_photographs: Path) -> None:
    files = sorted(real_photographs.glob("imagededup/base_images/*.jpg"))
    files += sorted(real_photographs.glob("day-night/night/*.jpg"))[:5]
    images = [picture(file) for file in files]

    assert hashes(*images) == [peers(image) for image in images]


def test_a_hash_does_not_depend_on_its_batch() -> None:
    images = [noise(70, 50, seed=seed) for seed in range(5)]

    assert hashes(*images) == [hashes(image)[0] for image in images]


def test_nothing_hashes_to_nothing() -> None:
    assert hash_batch([]).phash.shape == (0,)


@pytest.mark.parametrize("level", [0, 3, 128, 255])
def test_an_even_picture_is_flat(level: int) -> None:
    assert flat(Image.new("RGB", (300, 200), (level,) * 3)) == [True]


@pytest.mark.parametrize("level", [0, 90, 255])
def test_noise_and_compression_leave_an_even_picture_flat(tmp_path: Path, level: int) -> None:
    grain = np.random.default_rng(0).normal(level, 8, (200, 300))
    image = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    image.save(tmp_path / "a.jpg", quality=30)

    assert flat(image, Image.open(tmp_path / "a.jpg")) == [True, True]


def test_a_gradient_is_not_flat() -> None:
    ramp = np.tile(np.linspace(100, 120, 300).astype(np.uint8), (200, 1))

    assert flat(Image.fromarray(ramp)) == [False]


def test_a_small_thing_on_an_even_ground_is_not_flat() -> None:
    image = Image.new("L", (320, 200), 30)
    image.paste(220, (100, 90, 110, 100))

    assert flat(image) == [False]
