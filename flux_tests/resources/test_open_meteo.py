"""One call to the service: what goes over the wire, and what may come back."""

import gzip
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import polars as pl
import pytest

from flux_resources.weather.calls import Run
from flux_resources.weather.open_meteo import (
    KEY_VARIABLE,
    CallRefused,
    OpenMeteo,
    ServiceDown,
    retry_after,
)
from flux_tests.resources.open_meteo_server import (
    NOTHING,
    OpenMeteoServer,
    Reply,
    breaking_off,
    dripping,
    refusing,
    saying,
    send,
    serving,
    silent,
)

NEW_YORK = Run(date(2024, 3, 9), date(2024, 3, 11), 407, -740)
BERLIN = Run(date(2024, 3, 10), date(2024, 3, 10), 525, 134)


@pytest.fixture
def server() -> Iterator[OpenMeteoServer]:
    with serving() as server:
        yield server


class Waits(list[float]):
    """Stands for sleep: remembers how long it was to be."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def _patient(url: str, **options: float) -> tuple[OpenMeteo, Waits]:
    waits = Waits()
    return OpenMeteo(url, timeout_s=options.pop("timeout_s", 5.0), sleep=waits), waits


def test_places_and_days_are_paired_by_position(server: OpenMeteoServer) -> None:
    service, _ = _patient(server.url)

    hours = service.fetch((NEW_YORK, BERLIN))

    assert server.asked == [
        {
            "latitude": "40.7,52.5",
            "longitude": "-74.0,13.4",
            "start_date": "2024-03-09,2024-03-10",
            "end_date": "2024-03-11,2024-03-10",
            "hourly": "weather_code,temperature_2m,precipitation",
            "timezone": "GMT",
            "timeformat": "unixtime",
            "format": "flatbuffers",
        }
    ]
    assert hours.height == 24 * 4
    at = pl.col("hour") == datetime(2024, 3, 10, 7)
    assert hours.filter(at).rows() == [
        (407, -740, datetime(2024, 3, 10, 7), 61, 41.4, 1.75),
        (525, 134, datetime(2024, 3, 10, 7), 61, 53.2, 1.75),
    ]


def test_what_the_service_does_not_have_is_null(server: OpenMeteoServer) -> None:
    server.sky = lambda lat, lon, hour: NOTHING
    service, _ = _patient(server.url)

    hours = service.fetch((BERLIN,))

    assert hours.height == 24
    assert hours.select("wmo_code", "temperature_c", "precipitation_mm").null_count().row(0) == (
        (24, 24, 24)
    )


def test_the_service_answers_for_its_own_grid(server: OpenMeteoServer) -> None:
    server.snap = lambda lat, lon: (40.738136, -74.04254)
    service, _ = _patient(server.url)

    assert service.fetch((NEW_YORK,))["cell_lat"].unique().to_list() == [407]


def test_compressed_answers_are_read(server: OpenMeteoServer) -> None:
    server.replies = [
        lambda handler, good: send(
            handler, gzip.compress(good), headers={"Content-Encoding": "gzip"}
        )
    ]
    service, _ = _patient(server.url)

    assert service.fetch((BERLIN,)).height == 24


def test_the_key_goes_into_a_header(
    server: OpenMeteoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    service, _ = _patient(server.url)

    service.fetch((BERLIN,))

    assert server.headers[0]["X-Api-Key"] == "secret"
    assert "secret" not in str(server.asked)


@pytest.mark.parametrize(
    "change",
    [
        lambda good: b"",
        lambda good: good[: len(good) // 3],
        lambda good: good[:-40],
        lambda good: good + good,
        lambda good: b"<html>Welcome to the hotel</html>",
        lambda good: b"Unexpected error while streaming data: timeout",
        lambda good: b"\0" * len(good),
        lambda good: b"\xff" * len(good),
    ],
)
def test_a_broken_answer_is_asked_for_again(
    server: OpenMeteoServer, change: Callable[[bytes], bytes]
) -> None:
    server.replies = [saying(change)]
    service, waits = _patient(server.url)

    assert service.fetch((NEW_YORK, BERLIN)).height == 24 * 4
    assert len(server.asked) == 2
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (saying(lambda good: b"?"), "weather service gave a broken answer: not readable"),
        (saying(lambda good: b""), "weather service gave a broken answer: 0 of 1 places"),
        (refusing(503), "weather service answered HTTP 503: "),
        (refusing(500, "Something went wrong."), "HTTP 500: Something went wrong."),
        (refusing(429, "Too many concurrent requests"), "HTTP 429: Too many concurrent requests"),
        (silent, "weather service unreachable: no answer from 127.0.0.1"),
        (dripping, "weather service unreachable: no answer from 127.0.0.1"),
        (breaking_off, "weather service gave a broken answer: not readable"),
    ],
)
def test_after_four_failures_the_service_is_down(
    server: OpenMeteoServer, reply: Reply, reason: str
) -> None:
    server.replies = [reply] * 4
    service, waits = _patient(server.url, timeout_s=0.2)

    with pytest.raises(ServiceDown, match=reason):
        service.fetch((BERLIN,))

    assert len(server.asked) == 4
    assert [1 <= waits[0] <= 2, 2 <= waits[1] <= 3, 4 <= waits[2] <= 5] == [True] * 3


def test_trouble_that_passes_is_no_trouble(server: OpenMeteoServer) -> None:
    server.replies = [refusing(502), refusing(503), breaking_off]
    service, _ = _patient(server.url)

    assert service.fetch((BERLIN,)).height == 24


def test_nobody_listening_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    service, waits = _patient(f"http://127.0.0.1:{port}/v1/archive")

    with pytest.raises(ServiceDown, match="weather service unreachable: no answer from 127"):
        service.fetch((BERLIN,))
    assert len(waits) == 3


def test_retry_after_is_honoured(server: OpenMeteoServer) -> None:
    server.replies = [refusing(429, Retry_After="17")]
    service, waits = _patient(server.url)

    service.fetch((BERLIN,))

    assert 17 <= waits[0] <= 18


@pytest.mark.parametrize(
    "reply",
    [
        refusing(429, Retry_After="3600"),
        refusing(429, "Hourly API request limit exceeded. Please try again in the next hour."),
        refusing(429, "Daily API request limit exceeded. Please try again tomorrow."),
    ],
)
def test_a_long_wait_is_left_to_another_run(server: OpenMeteoServer, reply: Reply) -> None:
    server.replies = [reply]
    service, waits = _patient(server.url)

    with pytest.raises(ServiceDown, match="HTTP 429"):
        service.fetch((BERLIN,))
    assert waits == []


def test_the_minute_limit_is_waited_out(server: OpenMeteoServer) -> None:
    server.replies = [
        refusing(429, "Minutely API request limit exceeded. Please try again in one minute.")
    ]
    service, waits = _patient(server.url)

    assert service.fetch((BERLIN,)).height == 24
    assert 60 <= waits[0] <= 61


@pytest.mark.parametrize("status", [301, 400, 401, 404])
def test_a_refused_call_is_not_repeated(server: OpenMeteoServer, status: int) -> None:
    server.replies = [refusing(status, "Latitude must be in range of -90 to 90°.")]
    service, waits = _patient(server.url)

    with pytest.raises(CallRefused, match=f"HTTP {status}: Latitude must be in range"):
        service.fetch((BERLIN,))
    assert waits == []


def test_calls_keep_the_pace_of_the_limit(server: OpenMeteoServer) -> None:
    waits = Waits()
    service = OpenMeteo(server.url, calls_per_minute=60, sleep=waits)

    service.fetch((NEW_YORK, BERLIN))
    service.fetch((BERLIN,))

    assert len(waits) == 1
    assert 0 < waits[0] <= 2  # the first call counted as two of sixty a minute


def test_retry_after_is_a_number_or_a_date() -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)

    assert retry_after("2.5") == 2.5
    assert 50 <= (retry_after(in_a_minute) or 0) <= 60
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("soon") is None
    assert retry_after(None) is None
