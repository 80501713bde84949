"""Keepers of real photographs, with real hashes, pixels and the vectors of the bundled model."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from PIL import Image, ImageEnhance, ImageOps

from flux_assets.imaging.hashing import hash_batch, miniatures
from flux_assets.imaging.working_copy import decode
from flux_assets.keepers.matching.keeper_matches import KeeperMatches
from flux_assets.vision.close_look import look_closely
from flux_assets.vision.keeper_decisions import originals_said
from flux_assets.vision.keeper_verification import compare_looks, verify_keepers
from flux_assets.vision.look_alikes import ANOTHER, DIFFERENT
from flux_resources.clip.embedder import Embedder
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import KeeperMatchSettings
from flux_tests.vision.archive_rows import sha256_of
from flux_tests.vision.keeper_rows import Row, keeper

Pictures = Mapping[str, Image.Image]
Change = Callable[[Image.Image], Image.Image]
# Keepers by name: their picture, and the photograph that their time leads to, if any.
Verify = Callable[[Pictures, Mapping[str, tuple[Image.Image, str | None]]], dict[str, Row]]


@pytest.fixture
def pictures(real_photographs: Path) -> Pictures:
    """Six objects, four frames of a flight, and a bridge."""
    objects = sorted((real_photographs / "imagededup" / "base_images").glob("*.jpg"))[:6]
    frames = sorted((real_photographs / "odm-seneca-seq").glob("*.jpg"))
    bridge = real_photographs / "pdq" / "bridge-mods" / "aaa-orig.jpg"
    return {file.stem: decode(file, "JPEG", 640) for file in (*objects, *frames, bridge)}


@pytest.fixture
def verify(archive: DataRoot, embedder: Embedder) -> Verify:
    def seen(prefix: str, pictures: Pictures, quality: int) -> pl.DataFrame:
        files = [archive.paths.root / f"{prefix} {name}.jpg" for name in pictures]
        for file, picture in zip(files, pictures.values(), strict=True):
            picture.save(file, quality=quality)
        encoded = embedder.encode_images(files)
        hashes = hash_batch([miniatures(picture) for picture in map(Image.open, files)])
        return pl.DataFrame(
            {
                "name": [*pictures],
                "proxy_path": [file.name for file in files],
                "phash": hashes.phash,
                "flat": hashes.flat,
                "vector": pl.Series(encoded.vectors).cast(pl.List(pl.Float32)),
            }
        )

    def run(
        originals: Pictures, keepers: Mapping[str, tuple[Image.Image, str | None]]
    ) -> dict[str, Row]:
        archived = seen("original", originals, 90).select(
            pl.exclude("name"),
            photo_id="name",
            day=pl.lit("2022-01-15"),
            pair_id=pl.lit(None, pl.String),
            captured_at=pl.lit(None, pl.Datetime("ms")),
            sha256=pl.col("name").map_elements(sha256_of, return_dtype=pl.String),
        )
        copies = {name: picture for name, (picture, _) in keepers.items()}
        looks = seen("keeper", copies, 82).with_columns(
            sha256=pl.format("keeper {}", "name").map_elements(sha256_of, return_dtype=pl.String),
            captured_at=pl.lit(None, pl.Datetime("ms")),
            error=pl.lit(None, pl.String),
        )
        types = {name: column.dtype for name, column in KeeperMatches.columns().items()}
        rows = [
            dict.fromkeys(types) | keeper(name, photo_id) for name, (_, photo_id) in keepers.items()
        ]
        matches = pl.DataFrame(rows, types)
        verified = verify_keepers(
            matches,
            archived,
            looks,
            compare_looks(
                matches,
                archived,
                looks,
                vectors=lambda _: archived.select("photo_id", "vector"),
            ),
            said=originals_said({}, archived),
            settings=KeeperMatchSettings(),
            closely=partial(
                look_closely, looks=looks, photographs=archived, paths=archive.paths, workers=2
            ),
        )
        return {Path(row["keeper_path"]).stem: row for row in verified.iter_rows(named=True)}

    return run


def _crop(image: Image.Image) -> Image.Image:
    """15 % off either edge."""
    return image.crop((image.width * 15 // 100, 0, image.width, image.height * 85 // 100))


def _tone(image: Image.Image) -> Image.Image:
    harder = ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.2)).enhance(1.35)
    return ImageEnhance.Color(harder).enhance(0.7)


EDITS: dict[str, Change] = {
    "encoded": lambda image: image,
    "cropped": _crop,
    "toned": _tone,
    "mirrored": ImageOps.mirror,
    "black and white": lambda image: (
        ImageEnhance.Contrast(ImageOps.grayscale(image)).enhance(1.5).convert("RGB")
    ),
}


def test_matches_of_genuine_edits_are_never_refused(pictures: Pictures, verify: Verify) -> None:
    rows = verify(
        pictures,
        {
            f"{name} {edit}": (change(picture), name)
            for name, picture in pictures.items()
            for edit, change in EDITS.items()
        },
    )
    assert {name: row["review"] for name, row in rows.items() if row["review"]} == {}


def test_edits_of_one_photograph_all_belong_to_it(
    real_photographs: Path, pictures: Pictures, verify: Verify
) -> None:
    edits = sorted((real_photographs / "pdq" / "bridge-mods").glob("[b-z]*.jpg"))
    rows = verify(pictures, {file.stem: (decode(file, "JPEG", 640), None) for file in edits})
    assert len(rows) == 11
    assert {row["photo_id"] for row in rows.values()} - {None} == {"aaa-orig"}


def test_impostors_with_the_time_of_another_photograph_are_refused(
    pictures: Pictures, verify: Verify
) -> None:
    names = [*pictures]
    others = dict(zip(names, [*names[1:], names[0]], strict=True))
    rows = verify(
        pictures,
        {
            f"{name} {edit}": (EDITS[edit](pictures[name]), others[name])
            for name in names
            for edit in ("encoded", "toned")
        },
    )
    assert {row["review"] for row in rows.values()} <= {DIFFERENT, ANOTHER}


def test_each_frame_of_a_sequence_finds_itself_by_its_look(
    pictures: Pictures, verify: Verify
) -> None:
    frames = {name: (picture, None) for name, picture in pictures.items() if "IMG" in name}
    rows = verify(pictures, frames)
    assert {name: row["photo_id"] for name, row in rows.items()} == {name: name for name in frames}
    assert {row["rung"] for row in rows.values()} == {4}


def test_a_frame_that_is_not_in_the_archive_is_not_taken_for_its_neighbour(
    pictures: Pictures, verify: Verify
) -> None:
    frames = {name: picture for name, picture in pictures.items() if "IMG" in name}
    missing, lost = frames.popitem()
    row = verify(frames, {missing: (lost, None)})[missing]
    assert (row["photo_id"], row["review"] is None) == (None, False)


def test_a_photograph_that_is_there_twice_is_left_to_a_person(
    pictures: Pictures, verify: Verify
) -> None:
    name = next(iter(pictures))
    twice = {**pictures, "exported": pictures[name]}
    row = verify(twice, {"k": (EDITS["encoded"](pictures[name]), None)})["k"]
    assert row["photo_id"] is None
    assert set(row["candidates"][:2]) == {name, "exported"}
