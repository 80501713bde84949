"""Vectors of changed pictures: kept up to date, and close to those of the pictures."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

from flux_assets.keepers.taste.augmented_vectors import (
    Augmented,
    AugmentedVectors,
    refresh_augmented,
)
from flux_resources.clip.embedder import Embedder, EncodedImages, load_embedder
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import VisionSettings


class Counting(Embedder):
    """Encodes a picture as its mean colour; counts pictures."""

    def __init__(self) -> None:
        self.encoded = 0
        self.clip: Any = type("Clip", (), {"image_size": 224})

    def encode_images(self, paths: Any, on_batch: Any = None) -> EncodedImages:
        self.encoded += len(paths)
        vectors = np.zeros((len(paths), 3), np.float32)
        errors: list[str | None] = [None] * len(paths)
        for number, path in enumerate(paths):
            if path.exists():
                colour = np.asarray(Image.open(path), np.float32).mean(axis=(0, 1))
                vectors[number] = colour / np.linalg.norm(colour)
            else:
                errors[number] = "missing"
        return EncodedImages(vectors, errors)


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
def wanted(archive: DataRoot) -> pl.DataFrame:
    """Five photographs with working copies, one without."""
    rows = []
    for number in range(5):
        file = archive.paths.proxy("2022-01-15", f"p{number}")
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (640, 480), (50 * number, 100, 50)).save(file)
        rows.append((f"p{number}", archive.paths.relative(file), f"f{number}"))
    schema = {name: pl.String() for name in ("photo_id", "proxy_path", "fingerprint")}
    return pl.DataFrame([*rows, ("blind", None, "f")], schema=schema, orient="row")


def refresh(
    archive: DataRoot,
    wanted: pl.DataFrame,
    stored: pl.DataFrame,
    embedder: Embedder,
    *,
    variants: int = 2,
    version: str = "1",
    saved: list[pl.DataFrame] | None = None,
) -> Augmented:
    done = refresh_augmented(
        wanted,
        stored,
        variants=variants,
        paths=archive.paths,
        model="mean",
        version=version,
        embedder=lambda: embedder,
        save=(saved if saved is not None else []).append,
    )
    AugmentedVectors.validate(done.rows)
    return done


def empty() -> pl.DataFrame:
    return AugmentedVectors.create_empty()


def test_each_photograph_has_its_variants(
    archive: DataRoot, wanted: pl.DataFrame, embedder: Counting
) -> None:
    done = refresh(archive, wanted, empty(), embedder, variants=3)
    assert (done.made, done.removed, done.failed) == (15, 0, 0)
    counted = done.rows.group_by("photo_id").agg(pl.col("variant").sort())
    assert set(counted["photo_id"]) == {f"p{number}" for number in range(5)}
    assert set(map(tuple, counted["variant"])) == {(1, 2, 3)}
    assert np.linalg.norm(done.rows["vector"].to_list(), axis=1) == pytest.approx(1)


def test_only_what_changed_is_encoded_again(
    archive: DataRoot, wanted: pl.DataFrame, embedder: Counting
) -> None:
    stored = refresh(archive, wanted, empty(), embedder).rows
    changed = wanted.with_columns(pl.col("fingerprint").str.replace("f3", "new"))

    done = refresh(archive, changed, stored, embedder)

    assert (embedder.encoded, done.made, done.rows.height) == (12, 2, 10)
    refresh(archive, changed, done.rows, embedder)
    assert embedder.encoded == 12
    refresh(archive, changed, done.rows, embedder, version="2")
    assert embedder.encoded == 22


def test_what_is_no_longer_wanted_goes(
    archive: DataRoot, wanted: pl.DataFrame, embedder: Counting
) -> None:
    stored, saved = refresh(archive, wanted, empty(), embedder).rows, list[pl.DataFrame]()

    done = refresh(archive, wanted.head(3), stored, embedder, variants=1, saved=saved)

    assert (done.made, done.removed) == (0, 7)
    assert sorted(saved[-1]["photo_id"]) == ["p0", "p1", "p2"]
    assert refresh(archive, wanted, stored, embedder, variants=0).rows.is_empty()


def test_a_broken_working_copy_is_counted_and_tried_again(
    archive: DataRoot, wanted: pl.DataFrame, embedder: Counting
) -> None:
    broken = archive.paths.absolute(str(wanted["proxy_path"][2]))
    whole = broken.read_bytes()
    broken.write_bytes(b"no picture")
    done = refresh(archive, wanted, empty(), embedder)
    assert (done.made, done.failed) == (8, 2)

    broken.write_bytes(whole)
    again = refresh(archive, wanted, done.rows, embedder)
    assert (again.made, again.failed) == (2, 0)


def test_a_killed_run_keeps_what_was_saved(
    archive: DataRoot,
    wanted: pl.DataFrame,
    embedder: Counting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = "flux_assets.keepers.taste.augmented_vectors"
    monkeypatch.setattr(f"{module}._COMMIT_PICTURES", 4)
    monkeypatch.setattr(f"{module}._AT_ONCE", 3)
    saved = list[pl.DataFrame]()
    whole = refresh(archive, wanted, empty(), embedder, saved=saved).rows
    assert [rows.height for rows in saved] == [4, 8, 10]

    done = refresh(archive, wanted, saved[1], embedder)
    assert done.made == 2
    order = ["photo_id", "variant"]
    assert done.rows.sort(order).equals(whole.sort(order))


def test_a_changed_photograph_looks_like_itself_and_not_quite_the_same(
    archive: DataRoot, real_photographs: Path
) -> None:
    sources = [
        *sorted((real_photographs / "odm-seneca-seq").glob("*.jpg"))[:1],
        *sorted((real_photographs / "imagededup" / "base_images").glob("*.jpg"))[:4],
    ]
    rows = []
    for number, source in enumerate(sources):
        proxy = archive.paths.proxy("2022-01-15", f"p{number}")
        proxy.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(source) as picture:
            picture.thumbnail((1024, 1024))
            picture.convert("RGB").save(proxy, quality=90)
        rows.append((f"p{number}", archive.paths.relative(proxy), "f"))
    wanted = pl.DataFrame(rows, schema=["photo_id", "proxy_path", "fingerprint"], orient="row")
    mini = load_embedder(VisionSettings(device="cpu", precision="fp32"))
    plain = mini.encode_images([archive.paths.absolute(path) for path in wanted["proxy_path"]])

    done = refresh(archive, wanted, empty(), mini).rows.sort("variant", "photo_id")

    vectors = np.array(done["vector"].to_list(), np.float32)
    cosines = (vectors @ plain.vectors.T).reshape(2, len(sources), -1)
    own = cosines[:, range(len(sources)), range(len(sources))]
    assert (cosines.argmax(axis=2) == np.arange(len(sources))).all()
    assert own.min() > 0.8
    assert own.max() < 0.9999
