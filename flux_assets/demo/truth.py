"""What is true about a demo archive, kept beside it in `demo_truth.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

TRUTH_FILE = "demo_truth.json"


class Oddity(StrEnum):
    """Why a file of the demo is not an ordinary photograph."""

    DUPLICATE = "same bytes as another file"
    NO_EXIF = "no EXIF"
    NO_GPS = "no GPS"
    TRUNCATED = "truncated JPEG"
    NOT_AN_IMAGE = "text named .JPG"
    SAME_NAME = "wants the name of another picture"


@dataclass(frozen=True)
class FrameTruth:
    """One file in the inbox.

    `path` is relative to the data root. `canonical` is the archive name without its ending that
    the file asks for (null without EXIF or without a picture). `captured_at` is local time, ISO
    8601. `duplicate_of` and `sha256` refer to inbox files as built.
    """

    path: str
    sha256: str
    canonical: str | None = None
    subject: str | None = None
    shows: str | None = None
    look: str | None = None
    session: str | None = None
    burst: str | None = None
    captured_at: str | None = None
    offset_time: str | None = None
    city: str | None = None
    gps: tuple[float, float] | None = None
    oddity: Oddity | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True)
class KeeperTruth:
    """One keeper file, and the inbox file and canonical name of the original it came from.

    Both are null for an impostor, which has no original; `same_time_as` is the inbox file whose
    time it bears.
    """

    path: str
    kind: str
    original: str | None
    original_canonical: str | None
    same_time_as: str | None = None


@dataclass(frozen=True)
class DemoTruth:
    """Everything the builder knows about the archive it wrote."""

    seed: int
    photographs: dict[str, str]  # key to licence
    own_photos: str | None
    frames: list[FrameTruth] = field(default_factory=list)
    keepers: list[KeeperTruth] = field(default_factory=list)
    issue: list[str] = field(default_factory=list)  # file names of FLUX_001, in order


def write_truth(path: Path, truth: DemoTruth) -> None:
    """Write readable JSON to `path`."""
    path.write_text(json.dumps(asdict(truth), indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_truth(path: Path) -> DemoTruth:
    """Read what `write_truth` wrote. Raises FileNotFoundError, or ValueError for other JSON."""
    content = json.loads(path.read_text("utf-8"))
    try:
        frames = [_frame(row) for row in content.pop("frames")]
        keepers = [KeeperTruth(**row) for row in content.pop("keepers")]
        return DemoTruth(**content, frames=frames, keepers=keepers)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} was not written by this version of the demo: {error}") from error


def _frame(row: dict[str, Any]) -> FrameTruth:
    """JSON knows neither tuples nor enumerations."""
    gps, oddity = row.pop("gps"), row.pop("oddity")
    return FrameTruth(**row, gps=gps and (gps[0], gps[1]), oddity=oddity and Oddity(oddity))
