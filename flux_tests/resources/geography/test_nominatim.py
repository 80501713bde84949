"""A Nominatim server of one's own names places; without an answer the offline names stand in."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flux_resources.errors import FluxError
from flux_resources.geography.geocoder import Geocoder, Place, open_geocoder
from flux_resources.geography.nominatim import Nominatim
from flux_resources.settings import SettingsError, load_settings
from flux_resources.settings_sections import PlaceSettings
from flux_tests.resources.geography.nominatim_server import (
    NOWHERE,
    ROME,
    NominatimServer,
    Reply,
    serving,
)

TRASTEVERE = (41.8880, 12.4670)
LYON = (45.76, 4.84)
OPEN_SEA = (30.0, -40.0)


pytest.importorskip("geopy", reason="the client is optional: pip install -e '.[nominatim]'")


@pytest.fixture
def server() -> Iterator[NominatimServer]:
    with serving() as running:
        yield running


def _nominatim(server: NominatimServer, folder: Path, **options: float) -> Nominatim:
    options = {"per_second": 1000, "timeout_s": 5} | options
    return Nominatim(
        server.url, options["per_second"], folder / "answers.sqlite", options["timeout_s"]
    )


def _place(server: NominatimServer, folder: Path, point: tuple[float, float]) -> Place:
    return Geocoder(nominatim=_nominatim(server, folder)).places([point])[0]


def test_the_server_names_city_region_and_country(server: NominatimServer, tmp_path: Path) -> None:
    place = _place(server, tmp_path, TRASTEVERE)

    assert place[:4] == ("Rome", "Lazio", "Italy", "IT")
    assert place.distance_km == pytest.approx(1.4, abs=0.2)
    assert place.time_zone == "Europe/Rome"
    assert place.pending is None


def test_requests_say_who_asks_and_where(server: NominatimServer, tmp_path: Path) -> None:
    _place(server, tmp_path, TRASTEVERE)

    ((path, query, headers),) = server.asked
    assert path == "/geo/reverse"
    assert (float(query["lat"]), float(query["lon"])) == pytest.approx(TRASTEVERE)
    assert query["accept-language"] == "en"
    assert headers["User-Agent"].startswith("flux-archive/")


def test_a_place_is_asked_for_once(server: NominatimServer, tmp_path: Path) -> None:
    near = (TRASTEVERE[0] + 0.0003, TRASTEVERE[1])  # 33 m
    first = _nominatim(server, tmp_path).addresses([TRASTEVERE, near])
    again = _nominatim(server, tmp_path).addresses([near, TRASTEVERE])

    assert len(server.asked) == 1
    assert first == again


def test_another_server_is_asked_anew(server: NominatimServer, tmp_path: Path) -> None:
    _nominatim(server, tmp_path).addresses([TRASTEVERE])
    with serving() as other:
        _nominatim(other, tmp_path).addresses([TRASTEVERE])

        assert len(other.asked) == 1


def test_where_the_server_knows_nothing_the_offline_answer_holds(
    server: NominatimServer, tmp_path: Path
) -> None:
    server.answer = NOWHERE

    at_sea, in_lyon = (_place(server, tmp_path, point) for point in (OPEN_SEA, LYON))

    assert (at_sea.country, at_sea.pending) == (None, None)
    assert (in_lyon.city, in_lyon.pending) == ("Lyon", None)


@pytest.mark.parametrize("answer", [NOWHERE, None, [], {}], ids=str)
def test_that_nothing_is_there_is_asked_again_some_day(
    server: NominatimServer, tmp_path: Path, answer: object
) -> None:
    server.answer = answer
    nominatim = _nominatim(server, tmp_path)

    assert nominatim.addresses([LYON]) == {LYON: None}
    server.answer = ROME
    assert nominatim.addresses([LYON])[LYON] is not None


def test_a_place_without_a_city_has_its_country_alone(
    server: NominatimServer, tmp_path: Path
) -> None:
    server.answer = ROME | {"address": {"country": "Italy", "country_code": "it"}}

    place = _place(server, tmp_path, TRASTEVERE)

    assert (place.city, place.country_code, place.distance_km) == (None, "IT", None)


@pytest.mark.parametrize(
    "reply",
    [
        (500, {}, "{}"),
        (403, {}, "no"),
        (200, {}, "<html>"),
        (200, {}, ""),
        (200, {}, "7"),
        (200, {}, json.dumps(ROME | {"address": None})),
        (200, {}, json.dumps(ROME | {"address": "Rome"})),
        (200, {}, json.dumps(ROME | {"lat": "north"})),
        (200, {}, json.dumps({key: value for key, value in ROME.items() if key != "lon"})),
        (200, {"Content-Length": "900"}, json.dumps(ROME)[:80]),
        None,
    ],
    ids=str,
)
def test_without_a_usable_answer_the_offline_names_stand_in_and_wait(
    server: NominatimServer, tmp_path: Path, reply: Reply | None
) -> None:
    server.replies = [reply] * 9
    geocoder = Geocoder(nominatim=_nominatim(server, tmp_path, timeout_s=0.3))

    place = geocoder.places([LYON])[0]

    assert (place.city, place.country_code) == ("Lyon", "FR")
    assert "did not answer" in str(place.pending)
    server.replies.clear()
    assert geocoder.places([LYON])[0].pending is None


def test_a_server_that_is_away_is_not_asked_for_every_photograph(
    server: NominatimServer, tmp_path: Path
) -> None:
    server.replies = [(500, {}, "")] * 100

    answers = _nominatim(server, tmp_path).addresses([(40 + n / 10, 10.0) for n in range(50)])

    assert answers == {}
    assert len(server.asked) == 3


def test_a_server_that_is_asked_too_often_is_asked_again_later(
    server: NominatimServer, tmp_path: Path
) -> None:
    server.replies = [(429, {"Retry-After": "1"}, "")]
    started = time.monotonic()

    answers = _nominatim(server, tmp_path).addresses([LYON])

    assert list(answers) == [LYON]
    assert time.monotonic() - started >= 1


def test_requests_keep_their_distance(server: NominatimServer, tmp_path: Path) -> None:
    started = time.monotonic()

    _nominatim(server, tmp_path, per_second=20).addresses([(40 + n, 10.0) for n in range(5)])

    assert time.monotonic() - started >= 4 / 20


def test_a_missing_client_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "geopy", None)

    with pytest.raises(FluxError, match=r"pip install 'flux-archive\[nominatim\]'"):
        open_geocoder(PlaceSettings(nominatim="http://localhost:8080"), tmp_path)


def test_the_geocoder_asks_a_server_only_where_one_is_set(tmp_path: Path) -> None:
    offline = open_geocoder(PlaceSettings(), tmp_path)
    own = open_geocoder(PlaceSettings(nominatim="http://localhost:8080"), tmp_path)

    assert "http://localhost:8080" in own.version
    assert "offline" in offline.version


@pytest.mark.parametrize(
    "url",
    [
        "https://nominatim.openstreetmap.org",
        "https://NOMINATIM.OpenStreetMap.org:443/",
        "http://nominatim.openstreetmap.org./reverse",
        "https://me:secret@nominatim.openstreetmap.org",
        "https://openstreetmap.org/nominatim",
        "https://nominatim.geocoding.ai",
    ],
)
def test_public_servers_are_refused(tmp_path: Path, url: str) -> None:
    (tmp_path / "flux.yaml").write_text(f"places: {{nominatim: '{url}'}}")

    with pytest.raises(
        SettingsError, match=r"places\.nominatim: is a public server.* run your own"
    ):
        load_settings(tmp_path)


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://localhost", "http://", "yes"])
def test_what_is_no_address_is_refused(tmp_path: Path, url: str) -> None:
    (tmp_path / "flux.yaml").write_text(f"places: {{nominatim: '{url}'}}")

    with pytest.raises(SettingsError, match=r"places\.nominatim: must be the address of a server"):
        load_settings(tmp_path)


def test_a_server_of_ones_own_is_taken(tmp_path: Path) -> None:
    (tmp_path / "flux.yaml").write_text("places: {nominatim: 'http://localhost:8080/nominatim/'}")

    assert load_settings(tmp_path).places.nominatim == "http://localhost:8080/nominatim"
