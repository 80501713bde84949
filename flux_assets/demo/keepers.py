"""The keeper tree of the demo: what became of the originals the photographer chose.

A photographer's keepers are not tidy. Some are copies, some were re-encoded, cropped, toned,
renamed or stripped on the way through other programs, some come from a camera whose clock still
ran an hour off. And some are no photograph of the archive at all, though their time says so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

LARGEST_CROP = 0.15  # of either edge
CLOCK_DRIFT = timedelta(hours=1)

_DATETIMES = (0x9003, 0x9004)  # DateTimeOriginal, DateTimeDigitized


class KeeperKind(StrEnum):
    """How a keeper file differs from its original."""

    COPY = "copy"
    RENAMED = "renamed"
    REENCODED = "re-encoded"
    CROPPED = "cropped"
    TONED = "toned"
    STRIPPED = "stripped EXIF"
    DRIFTED = "one hour off"
    SESSION_DRIFTED = "session one hour off"
    WRAPPED = "name of a wrapped counter"
    IMPOSTOR = "another picture with the same time"


# What befalls single keepers in turn; the other kinds choose theirs.
IN_TURN = tuple(KeeperKind)[:7]


@dataclass(frozen=True)
class KeeperPlan:
    """One keeper to write from `source` to `target`; `seed` draws crop and tone.

    An impostor takes its EXIF alone from `source`; `exposed_twice` are the pictures it is made of.
    """

    source: Path
    target: Path
    kind: KeeperKind
    seed: int
    exposed_twice: tuple[Path, Path] | None = None


def keeper_name(kind: KeeperKind, canonical: str, number: int) -> str:
    """The file name that such a keeper would carry; `canonical` is a name without ending."""
    names = {
        KeeperKind.RENAMED: f"best of {canonical[:7]} no {number}.jpg",
        KeeperKind.STRIPPED: f"web_{number:04d}.jpg",
        KeeperKind.TONED: f"{canonical}_edit.jpg",
        KeeperKind.SESSION_DRIFTED: f"fog walk {number}.jpg",
        KeeperKind.WRAPPED: f"{canonical.rpartition('_')[2]}.jpg",
    }
    if kind is KeeperKind.IMPOSTOR and number % 2:
        return f"poster {number}.jpg"
    return names.get(kind, f"{canonical}.JPG")


def write_keeper(plan: KeeperPlan) -> None:
    """Write one keeper. Copies keep their bytes and file time; the rest is encoded anew.

    Raises OSError when the source cannot be read or the target not be written.
    """
    plan.target.parent.mkdir(parents=True, exist_ok=True)
    if plan.kind in {KeeperKind.COPY, KeeperKind.RENAMED}:
        shutil.copy2(plan.source, plan.target)
        return
    rng = np.random.default_rng(plan.seed)
    with Image.open(plan.source) as original:
        exif = original.getexif()
        if plan.kind in {KeeperKind.DRIFTED, KeeperKind.SESSION_DRIFTED}:
            _shift_clock(exif, CLOCK_DRIFT)
        edited = _EDITS.get(plan.kind, _unchanged)(original, rng)
    if plan.exposed_twice is not None:
        edited = _double_exposure(*plan.exposed_twice)
    tags = {} if plan.kind in {KeeperKind.STRIPPED, KeeperKind.WRAPPED} else {"exif": exif}
    edited.save(plan.target, "JPEG", quality=int(rng.integers(78, 86)), **tags)
    exported = plan.source.stat().st_mtime + timedelta(days=30).total_seconds()
    os.utime(plan.target, (exported, exported))


def _unchanged(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return image.convert("RGB")


def _crop(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Take 6 to 15 % off either edge, shared between its two sides at random."""
    width, height = image.size
    across, down = rng.uniform(0.06, LARGEST_CROP, size=2)
    left, top = across * rng.random() * width, down * rng.random() * height
    return image.crop(
        (round(left), round(top), int(left + width * (1 - across)), int(top + height * (1 - down)))
    )


def _tone(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    brighter = ImageEnhance.Brightness(image).enhance(float(rng.uniform(0.85, 1.2)))
    harder = ImageEnhance.Contrast(brighter).enhance(float(rng.uniform(1.1, 1.35)))
    return ImageEnhance.Color(harder).enhance(float(rng.uniform(0.7, 1.2)))


def _double_exposure(first: Path, second: Path) -> Image.Image:
    """Two pictures on one frame, one of them upside down: nothing in the archive looks like it."""
    with Image.open(first) as below, Image.open(second) as above:
        size = below.size
        turned = ImageOps.flip(above.convert("RGB").resize(size))
        return Image.blend(below.convert("RGB"), turned, 0.5)


_EDITS: dict[KeeperKind, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    KeeperKind.CROPPED: _crop,
    KeeperKind.TONED: _tone,
}


def _shift_clock(exif: Image.Exif, by: timedelta) -> None:
    """Move every capture time in `exif` by the same amount, as a wrongly set camera would."""
    shooting = exif.get_ifd(0x8769)
    for tag in _DATETIMES:
        moment = datetime.strptime(shooting[tag], "%Y:%m:%d %H:%M:%S") + by  # noqa: DTZ007
        shooting[tag] = exif[0x0132] = moment.strftime("%Y:%m:%d %H:%M:%S")
