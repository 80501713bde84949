"""Pictures to tensors: as the shipped model sees them, with random views, or with an effect."""

import math
from collections.abc import Callable
from random import Random

import numpy as np
import torch
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from flux_resources.clip.mini import MEAN, STD
from flux_resources.clip.tower import IMAGE_SIZE

_MEAN = torch.tensor(MEAN).view(3, 1, 1)
_STD = torch.tensor(STD).view(3, 1, 1)
_BOX = (IMAGE_SIZE, IMAGE_SIZE)


def to_tensor(image: Image.Image) -> torch.Tensor:
    """Float32 `(3, 224, 224)`, normalised."""
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)
    return (pixels / 255.0 - _MEAN) / _STD


def whole(image: Image.Image) -> Image.Image:
    """The whole frame squeezed into the square."""
    image = image.convert("RGB")
    return image if image.size == _BOX else image.resize(_BOX, Image.Resampling.BICUBIC)


def random_view(image: Image.Image, random: Random) -> Image.Image:
    """45 to 100 percent of the frame, perhaps mirrored, toned, and now and then monochrome."""
    image = image.convert("RGB")
    share, aspect = random.uniform(0.45, 1.0), math.exp(random.uniform(-0.17, 0.17))
    width = min(1.0, math.sqrt(share * aspect)) * image.width
    height = min(1.0, math.sqrt(share / aspect)) * image.height
    left, top = random.uniform(0, image.width - width), random.uniform(0, image.height - height)
    box = (left, top, left + width, top + height)
    image = image.resize(_BOX, Image.Resampling.BICUBIC, box=box)
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    image = ImageEnhance.Brightness(image).enhance(random.uniform(0.75, 1.25))
    image = ImageEnhance.Color(image).enhance(random.uniform(0.6, 1.3))
    image = ImageEnhance.Contrast(image).enhance(random.uniform(0.8, 1.3))
    return monochrome(image, random) if random.random() < 0.15 else image


def monochrome(image: Image.Image, random: Random) -> Image.Image:
    """Black and white, most often with the hard contrast of street photography."""
    grey = ImageOps.autocontrast(image.convert("L"), cutoff=random.choice((0, 1, 2)))
    return ImageEnhance.Contrast(grey.convert("RGB")).enhance(random.uniform(0.9, 1.8))


def haze(image: Image.Image, random: Random) -> Image.Image:
    """Fog: towards a bright grey, thicker in the upper part, where the distance usually is."""
    level = random.randint(175, 225)
    top, bottom = random.uniform(0.75, 0.92), random.uniform(0.35, 0.6)
    rows = np.linspace(top, bottom, IMAGE_SIZE)[:, None].repeat(IMAGE_SIZE, axis=1)
    mask = Image.fromarray((rows * 255).astype(np.uint8))
    soft = ImageEnhance.Color(image).enhance(0.4).filter(ImageFilter.GaussianBlur(1))
    return Image.composite(Image.new("RGB", _BOX, (level, level, level)), soft, mask)


def blur(image: Image.Image, random: Random) -> Image.Image:
    """Out of focus."""
    return image.filter(ImageFilter.GaussianBlur(random.uniform(3.5, 7)))


def darken(image: Image.Image, random: Random) -> Image.Image:
    """Underexposed by two to three stops with crushed shadows, as a scene without light."""
    dark = ImageEnhance.Brightness(image).enhance(random.uniform(0.12, 0.28))
    return ImageChops.subtract(dark, Image.new("RGB", _BOX, (8, 8, 4)))


EFFECTS: dict[str, Callable[[Image.Image, Random], Image.Image]] = {
    "none": lambda image, random: image,
    "monochrome": monochrome,
    "haze": haze,
    "blur": blur,
    "dark": darken,
}
