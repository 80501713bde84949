"""Retrieval and zero-shot figures, through the same embedder that FLUX uses."""

import tempfile
from pathlib import Path
from random import Random

import numpy as np
import torch
from PIL import Image, ImageOps

from flux_resources.clip.embedder import Embedder
from flux_resources.vectors import Vectors
from training.metrics import Recall, recall
from training.sources import read_flickr8k

_TEXT_BATCH = 256
DAY = (
    "a photo taken during the day",
    "a street in bright daylight",
    "a city in the daytime",
    "a bright sky over buildings",
)
NIGHT = (
    "a photo taken at night",
    "a street at night",
    "a city at night with lights",
    "a dark sky over buildings",
)


def retrieval(embedder: Embedder, images: Path, captions: Path) -> tuple[Recall, float]:
    """Recall on the test split, and the share of altered copies that find their original."""
    test = read_flickr8k(images, captions).test
    paths = [item.path for item in test]
    pictures = embedder.encode_images(paths).vectors
    sentences = [caption for item in test for caption in item.captions]
    texts = np.vstack(
        [
            embedder.encode_texts(sentences[start : start + _TEXT_BATCH])
            for start in range(0, len(sentences), _TEXT_BATCH)
        ]
    )
    found = recall(torch.from_numpy(pictures), torch.from_numpy(texts))
    return found, _copies_found(embedder, paths, pictures)


def _copies_found(embedder: Embedder, paths: list[Path], pictures: Vectors) -> float:
    """Mirror each picture and crop a tenth of its width and height away."""
    random = Random(0)
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for number, path in enumerate(paths):
            with Image.open(path) as image:
                width, height = image.size
                left, top = random.uniform(0, 0.1) * width, random.uniform(0, 0.1) * height
                box = (
                    round(left),
                    round(top),
                    round(left + 0.9 * width),
                    round(top + 0.9 * height),
                )
                copy = ImageOps.mirror(image.convert("RGB").crop(box))
                copies.append(Path(folder) / f"{number}.jpg")
                copy.save(copies[-1], quality=90)
        altered = embedder.encode_images(copies).vectors
    nearest = (altered @ pictures.T).argmax(axis=1)
    return float((nearest == np.arange(len(paths))).mean())


def day_or_night(embedder: Embedder, folder: Path) -> float:
    """Share of frames in `day` and `night` that are nearer to the mean of their own prompts."""
    prompts = np.stack([_mean(embedder, DAY), _mean(embedder, NIGHT)])
    right = []
    for label, name in enumerate(("day", "night")):
        frames = embedder.encode_images(sorted((folder / name).glob("*.jpg"))).vectors
        right += list((frames @ prompts.T).argmax(axis=1) == label)
    return float(np.mean(right))


def _mean(embedder: Embedder, sentences: tuple[str, ...]) -> Vectors:
    vector: Vectors = embedder.encode_texts(sentences).mean(axis=0)
    return vector / np.float32(np.linalg.norm(vector))
