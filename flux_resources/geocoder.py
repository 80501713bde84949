"""The offline geocoder: nearest known place, through `reverse-geocoder` (GeoNames, CC BY 4.0)."""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from babel import Locale

Coordinate = tuple[float, float]
_EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Place:
    """A populated place and the great-circle distance to it."""

    city: str
    admin1: str | None
    country: str | None
    country_code: str
    distance_km: float


class Geocoder:
    """Nearest places for coordinates, remembered at four decimals (about 11 m)."""

    def __init__(self) -> None:
        self._known: dict[Coordinate, Place] = {}

    def places(self, coordinates: Sequence[Coordinate]) -> list[Place]:
        """The nearest place of each `(lat, lon)` in degrees, in one vectorised search."""
        rounded = [(round(lat, 4), round(lon, 4)) for lat, lon in coordinates]
        new = sorted({point for point in rounded if point not in self._known})
        if new:
            self._known.update(zip(new, _search(new), strict=True))
        return [self._known[point] for point in rounded]


def _search(points: list[Coordinate]) -> list[Place]:
    found = _finder().query(points)
    nearest = np.array([(float(row["lat"]), float(row["lon"])) for row in found])
    distances = haversine_km(np.array(points), nearest)
    return [
        Place(
            city=row["name"],
            admin1=row["admin1"] or None,
            country=country_name(row["cc"]),
            country_code=row["cc"],
            distance_km=round(float(distance), 3),
        )
        for row, distance in zip(found, distances, strict=True)
    ]


@cache
def _finder() -> Any:
    """The search tree over 145,000 places; takes about a second, once per process."""
    import reverse_geocoder

    with contextlib.redirect_stdout(io.StringIO()):
        return reverse_geocoder.RGeocoder(mode=1, verbose=False)


@cache
def country_name(code: str) -> str | None:
    """English name of an ISO 3166 code, `IT` gives `Italy`."""
    name: str | None = Locale("en").territories.get(code)
    return name


def haversine_km(
    a: np.ndarray[Any, np.dtype[np.float64]], b: np.ndarray[Any, np.dtype[np.float64]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Great-circle distances in km between rows of two `(n, 2)` arrays of degrees lat, lon."""
    lat_a, lon_a, lat_b, lon_b = np.radians([a[:, 0], a[:, 1], b[:, 0], b[:, 1]])
    chord = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    distances: np.ndarray[Any, np.dtype[np.float64]] = (
        2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
    )
    return distances
