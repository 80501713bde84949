"""24-megapixel JPEGs of about 5 MB, as a camera would drop them into the inbox.

Real photographs are enlarged to the size of the sensor, and sensor noise gives them the fine
detail, and so the file size and decoding work, that enlarging cannot.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

from flux_assets.demo.camera import write_gr_jpeg
from flux_assets.demo.photographs import packaged_photographs

SIZE = (6000, 4000)  # pixels
_QUALITY = 92
_NOISE_SIGMA = 3.0  # of 255
_ROOM = 400  # pixels that the noise field is larger than a frame, so that no two crops agree
_SHOWN = ("coffee", "pagoda", "flower", "cat", "brick", "arches")
_CITIES = ((41.9028, 12.4964), (40.7128, -74.0060), (35.6762, 139.6503))


def write_frames(folder: Path, days: Sequence[datetime], per_day: int, threads: int) -> list[Path]:
    """Write `per_day` photographs for each day into `folder`, in order of time."""
    folder.mkdir(parents=True, exist_ok=True)
    moments = [day + timedelta(seconds=7 * n) for day in days for n in range(per_day)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda numbered: _write(folder, *numbered), enumerate(moments)))


def _write(folder: Path, number: int, captured_at: datetime) -> Path:
    path = folder / f"R{number:07d}.JPG"
    lat, lon = _CITIES[captured_at.day % len(_CITIES)]
    write_gr_jpeg(
        path,
        _frame(number),
        captured_at=captured_at,
        gps=(lat + number % 97 / 1000, lon),
        quality=_QUALITY,
    )
    return path


def _frame(number: int) -> Image.Image:
    left, top = np.random.default_rng(number).integers(_ROOM, size=2).tolist()
    noise = _noise().crop((left, top, left + SIZE[0], top + SIZE[1]))
    picture = _enlarged(number % len(_SHOWN))
    return ImageChops.add(picture, Image.merge("RGB", (noise, noise, noise)), offset=-128)


@cache
def _enlarged(number: int) -> Image.Image:
    path = next(photo.path for photo in packaged_photographs() if photo.key == _SHOWN[number])
    with Image.open(path) as photograph:
        return photograph.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)


@cache
def _noise() -> Image.Image:
    shape = (SIZE[1] + _ROOM, SIZE[0] + _ROOM)
    noise = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    return Image.fromarray(np.clip(np.rint(128 + noise * _NOISE_SIGMA), 0, 255).astype(np.uint8))
