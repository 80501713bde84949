"""Four perceptual hashes per picture beside the four calls of `imagehash`, and whether they agree.

    python -m benchmarks.hashes [--pictures 40] [--json]

Pictures are decoded beforehand and have the size of a working copy. They are the photographs of
`$FLUX_SHARED/photos` (default `../shared`), enlarged where they are smaller; without them, noise.
Rounds alternate, so that both see one machine; medians count. `imagehash` runs in one thread, as
its callers do; FLUX in one thread, and in one per processor as the day's asset does.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from flux_assets.imaging.hashing import HashBatch, hash_batch, miniatures

REQUIRED = 2.0
_ROUNDS = 5
_SIZES = ((1024, 683), (683, 1024))
_PEERS = {
    "phash": imagehash.phash,
    "dhash": imagehash.dhash,
    "ahash": imagehash.average_hash,
    "whash": imagehash.whash,
}


def pictures(count: int) -> list[Image.Image]:
    folder = Path(os.environ.get("FLUX_SHARED", "../shared")) / "photos"
    files = sorted([*folder.glob("odm-seneca-seq/*.jpg"), *folder.glob("day-night/*/*.jpg")])
    random = np.random.default_rng(0)
    made = []
    for number in range(count):
        size = _SIZES[number % 2]
        if files:
            with Image.open(files[number % len(files)]) as image:
                made.append(image.convert("RGB").resize(size, Image.Resampling.BICUBIC))
        else:
            coarse = random.integers(0, 256, (48, 72, 3), dtype=np.uint8)
            made.append(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))
    return made


def by_imagehash(images: Sequence[Image.Image]) -> list[list[int]]:
    return [[int(str(peer(image)), 16) for peer in _PEERS.values()] for image in images]


def by_flux(images: Sequence[Image.Image], threads: int) -> HashBatch:
    with ThreadPoolExecutor(threads) as pool:
        return hash_batch([*pool.map(miniatures, images)])


def milliseconds(work: Callable[[], object], count: int) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) / count * 1000


def measure(images: list[Image.Image]) -> dict[str, float]:
    """Median milliseconds per picture of each way."""
    ways: dict[str, Callable[[], object]] = {
        "imagehash, four calls": lambda: by_imagehash(images),
        "FLUX, one thread": lambda: by_flux(images, 1),
        f"FLUX, {os.cpu_count()} threads": lambda: by_flux(images, os.cpu_count() or 1),
    }
    by_flux(images[:1], 1)  # imports scipy
    by_imagehash(images[:1])
    rounds = [
        {name: milliseconds(work, len(images)) for name, work in ways.items()}
        for _ in range(_ROUNDS)
    ]
    return {name: statistics.median(found[name] for found in rounds) for name in ways}


def differing_bits(images: list[Image.Image]) -> int:
    batch = by_flux(images, 1)
    ours = zip(*(getattr(batch, name).tolist() for name in _PEERS), strict=True)
    return sum(
        (mine ^ peer).bit_count()
        for row, peers in zip(ours, by_imagehash(images), strict=True)
        for mine, peer in zip(row, peers, strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    images = pictures(options.pictures)
    found, wrong = measure(images), differing_bits(images)
    if options.json:
        print(json.dumps({"milliseconds": found, "differing_bits": wrong}))
        return
    peer = found["imagehash, four calls"]
    for name, value in found.items():
        print(f"{name:<24} {value:7.2f} ms per picture   {peer / value:5.1f} times as fast")
    print(f"required: at least {REQUIRED:g} times as fast")
    print(f"differing bits in {4 * len(images)} hashes: {wrong}")


if __name__ == "__main__":
    main()
