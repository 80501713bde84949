"""The world's populated places, and which of them a position belongs to.

A position belongs to the place of GeoNames with the smallest

    (distance + 1 km) / population ** 0.3

among the places of its own country within reach. So a hamlet has the ground about its centre, a
town its outskirts, and a metropolis what lies between. Within 20 m of a place's centre it is that
place, so that one picked by name stays what was picked.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from flux_resources.geography.countries import (
    ANTARCTIC_LIMIT,
    ANTARCTICA,
    Degrees,
    near_land,
    zone_countries,
)
from flux_resources.geography.geonames import SMALLEST, cities, regions
from flux_resources.geography.time_zones import time_zones

_NEAR_KM = 1.0
_POWER = 0.3
_CENTRE_KM = 0.02
_RADIUS_KM = 6371.0088
_APART_KM = 1000.0  # between countries, in the fourth dimension: more than any reach
_CLASSES = (-512_000, -128_000, -32_000, -8_000, -2_000)  # people; negative, as places descend
_SEEN = 4  # places of a class at first; as many times more where they do not suffice


class Gazetteer:
    """Places in search trees of four dimensions: three of space, and the country.

    Loading takes two to three seconds, and half a gigabyte of memory for a moment.
    """

    def __init__(self) -> None:
        self.table = _load()
        lat, lon = self.table["lat"].to_numpy(), self.table["lon"].to_numpy()
        self._weight = np.maximum(self.table["population"].to_numpy(), SMALLEST) ** _POWER
        countries = self._settled(lat, lon, self.table["country_code"].to_list())
        self._number = {code: number for number, code in enumerate(sorted(set(countries)))}
        points = self._lifted(lat, lon, countries)
        people = -self.table["population"].to_numpy()
        edges = np.unique([0, *np.searchsorted(people, _CLASSES), len(people)]).tolist()
        self._classes = [(a, _tree(points[a:b])) for a, b in pairwise(edges)]
        self._trees: dict[tuple[str, ...], Any] = {}

    def countries(self, lat: Degrees, lon: Degrees, zones: Sequence[str]) -> list[str | None]:
        """ISO codes of the countries of positions in `zones`, from polygons; None at sea."""
        found: list[str | None] = [None] * len(zones)
        shared: dict[tuple[str, ...], list[int]] = {}
        for position, candidates in enumerate(map(zone_countries, zones)):
            if len(candidates) == 1:
                found[position] = candidates[0]
            elif candidates:
                shared.setdefault(candidates, []).append(position)
        for candidates, positions in shared.items():
            nearest = self._nearest_country(candidates, lat[positions], lon[positions])
            for position, code in zip(positions, nearest, strict=True):
                found[position] = code
        south = lat < ANTARCTIC_LIMIT
        for position, land in zip(
            np.flatnonzero(south).tolist(), near_land(lat[south], lon[south]), strict=True
        ):
            found[position] = ANTARCTICA if land else None
        return found

    def belonging(
        self, lat: Degrees, lon: Degrees, countries: Sequence[str | None], reach_km: float
    ) -> tuple[NDArray[np.int64], Degrees]:
        """Rows of `table` that positions belong to, -1 for none, and km to their centres.

        Places are searched by classes of population, the largest first. Within a class the few
        nearest decide, unless one further away might still be large enough; then more are seen.
        """
        points = self._lifted(lat, lon, countries)
        lowest = np.full(len(points), np.inf)
        rows, km = np.full(len(points), -1, np.int64), np.full(len(points), np.nan)
        for first, tree in self._classes:
            todo, seen = np.arange(len(points)), _SEEN
            while todo.size:
                away, found = tree.query(points[todo], seen, distance_upper_bound=reach_km)
                row = first + np.minimum(found, tree.n - 1)  # where none is left, `away` is inf
                score = np.where(away <= _CENTRE_KM, 0, (away + _NEAR_KM) / self._weight[row])
                best = score.argmin(axis=1)[:, None]
                score, row, near = (
                    np.take_along_axis(a, best, 1)[:, 0] for a in (score, row, away)
                )
                better = score < lowest[todo]
                at = todo[better]
                lowest[at], rows[at], km[at] = score[better], row[better], near[better]
                todo = todo[(away[:, -1] + _NEAR_KM) / self._weight[first] < lowest[todo]]
                seen *= _SEEN
        return rows, km

    def _settled(self, lat: Degrees, lon: Degrees, codes: Sequence[str]) -> list[str]:
        """The country each place counts for: what the polygon says, GeoNames where it is silent."""
        zones = map(zone_countries, time_zones(lat, lon))
        return [
            code if code in candidates or not candidates or y < ANTARCTIC_LIMIT else candidates[0]
            for y, code, candidates in zip(lat, codes, zones, strict=True)
        ]

    def _nearest_country(
        self, candidates: tuple[str, ...], lat: Degrees, lon: Degrees
    ) -> list[str]:
        """The country of the nearest place among those of the candidates."""
        places = self.table.filter(pl.col("country_code").is_in(candidates))
        if candidates not in self._trees:
            self._trees[candidates] = _tree(_sphere(places["lat"], places["lon"]))
        _, nearest = self._trees[candidates].query(_sphere(lat, lon))
        return places["country_code"].gather(nearest).to_list()

    def _lifted(self, lat: Degrees, lon: Degrees, countries: Sequence[str | None]) -> Degrees:
        number = np.array([self._number.get(code or "", -1) for code in countries], np.float64)
        return np.column_stack([_sphere(lat, lon), number * _APART_KM])


@cache
def gazetteer() -> Gazetteer:
    """The one of this process."""
    return Gazetteer()


def _load() -> pl.DataFrame:
    """Grain: place, largest first, so that the larger of two alike comes before the other."""
    known = cities("name", "countrycode", "admin1code", "latitude", "longitude", "population")
    region = pl.concat_str("countrycode", "admin1code", separator=".")
    return known.select(
        "name",
        admin1=region.replace_strict(regions(), default=None),
        country_code="countrycode",
        lat="latitude",
        lon="longitude",
        population="population",
    )


def _sphere(lat: Any, lon: Any) -> Degrees:
    """`(n, 3)` in km; within 100 km a straight line is as long as the arc to within a metre."""
    lat, lon = np.radians(lat), np.radians(lon)
    axes = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    return _RADIUS_KM * np.column_stack(axes)


def _tree(points: Degrees) -> Any:
    from scipy.spatial import cKDTree

    return cKDTree(points)
