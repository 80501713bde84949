"""Slightly changed pictures, of which the model learns that the change means nothing.

The limits: mirrored left to right or not, 200 of 224 of either side, brightness and contrast by a
tenth. Both tones put all channels of all pixels on one straight line, which changes neither hue nor
saturation by itself. Nothing is turned, and nothing stands on its head.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl
from PIL import Image, ImageOps

AUGMENTATION_VERSION = "1"
CROP = 200 / 224
TONE = 0.1


@dataclass(frozen=True)
class Jitter:
    """One change of a picture.

    `left` and `top` are what is cut off there, as shares of the sides. `brightness` and `contrast`
    are factors.
    """

    mirrored: bool
    left: float
    top: float
    brightness: float
    contrast: float


def draw_jitter(photo_id: str, variant: int) -> Jitter:
    """The change of one variant (from 1) of a photograph: the same whenever it is asked for."""
    seed = hashlib.sha256(f"{photo_id}|{variant}".encode()).digest()
    random = np.random.default_rng(int.from_bytes(seed))
    left, top = random.uniform(0, 1 - CROP, 2).tolist()
    brightness, contrast = random.uniform(1 - TONE, 1 + TONE, 2).tolist()
    return Jitter(bool(random.integers(2)), left, top, brightness, contrast)


def jitter(picture: Image.Image, by: Jitter) -> Image.Image:
    """The changed RGB picture; its sides are 200/224 of the given ones, to the pixel.

    Contrast is spread around the mean of the picture.
    """
    width, height = (round(side * CROP) for side in picture.size)
    left, top = int(by.left * picture.width), int(by.top * picture.height)
    changed = picture.convert("RGB").crop((left, top, left + width, top + height))
    if by.mirrored:
        changed = ImageOps.mirror(changed)
    values = np.asarray(changed, np.float32) * by.brightness
    values = (values - values.mean()) * by.contrast + values.mean()
    return Image.fromarray(values.round().clip(0, 255).astype(np.uint8))


def choose_augmented(training: pl.DataFrame) -> pl.DataFrame:
    """The rows of `TrainingSet` of which changed pictures are made: of split `train` alone.

    All keepers, and of each year as many others, or else a changed picture would mean a keeper.
    The others are drawn by a hash of their names: new keepers add to them and exchange none.
    """
    train = training.filter(pl.col("split") == "train")
    drawn = train["photo_id"].map_elements(_digest, return_dtype=pl.String)
    year = pl.col("day").str.head(4)
    place = pl.col("drawn").rank("ordinal").over(year, "keeper")
    return (
        train.with_columns(drawn.alias("drawn"))
        .filter((pl.col("keeper") == 1) | (place <= pl.col("keeper").sum().over(year)))
        .drop("drawn")
    )


def _digest(photo_id: str) -> str:
    return hashlib.sha256(photo_id.encode()).hexdigest()
