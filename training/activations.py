"""The frozen lower blocks, run once: their outputs are what training starts from.

Two thirds of the image tower stay as they are, so every epoch would compute the same numbers
again. Kept as bfloat16 bits, 200 kB per picture.
"""

import time
from pathlib import Path
from random import Random

import numpy as np
import torch
from PIL import Image

from training.pictures import EFFECTS, random_view, to_tensor, whole
from training.sources import Captioned
from training.towers import ImageTower

_BATCH = 32
_TOKENS, _WIDTH = 261, 384


def cached(
    items: list[Captioned], view: str, tower: ImageTower, folder: Path, name: str
) -> torch.Tensor:
    """Bfloat16 `(n, 261, 384)` after the frozen blocks, from `folder` where it is there already.

    `view` is `whole` or begins with `random`; a random view of a name is always the same.
    """
    path = folder / f"{name}-{view}.npy"
    if not path.is_file():
        partial = path.with_suffix(".partial")
        _write(items, view, tower, partial)
        partial.rename(path)
    return torch.from_numpy(np.load(path)).view(torch.bfloat16)


def _write(items: list[Captioned], view: str, tower: ImageTower, path: Path) -> None:
    random, started = Random(path.name), time.monotonic()
    shape = (len(items), _TOKENS, _WIDTH)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.int16, shape=shape)
    for start in range(0, len(items), _BATCH):
        chunk = items[start : start + _BATCH]
        pictures = torch.stack([_picture(item, view, random) for item in chunk])
        hidden = tower.lower(pictures)
        array[start : start + len(chunk)] = hidden.bfloat16().view(torch.int16).cpu().numpy()
    array.flush()
    rate = len(items) / (time.monotonic() - started)
    print(f"{path.stem}: {len(items)} pictures, {rate:.0f} per second", flush=True)


def _picture(item: Captioned, view: str, random: Random) -> torch.Tensor:
    with Image.open(item.path) as image:
        if view.startswith("random"):
            return to_tensor(random_view(image, random))
        return to_tensor(EFFECTS[item.effect](whole(image), random))
