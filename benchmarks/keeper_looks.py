"""How alike keepers look to their originals, and other photographs to each other.

    python -m benchmarks.keeper_looks [--shared ../shared]

Prints what the limits of `keeper_verification` were chosen from: cosine by the bundled model,
distance of hashes, and what pixels do not share, for edits of a photograph and for photographs
that are no edits; how often each verdict falls; and how long the search among 400,000 vectors
takes beside the bare matrix product. Pictures: frames of the demo, and real photographs where
there are some.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from PIL import Image, ImageEnhance, ImageOps

from flux_assets.demo.frames import render
from flux_assets.demo.photographs import load, packaged_photographs
from flux_assets.demo.plan import plan_shots
from flux_assets.imaging.hashing import Hashes, hash_batch, miniatures
from flux_assets.imaging.working_copy import decode
from flux_assets.vision.close_look import unshared
from flux_assets.vision.keeper_neighbours import find_alike
from flux_assets.vision.look_alikes import NOISE, SAME_FRAME, TIMES
from flux_resources.clip.embedder import Embedder, load_embedder
from flux_resources.settings_sections import KeeperMatchSettings, VisionSettings
from flux_resources.vectors import Vectors

Change = Callable[[Image.Image], Image.Image]
Bits = np.ndarray[Any, np.dtype[np.uint8]]
_SHARES = (0, 0.01, 0.05, 0.5, 0.95, 1)
_PHOTOGRAPHS, _PER_DAY, _KEEPERS, _DIMENSIONS = 400_000, 200, 2000, 384
_WANTED = pl.DataFrame(schema={"sha256": pl.String, "photo_id": pl.String})


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=os.environ.get("FLUX_SHARED", "../shared"))
    options = parser.parse_args()
    embedder = load_embedder(VisionSettings(device="cpu"))
    with tempfile.TemporaryDirectory() as folder:
        kinds, pictures = zip(*_pictures(Path(options.shared) / "photos"), strict=True)
        files = [Path(folder, f"{number}.jpg") for number in range(len(pictures))]
        for file, picture in zip(files, pictures, strict=True):
            picture.save(file, quality=90)
        _looks(files, np.array(kinds), embedder)
    _search()


def _pictures(shared: Path) -> Iterator[tuple[str, Image.Image]]:
    """What each shows, and itself. Frames of one subject and light are one kind."""
    sources = packaged_photographs()
    for shot in plan_shots(sources, 2022)[::3]:
        frame = render(load(shot.photograph), shot.recipe)
        frame.thumbnail((1024, 1024))
        yield shot.photograph.key, frame
    for folder, kind in (("odm-seneca-seq", "flight"), ("imagededup/base_images", "")):
        for file in sorted((shared / folder).glob("*.jpg")):
            yield kind or file.stem, decode(file, "JPEG", 1024)


def _looks(
    files: list[Path], kinds: "np.ndarray[Any, np.dtype[np.str_]]", embedder: Embedder
) -> None:
    vectors, hashes = _seen(files, embedder)
    cosines, bits = vectors @ vectors.T, _bits(hashes[:, None], hashes)
    np.fill_diagonal(cosines, -1)
    above = np.triu(np.ones_like(bits, dtype=bool), 1)
    same = kinds[:, None] == kinds
    print(f"{len(files)} photographs. Quantiles: {', '.join(f'{share:.0%}' for share in _SHARES)}")
    for name, chosen in (("one subject", same & above), ("different subjects", ~same & above)):
        print(f"{name:<20} cosine {_quantiles(cosines[chosen])}   bits {_quantiles(bits[chosen])}")
        refused = _refused(cosines[chosen], bits[chosen])
        print(f"{'':<20} as a match by time: {refused.mean():.1%} plainly differ")
    for name, change in _EDITS.items():
        edits = [file.with_name("edits") / file.name for file in files]
        edits[0].parent.mkdir(exist_ok=True)
        for file, edit in zip(files, edits, strict=True):
            with Image.open(file) as image:
                change(image.convert("RGB")).save(edit, quality=80)
        edited, edited_hashes = _seen(edits, embedder)
        own, distance = np.einsum("ij,ij->i", edited, vectors), _bits(edited_hashes, hashes)
        others = np.argsort(-(edited @ vectors.T + np.eye(len(files)) * -2))[:, 0]
        looks = [
            unshared(edit, [files[number], files[other]])
            for number, (edit, other) in enumerate(zip(edits, others, strict=True))
        ]
        pixels, rival = np.array(looks).T
        print(
            f"{name:<20} cosine {_quantiles(own)}   bits {_quantiles(distance)}   "
            f"unshared {_quantiles(pixels)}"
        )
        told = (pixels <= SAME_FRAME) & (rival >= TIMES * np.maximum(pixels, NOISE))
        wrong = (rival <= SAME_FRAME) & (pixels >= TIMES * np.maximum(rival, NOISE))
        print(
            f"{'':<20} as a match by time: {_refused(own, distance).mean():.1%} plainly differ; "
            f"by pixels: {told.mean():.1%} told from the next, {wrong.mean():.1%} mistaken"
        )


def _seen(files: Sequence[Path], embedder: Embedder) -> tuple[Vectors, Hashes]:
    small = []
    for file in files:
        with Image.open(file) as image:
            small.append(miniatures(image))
    return embedder.encode_images(files).vectors, hash_batch(small).phash


def _bits(one: Hashes, other: Hashes) -> Bits:
    bits: Bits = np.bitwise_count(one ^ other)
    return bits


def _refused(cosines: Vectors, bits: Bits) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    settings = KeeperMatchSettings()
    return (cosines < settings.differing_cosine) & (bits > settings.differing_bits)


def _quantiles(values: "np.ndarray[Any, Any]") -> str:
    digits = 0 if values.dtype == np.uint8 else 4
    return " ".join(f"{value:.{digits}f}" for value in np.quantile(values, _SHARES))


def _search() -> None:
    """Search all keepers among all photographs, whose vectors are made on the way."""
    days = _PHOTOGRAPHS // _PER_DAY
    photographs = pl.DataFrame(
        {
            "photo_id": [f"p{number}" for number in range(_PHOTOGRAPHS)],
            "day": [f"{number // _PER_DAY:05}" for number in range(_PHOTOGRAPHS)],
        }
    )

    def vectors(chosen: Sequence[str]) -> pl.DataFrame:
        rows = photographs.slice(int(chosen[0]) * _PER_DAY, len(chosen) * _PER_DAY)
        return rows.select("photo_id", vector=_lists(_random(rows.height, int(chosen[0]))))

    looks = pl.DataFrame(
        {
            "sha256": [f"k{number}" for number in range(_KEEPERS)],
            "vector": _lists(_random(_KEEPERS, days)),
        }
    )
    started = time.perf_counter()
    find_alike(looks, photographs, _WANTED, vectors=vectors, most=12)
    searched = time.perf_counter() - started
    started = time.perf_counter()
    for first in range(0, days, 80):
        vectors([f"{day:05}" for day in range(first, min(first + 80, days))])
    made = time.perf_counter() - started
    queries, block = _random(_KEEPERS, 0), _random(16_384, 1)
    started = time.perf_counter()
    for _ in range(5):
        queries @ block.T
    product = (time.perf_counter() - started) / 5 * _PHOTOGRAPHS / len(block)
    print(
        f"{_KEEPERS} keepers among {_PHOTOGRAPHS:,} vectors of {_DIMENSIONS}: "
        f"{searched - made:.1f} s; the bare product {product:.1f} s: "
        f"{(searched - made) / product:.1f} times as long"
    )


def _random(count: int, seed: int) -> Vectors:
    values = np.random.default_rng(seed).standard_normal((count, _DIMENSIONS), dtype=np.float32)
    unit: Vectors = values / np.linalg.norm(values, axis=1, keepdims=True)
    return unit


def _lists(vectors: Vectors) -> pl.Series:
    return pl.Series(vectors).cast(pl.List(pl.Float32))


def _crop(share: float) -> Change:
    def change(image: Image.Image) -> Image.Image:
        left, top = round(image.width * share), round(image.height * share / 2)
        return image.crop((left, top, image.width, image.height - top))

    return change


def _tone(brightness: float, contrast: float, color: float) -> Change:
    def change(image: Image.Image) -> Image.Image:
        harder = ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(brightness))
        return ImageEnhance.Color(harder.enhance(contrast)).enhance(color)

    return change


def _grey(contrast: float) -> Change:
    return lambda image: (
        ImageEnhance.Contrast(ImageOps.grayscale(image)).enhance(contrast).convert("RGB")
    )


_EDITS: dict[str, Change] = {
    "encoded anew": lambda image: image,
    "shrunk to 640": lambda image: ImageOps.contain(image, (640, 640)),
    "cropped by 5 %": _crop(0.05),
    "cropped by 15 %": _crop(0.15),
    "tones, mild": _tone(1.1, 1.2, 0.9),
    "tones, strong": _tone(1.2, 1.35, 0.7),
    "black and white": _grey(1.25),
    "black, white, hard": _grey(1.8),
    "mirrored": ImageOps.mirror,
    "cropped and grey": lambda image: _grey(1.4)(_crop(0.15)(image)),
}


if __name__ == "__main__":
    main()
