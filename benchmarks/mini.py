"""What the bundled model can do, measured: required and found, one line per figure.

    python -m benchmarks.mini --images DIR --captions DIR [--json]

`--images` and `--captions` are the Flickr8k pictures and texts that training/README.md names.
Day and night frames come from `$FLUX_SHARED/photos/day-night` (default `../shared`). Figures
whose material is absent are reported as skipped.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from flux_resources.clip.embedder import Embedder
from flux_resources.clip.loading import ClipModel, load_clip
from flux_resources.vectors import Vectors

_DAY = (
    "a photo taken during the day",
    "a bright sunny day",
    "the daytime sky over a city",
    "buildings in daylight",
)
_NIGHT = (
    "a photo taken at night",
    "a dark night",
    "the night sky over a city",
    "buildings lit up at night",
)
_QUERIES = ("fog", "a cat asleep", "umbrella", "night street", "silhouette of a man on a wall")
_SPEED_PICTURES = 192


@dataclass(frozen=True)
class Row:
    """One figure. `required` and `measured` are None where there is no bound or no material."""

    measure: str
    required: str | None
    measured: str | None
    holds: bool | None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, help="folder of the Flickr8k pictures")
    parser.add_argument("--captions", type=Path, help="folder of the Flickr8k captions and splits")
    parser.add_argument("--precision", default="auto", choices=("auto", "fp32", "bf16", "fp16"))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def at_least(measure: str, required: float | None, value: float, digits: int = 3) -> Row:
    bound = None if required is None else f">= {required}"
    holds = None if required is None else value >= required
    return Row(measure, bound, f"{value:.{digits}f}", holds)


def retrieval(embedder: Embedder, images: Path, captions: Path) -> Iterator[Row]:
    """Flickr8k test in both directions, and copies among the same pictures."""
    from training.metrics import recall
    from training.sources import read_flickr8k

    import torch  # after the model is loaded, so that nothing here counts as its time

    test = read_flickr8k(images, captions).test
    pictures = embedder.encode_images([item.path for item in test]).vectors
    texts = embedder.encode_texts_in_parts([c for item in test for c in item.captions])
    found = recall(torch.from_numpy(pictures), torch.from_numpy(texts))
    for cut, value in zip((1, 5, 10), found["text_to_image"], strict=True):
        yield at_least(f"Flickr8k test, text to image, R@{cut}", 0.77 if cut == 10 else None, value)
    for cut, value in zip((1, 5, 10), found["image_to_text"], strict=True):
        yield at_least(f"Flickr8k test, image to text, R@{cut}", 0.82 if cut == 10 else None, value)
    share = copies_found(embedder, [item.path for item in test], pictures)
    yield at_least("flipped and cropped copy finds its original, R@1", 0.99, share)
