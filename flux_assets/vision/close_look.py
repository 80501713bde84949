"""Which of several nearly equal frames a picture is: by pixels, where vectors cannot tell.

Both pictures are shrunk to grey of 128 by 128 and compared as they are and mirrored. What they do
not share is one minus their correlation, so that brightness and contrast do not count. Another
encoding of the very frame stays below 0.001, an ordinary change of tones below 0.02; the next
frame of a hand-held burst lies above, most often far above. Crops share little even with their own
original. Measured in `benchmarks/keeper_looks.py`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from PIL import Image

from flux_resources.paths import Paths

Grey = np.ndarray[Any, np.dtype[np.float32]]
_SIDE = 128
_KEPT = 1024  # miniatures, 64 MiB
_NONE = float("nan")


def miniature(file: Path) -> Grey | None:
    """Grey `(128, 128)` less its mean, of length 1; None where it is constant or unreadable."""
    try:
        with Image.open(file) as image:
            image.draft("L", (2 * _SIDE, 2 * _SIDE))
            small = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    except Exception:  # decoders raise whatever broken bytes provoke
        return None
    levels = np.asarray(small, np.float32)
    grey = levels - levels.mean()
    length = np.linalg.norm(grey)
    return grey / length if length else None


def unshared(
    picture: Path, others: Sequence[Path], read: Callable[[Path], Grey | None] = miniature
) -> list[float]:
    """What a picture and each of the others do not share, 0-1; NaN where one cannot be read.

    0 is the same frame, 1 one that has nothing in common. `read` gives the miniatures of the
    others, perhaps from memory.
    """
    one = miniature(picture)
    if one is None:
        return [_NONE] * len(others)
    return [_unshared(one, read(other)) for other in others]


def look_closely(
    pairs: pl.DataFrame,
    *,
    looks: pl.DataFrame,
    photographs: pl.DataFrame,
    paths: Paths,
    workers: int,
) -> pl.DataFrame:
    """`pairs` (`sha256, photo_id`) with `unshared`, null where a working copy cannot be read.

    `looks` has the `proxy_path` of keeper contents, `photographs` that of photographs. `workers`
    keepers are looked at at once.
    """
    files = (
        pairs.select("sha256", "photo_id")
        .join(looks.select("sha256", copy="proxy_path"), on="sha256")
        .join(photographs.select("photo_id", "proxy_path"), on="photo_id")
        .drop_nulls()
        .group_by("sha256", maintain_order=True)
        .agg(pl.col("copy").first(), "photo_id", "proxy_path")
        .sort(pl.col("photo_id").list.min())  # keepers of one session follow each other
    )
    read = lru_cache(_KEPT)(miniature)

    def look(copy: str, proxies: list[str]) -> list[float]:
        return unshared(paths.absolute(copy), [*map(paths.absolute, proxies)], read)

    with ThreadPoolExecutor(workers) as pool:
        values = list(pool.map(look, files["copy"].to_list(), files["proxy_path"].to_list()))
    measured = files.select(
        "sha256", "photo_id", pl.Series("unshared", values, pl.List(pl.Float64))
    ).explode("photo_id", "unshared")
    return pairs.join(
        measured.with_columns(pl.col("unshared").fill_nan(None)),
        on=["sha256", "photo_id"],
        how="left",
        maintain_order="left",
    )


def _unshared(one: Grey, other: Grey | None) -> float:
    if other is None:
        return _NONE
    return 1 - max(0.0, float(np.vdot(one, other)), float(np.vdot(one, other[:, ::-1])))
