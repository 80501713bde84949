"""How fast: pictures from proxies against the bare forward, and one text query."""

import statistics
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from flux_resources.clip.embedder import Embedder

_PICTURES = 192
_ROUNDS = 3
_QUERIES = ("fog", "a cat asleep", "umbrella", "night street", "silhouette of a man on a wall")


def write_proxies(folder: Path, images: Path | None) -> list[Path]:
    """JPEGs of 1024 by 683 pixels, from photographs where there are some, else from noise."""
    random = np.random.default_rng(0)
    sources = sorted(images.glob("*.jpg"))[:_PICTURES] if images else []
    paths = []
    for number in range(_PICTURES):
        if sources:
            picture = Image.open(sources[number % len(sources)]).convert("RGB")
        else:
            picture = Image.fromarray(random.integers(0, 256, (48, 72, 3), dtype=np.uint8))
        paths.append(folder / f"{number}.jpg")
        picture.resize((1024, 683), Image.Resampling.BICUBIC).save(paths[-1], quality=85)
    return paths


def bare_and_embedded(embedder: Embedder, paths: list[Path]) -> tuple[float, float]:
    """Pictures per second, the median of rounds that alternate so that both see one machine."""
    clip, size = embedder.clip, embedder.batch_size
    batch = torch.randn(size, 3, clip.image_size, clip.image_size).to(clip.device, clip.dtype)
    batches = len(paths) // size
    bare, embedded = [], []
    with torch.inference_mode():
        clip.model.encode_image(batch)
    for _ in range(_ROUNDS):
        started = time.monotonic()
        with torch.inference_mode():
            for _ in range(batches):
                clip.model.encode_image(batch)
        bare.append(batches * size / (time.monotonic() - started))
        started = time.monotonic()
        embedder.encode_images(paths)
        embedded.append(len(paths) / (time.monotonic() - started))
    return statistics.median(bare), statistics.median(embedded)


def query_milliseconds(embedder: Embedder) -> float:
    """Median over 25 queries, after one to warm up."""
    embedder.encode_texts(["warm"])
    times = []
    for query in _QUERIES * 5:
        started = time.perf_counter()
        embedder.encode_texts([query])
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
