"""What an archive lets a question name: its places, cameras and weather, and what day it is."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import NamedTuple

import duckdb

from flux_assets.search.language.plan import Area, Facts, Place
from flux_assets.search.language.tokens import keys, plain
from flux_assets.search.published import Published
from flux_resources.settings_sections import SearchSettings

Position = tuple[float, float]
Words = tuple[str, ...]
_CANONICAL = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_\S+")
_ROMAN = re.compile(r"(?<=[a-z])(i{2,3})(?=x?$)")
_TOWN_M = 5000.0  # how far "near Rome" reaches from the middle of what was made there
# What people say for names of GeoNames and CLDR; only those of the archive count.
_ALIASES = {
    **dict.fromkeys(("America", "US", "U.S.", "USA", "U.S.A.", "the States"), "United States"),
    **dict.fromkeys(("Britain", "Great Britain", "UK", "U.K."), "United Kingdom"),
    **dict.fromkeys(("New York", "NYC"), "New York City"),
    "Czech Republic": "Czechia",
    "Holland": "Netherlands",
    "Ivory Coast": "Côte d’Ivoire",
    "Korea": "South Korea",
    "Philly": "Philadelphia",
    "Turkey": "Türkiye",
}


class City(NamedTuple):
    """A city of the archive; its position is the middle of its photographs, where any has one.

    Without a name it is what lies far from any city of a country.
    """

    name: str | None
    country: str | None
    lat: float | None = None
    lon: float | None = None


def compact(name: str) -> str:
    """A name without case, accents, spaces and hyphens."""
    return re.sub(r"[\s-]", "", plain(name))


def is_canonical(name: str) -> bool:
    """Whether a name looks like a photo_id."""
    return _CANONICAL.fullmatch(name) is not None


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Names that a question may use.

    Attributes:
        today: by the clock of the person who asks.
        years: first and last one with photographs; None for an empty archive.
        weather: the words of the column `weather`; empty where the service was never asked.
        places: named places in degrees, as settings list them.
        block_m: length of a block in metres, and the reach of "near".
        is_photo: whether a name is a photo_id of the archive.
    """

    today: date
    years: tuple[int, int] | None = None
    cities: tuple[City, ...] = ()
    cameras: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    weather: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    places: Mapping[str, Position] = field(default_factory=dict)
    block_m: float = 120.0
    is_photo: Callable[[str], bool] = is_canonical

    @cached_property
    def place_names(self) -> Mapping[Words, Place]:
        """Cities and countries by the words of their names; a country before a city so called."""
        known = {keys(city.name): Place(city.name) for city in self.cities if city.name}
        known |= {
            keys(city.country): Place(None, city.country) for city in self.cities if city.country
        }
        known |= {keys(" ".join(words).replace("-", " ")): place for words, place in known.items()}
        said = {keys(alias): known.get(keys(name)) for alias, name in _ALIASES.items()}
        return {words: place for words, place in said.items() if place} | known

    @cached_property
    def longest_name(self) -> int:
        """Words of the longest name of a city or country."""
        return max(map(len, self.place_names), default=0)

    @cached_property
    def camera_names(self) -> Mapping[str, str]:
        """Models by their names without spaces, with Roman numerals and with Arabic ones.

        `GR IIIx` is called `griiix` and `gr3x`.
        """
        names = {compact(model): model for model in self.cameras}
        arabic = {_ROMAN.sub(lambda found: str(len(found[1])), name): name for name in names}
        return {said: names[name] for said, name in arabic.items()} | names

    @cached_property
    def area_names(self) -> Mapping[Words, Area]:
        """Named places by the words of their names, with a block about them."""
        return {
            keys(name): Area(lat, lon, self.block_m, name)
            for name, (lat, lon) in self.places.items()
        }

    def has_city(self, city: str | None, country: str | None) -> bool:
        """Whether the archive has such a city in that country."""
        return any((city, country) == (known.name, known.country) for known in self.cities)

    def near_names(self, said: str, names: Iterable[str]) -> list[str]:
        """Up to three of the `names` of cities or countries that `said` may mean."""
        spelled = {plain(name): name for name in names}
        meant = self.place_names.get(keys(said), Place())
        near = [plain(name) for name in meant if name]
        near += get_close_matches(plain(said), spelled)
        return list(dict.fromkeys(spelled[name] for name in near if name in spelled))[:3]

    def south(self, facts: Facts) -> bool | None:
        """Whether photographs of such facts were made south of the equator; None for some.

        What has no known latitude counts as north.
        """
        latitudes = [area.lat for area in facts.areas]
        places = facts.places or (() if latitudes else (Place(),))
        latitudes += [city.lat or 0.0 for place in places for city in self._cities_of(place)]
        south = any(lat < 0 for lat in latitudes)
        return south if south == all(lat < 0 for lat in latitudes) else None

    def surroundings(self, place: Place) -> Area | None:
        """A circle about the middle of a city's photographs, unless the name could mean two."""
        known = [(c.lat, c.lon) for c in self._cities_of(place) if c.lat is not None]
        if place.city is None or len(known) != 1:
            return None
        lat, lon = known[0]
        return Area(round(lat, 4), round(lon or 0.0, 4), _TOWN_M, place.city)

    def _cities_of(self, place: Place) -> Iterable[City]:
        return (
            city
            for city in self.cities
            if place.city in (None, city.name) and place.country in (None, city.country)
        )


def read_vocabulary(
    published: Published, settings: SearchSettings, *, today: date, tags: Iterable[str]
) -> Vocabulary:
    """The vocabulary of the published `photos`; `tags` are those of the tag vocabulary.

    Raises:
        FileNotFoundError: nothing is published.
    """
    cities = "SELECT location_city, location_country, avg(lat), avg(lon) FROM photos GROUP BY ALL"
    years = "SELECT year(min(captured_at)), year(max(captured_at)) FROM photos"
    with published.reading() as database:
        [(first, last)] = database.execute(years).fetchall()
        return Vocabulary(
            today=today,
            years=None if first is None else (first, last),
            cities=tuple(City(*row) for row in database.execute(cities).fetchall()),
            cameras=_distinct(database, "camera_model"),
            makes=_distinct(database, "camera_make"),
            weather=frozenset(_distinct(database, "weather")),
            tags=frozenset(tags),
            places=settings.places,
            block_m=settings.block_m,
            is_photo=lambda name: _is_photo(published, name),
        )


def _distinct(database: "duckdb.DuckDBPyConnection", column: str) -> tuple[str, ...]:
    rows = database.execute(f"SELECT DISTINCT {column} FROM photos").fetchall()
    return tuple(value for (value,) in rows if value)


def _is_photo(published: Published, name: str) -> bool:
    with published.reading() as database:
        query = "SELECT 1 FROM photos WHERE photo_id = ?"
        return bool(database.execute(query, [name]).fetchall())
