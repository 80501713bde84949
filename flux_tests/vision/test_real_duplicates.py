"""Duplicates among real photographs, with real hashes and the vectors of the bundled model."""

from collections.abc import Callable, Sequence
from pathlib import Path

import imagehash
import polars as pl
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from flux_assets.imaging.working_copy import decode
from flux_resources.clip.embedder import Embedder, load_embedder
from flux_resources.settings_sections import VisionSettings
from flux_tests.vision.archive_rows import duplicates_of, groups, photographs


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(VisionSettings(device="cpu"))


@pytest.fixture
def found(tmp_path: Path, embedder: Embedder) -> Callable[[dict[str, Image.Image]], pl.DataFrame]:
    """`Duplicates` among working copies, by name."""

    def find(pictures: dict[str, Image.Image]) -> pl.DataFrame:
        files = [tmp_path / f"{name}.jpg" for name in pictures]
        for file, picture in zip(files, pictures.values(), strict=True):
            picture.save(file, quality=90)
        vectors = embedder.encode_images(files).vectors.tolist()
        return duplicates_of(
            photographs(
                *(
                    {"photo_id": name, "phash": _phash(file), "vector": vector}
                    for name, file, vector in zip(pictures, files, vectors, strict=True)
                )
            )
        )

    return find


def _phash(file: Path) -> int:
    with Image.open(file) as image:
        return int(str(imagehash.phash(image)), 16)


def _copies(files: Sequence[Path]) -> dict[str, Image.Image]:
    return {file.stem: decode(file, "JPEG", 1024) for file in files}


Find = Callable[[dict[str, Image.Image]], pl.DataFrame]


def test_edits_of_one_photograph_are_one_group(real_photographs: Path, found: Find) -> None:
    edits = sorted((real_photographs / "pdq" / "bridge-mods").glob("*.jpg"))
    assert len(edits) == 12
    assert groups(found(_copies(edits))) == [{file.stem for file in edits}]


def test_four_frames_of_a_flight_are_no_duplicates(real_photographs: Path, found: Find) -> None:
    frames = sorted((real_photographs / "odm-seneca-seq").glob("*.jpg"))
    assert len(frames) == 4
    assert found(_copies(frames)).is_empty()


def test_mild_edits_are_found_and_other_pictures_are_not(
    real_photographs: Path, found: Find
) -> None:
    files = sorted((real_photographs / "imagededup" / "base_images").glob("*.jpg"))
    pictures = _copies(files[:4])
    edits = {
        f"{name} {edit}": change(picture)
        for name, picture in pictures.items()
        for edit, change in _EDITS.items()
    }
    expected = [{name, *(f"{name} {edit}" for edit in _EDITS)} for name in pictures]

    rows = found(pictures | edits)

    assert sorted(map(sorted, groups(rows))) == sorted(map(sorted, expected))


def _crop(image: Image.Image) -> Image.Image:
    across, down = round(image.width * 0.02), round(image.height * 0.02)
    return image.crop((across, down, image.width - across, image.height - down))


def _text(image: Image.Image) -> Image.Image:
    signed = image.copy()
    font = ImageFont.load_default(image.height / 25)
    ImageDraw.Draw(signed).text((20, image.height * 0.92), "Rome, 2022", "white", font)
    return signed


_EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "crop": _crop,
    "tone": lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    "text": _text,
    "blur": lambda image: image.filter(ImageFilter.GaussianBlur(image.width / 500)),
}
