"""Names of places from a Nominatim server of one's own, through `geopy`. Optional.

The public server's policy forbids batches, so the settings refuse it. Answers are kept on disk
at three decimals (about 110 m), until the file is deleted.
"""

import json
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flux_resources.errors import FluxError

_ZOOM = 13  # villages and suburbs; the city they belong to is part of the answer
_CITY = ("city", "town", "village", "municipality", "hamlet", "suburb")
_REGION = ("state", "province", "region", "county")
_GIVE_UP = 3  # failures in a row; the rest of the call is left for another time
_LONGEST_WAIT_S = 30.0

Coordinate = tuple[float, float]


@dataclass(frozen=True)
class Address:
    """What the server says of a position; `lat` and `lon` are the centre of what it found."""

    city: str | None
    region: str | None
    country_code: str
    lat: float
    lon: float


class Nominatim:
    """Asks one server, in English, no more often than `per_second` and never twice for a place.

    Raises:
        FluxError: `geopy` is not installed.
    """

    def __init__(self, url: str, per_second: float, cache: Path, timeout_s: float = 10) -> None:
        self.url = url
        self._pause_s = 1 / per_second
        self._cache = cache
        self._next = 0.0
        self._client = _client(url, timeout_s)

    def addresses(self, points: Iterable[Coordinate]) -> dict[Coordinate, Address | None]:
        """Addresses of `(lat, lon)`, None where the server knows of none.

        A point that the server gave no usable answer for is missing.
        """
        found: dict[Coordinate, Address | None] = {}
        failures = 0
        with closing(self._open_cache()) as cache:
            for point in points:
                place = f"{point[0]:.3f},{point[1]:.3f}"
                known = _kept(cache, self.url, place)
                if known:
                    found[point] = known
                elif failures < _GIVE_UP:
                    try:
                        found[point] = self._ask(place)
                    except _failures():
                        failures += 1
                        continue
                    failures = 0
                    _keep(cache, self.url, place, found[point])
        return found

    def _ask(self, place: str) -> Address | None:
        """One request; a server that says it is asked too often is asked once more, later."""
        from geopy.exc import GeocoderRateLimited

        try:
            return self._request(place)
        except GeocoderRateLimited as error:
            wait_s = min(error.retry_after or 1, _LONGEST_WAIT_S)
            self._next = time.monotonic() + wait_s
            return self._request(place)

    def _request(self, place: str) -> Address | None:
        time.sleep(max(0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._pause_s
        answer = self._client.reverse(place, language="en", zoom=_ZOOM)
        return None if answer is None else _address(answer.raw)

    def _open_cache(self) -> sqlite3.Connection:
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._cache, isolation_level=None, timeout=60)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS addresses"
            " (server TEXT, place TEXT, address TEXT, PRIMARY KEY (server, place))"
        )
        return connection


def _client(url: str, timeout_s: float) -> Any:
    try:
        import geopy
    except ImportError as error:
        raise FluxError(
            "places.nominatim needs geopy: pip install 'flux-archive[nominatim]'"
        ) from error
    parts = urlsplit(url)
    return geopy.Nominatim(
        domain=f"{parts.netloc}{parts.path}",
        scheme=parts.scheme,
        timeout=timeout_s,
        user_agent=f"flux-archive/{version('flux-archive')}",
    )


def _address(answer: dict[str, Any]) -> Address:
    """The parts of an answer in Nominatim's JSON.

    Raises:
        KeyError, TypeError, ValueError: it is not such an answer.
    """
    parts = answer["address"]
    return Address(
        city=next((str(parts[key]) for key in _CITY if parts.get(key)), None),
        region=next((str(parts[key]) for key in _REGION if parts.get(key)), None),
        country_code=str(parts["country_code"]).upper(),
        lat=float(answer["lat"]),
        lon=float(answer["lon"]),
    )


def _failures() -> tuple[type[Exception], ...]:
    """What a server that is away, slow, busy or broken leads to."""
    from geopy.exc import GeopyError

    return (GeopyError, OSError, KeyError, TypeError, ValueError, AttributeError)


def _kept(cache: sqlite3.Connection, server: str, place: str) -> Address | None:
    query = "SELECT address FROM addresses WHERE server = ? AND place = ?"
    row = cache.execute(query, (server, place)).fetchone()
    return Address(**json.loads(row[0])) if row else None


def _keep(cache: sqlite3.Connection, server: str, place: str, address: Address | None) -> None:
    """Keep an answer; "nothing there" is not kept, since broken servers say it too."""
    if address is not None:
        row = (server, place, json.dumps(asdict(address)))
        cache.execute("REPLACE INTO addresses VALUES (?, ?, ?)", row)
