"""The door to Open-Meteo's archive of past weather: one call, tried a few times.

Source: https://open-meteo.com/en/docs/historical-weather-api, through `openmeteo-requests`. Times
are asked for and answered in UTC; positions are centres of 0.1° cells.
"""

import io
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from flux_resources.weather.answers import VARIABLES, BrokenAnswer, read_answer
from flux_resources.weather.calls import Call

KEY_VARIABLE = "OPEN_METEO_API_KEY"  # for customers of the commercial service
_ATTEMPTS = 4
_CONNECT_S = 5.0  # a server that is there takes a connection sooner
_LONGEST_WAIT_S = 90.0
_LARGEST_ANSWER = 64 * 2**20  # bytes
_RETRIED = frozenset({408, 429})  # and all from 500
# The public service sends no Retry-After; it says which of its limits was reached.
_LIMITS = {"Minutely": 60.0, "Hourly": 3600.0, "Daily": 86400.0}  # seconds


class ServiceDown(Exception):
    """The service cannot be had now; the message says why. There is no use in going on."""


class CallRefused(Exception):
    """The service refused this call; the message says why. Another call may be answered."""


@dataclass
class _BadStatus(Exception):
    status: int
    reason: str
    retry_after_s: float | None


@dataclass
class OpenMeteo:
    """Asks one server, no faster than its limits allow.

    Args:
        url: of the archive endpoint.
        calls_per_minute: the server's limit, in which every run counts; None for none.
        timeout_s: for every wait for data, and for a whole answer.
        backoff_s: the first pause after a failure; it doubles.
    """

    url: str
    calls_per_minute: int | None = None
    timeout_s: float = 30.0
    backoff_s: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    _free_at: float = field(default=0.0, init=False)

    def fetch(self, call: Call) -> pl.DataFrame:
        """The hours of a call, as `read_answer` gives them.

        Raises:
            ServiceDown: no good answer after several attempts, or a limit was reached.
            CallRefused: the service will not answer this call.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            pause = self.backoff_s * 2 ** (attempt - 1)
            try:
                return read_answer(self._send(call), call)
            except _BadStatus as error:
                if error.status not in _RETRIED and error.status < 500:
                    raise CallRefused(self._explain(error)) from error
                pause, reason = max(pause, error.retry_after_s or 0), self._explain(error)
            except BrokenAnswer as error:
                reason = f"weather service gave a broken answer: {error}"
            except OSError:  # every kind of connection trouble
                reason = f"weather service unreachable: no answer from {self._host}"
            if attempt == _ATTEMPTS or pause > _LONGEST_WAIT_S:
                break
            self.sleep(pause + random.uniform(0, self.backoff_s))
        raise ServiceDown(reason)

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc.rpartition("@")[2]  # a password is nobody's business

    def _explain(self, error: _BadStatus) -> str:
        return f"weather service answered HTTP {error.status}: {error.reason or self._host}"

    def _send(self, call: Call) -> list[Any]:
        """Messages, one for each run.

        Raises:
            _BadStatus, BrokenAnswer, OSError
        """
        import niquests
        from openmeteo_requests import Client, OpenMeteoRequestsError

        self._keep_pace(len(call))
        key = os.environ.get(KEY_VARIABLE)
        answer = _Answer(deadline=time.monotonic() + self.timeout_s)
        with niquests.Session() as session:
            try:
                return Client(session).weather_api(
                    self.url,
                    parameters(call),
                    timeout=(min(_CONNECT_S, self.timeout_s), self.timeout_s),
                    headers={"X-Api-Key": key} if key else {},
                    allow_redirects=False,
                    hooks={"response": [answer.read]},
                )
            except OpenMeteoRequestsError as error:
                if isinstance(error.__cause__, OSError | _BadStatus | BrokenAnswer):
                    raise error.__cause__ from None
                raise BrokenAnswer("not readable") from error

    def _keep_pace(self, runs: int) -> None:
        if self.calls_per_minute:
            now = time.monotonic()
            if self._free_at > now:
                self.sleep(self._free_at - now)
            self._free_at = max(now, self._free_at) + runs * 60 / self.calls_per_minute


@dataclass
class _Answer:
    """Reads a response to its end, but not for ever: a time-out bounds each wait, not the sum."""

    deadline: float

    def read(self, response: Any, **_: object) -> Any:
        body = io.BytesIO()
        for chunk in response.raw.stream(-1, decode_content=True):
            body.write(chunk)
            if body.tell() > _LARGEST_ANSWER:
                raise BrokenAnswer("too long")
            if time.monotonic() > self.deadline:
                raise TimeoutError("the answer takes too long")
        body.seek(0)
        response.raw = body
        if response.status_code != 200:
            raise _bad_status(response)
        return response


def parameters(call: Call) -> dict[str, str]:
    """A call in the service's words; lists are paired by position."""
    return {
        "latitude": ",".join(f"{run.latitude:.1f}" for run in call),
        "longitude": ",".join(f"{run.longitude:.1f}" for run in call),
        "start_date": ",".join(run.first.isoformat() for run in call),
        "end_date": ",".join(run.last.isoformat() for run in call),
        "hourly": ",".join(VARIABLES),
        "timezone": "GMT",
        "timeformat": "unixtime",
    }


def _bad_status(response: Any) -> _BadStatus:
    try:
        reason = str(response.json()["reason"])
    except (ValueError, KeyError, TypeError):
        reason = ""
    wait = retry_after(response.headers.get("Retry-After"))
    if wait is None and response.status_code == 429:
        wait = next((seconds for word, seconds in _LIMITS.items() if word in reason), None)
    return _BadStatus(response.status_code, reason[:200], wait)


def retry_after(header: str | None) -> float | None:
    """Seconds that a Retry-After header asks for: a number or an HTTP date."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
