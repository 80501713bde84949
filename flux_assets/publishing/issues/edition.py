"""What the pages of an issue say, taken from its manifest."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Edition:
    """One issue: its manifest, its photographer and the cameras it was taken with."""

    manifest: dict[str, Any]
    photographer: str
    cameras: tuple[str, ...]

    @property
    def number(self) -> str:
        """`019` of `FLUX_019`."""
        return str(self.manifest["issue_id"]).removeprefix("FLUX_")

    @property
    def frames(self) -> list[dict[str, Any]]:
        return list(self.manifest["frames"])

    @property
    def moments(self) -> list[datetime]:
        """When each frame was taken; local, no zone."""
        return [datetime.fromisoformat(frame["captured_at"]) for frame in self.frames]

    @property
    def period(self) -> str:
        """`15 January 2022`, or the first and the last day."""
        first, last = day_of(min(self.moments)), day_of(max(self.moments))
        return first if first == last else f"{first} – {last}"


def place_of(frame: dict[str, Any]) -> str:
    """`Rome, Italy`, what is known of it, or nothing."""
    return ", ".join(filter(None, (frame["location_city"], frame["location_country"])))


def places_of(frames: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Frames by place, the place with most frames first; those without a place are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for frame in frames:
        if place := place_of(frame):
            found.setdefault(place, []).append(frame)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def day_of(moment: datetime) -> str:
    """`15 January 2022`."""
    return f"{moment.day} {moment:%B} {moment.year}"


def positions(frames: Iterable[dict[str, Any]]) -> str:
    """`1–4, 7`."""
    runs: list[list[int]] = []
    for number in sorted(frame["position"] for frame in frames):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def spaced(name: str) -> str:
    """`Dante Sisofo` of `DanteSisofo`, as settings have it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|-", " ", name)
