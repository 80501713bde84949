"""A local server that speaks Open-Meteo's archive protocol, and misbehaves when told to.

Answers are size-prefixed FlatBuffers messages, one for each place, with the fields and types of
`openmeteo_sdk`, whose Python package reads such messages and has no functions to write them.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import nan
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flatbuffers
import numpy as np
from openmeteo_sdk.Unit import Unit
from openmeteo_sdk.Variable import Variable

Values = tuple[float, float, float]  # weather code, °C, mm in the hour before
Sky = Callable[[float, float, datetime], Values]  # latitude, longitude, hour in UTC
Reply = Callable[[BaseHTTPRequestHandler, bytes], None]  # sends its own idea of the good answer

_KINDS = (
    (Variable.weather_code, Unit.wmo_code, 0),
    (Variable.temperature, Unit.celsius, 2),
    (Variable.precipitation, Unit.millimetre, 0),
)


def changing_sky(lat: float, lon: float, hour: datetime) -> Values:
    """Every hour and place has its own values, which tests can work out again."""
    return (61.0 if hour.hour % 2 else 3.0, round(lat + hour.hour / 10, 1), hour.hour / 4)


@dataclass
class OpenMeteoServer:
    """What the server knows, what it was asked, and how it will answer next.

    Attributes:
        sky: the weather it reports; NaN for what it does not have.
        replies: taken one by one instead of good answers; then answers are good again.
        asked: the query of every request, in order.
    """

    url: str
    sky: Sky = changing_sky
    snap: Callable[[float, float], tuple[float, float]] = lambda lat, lon: (lat, lon)
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def answer(self, query: dict[str, str]) -> bytes:
        """The good answer: places and dates are paired by position."""
        lists = (query[key].split(",") for key in ("latitude", "longitude"))
        dates = (
            map(date.fromisoformat, query[key].split(",")) for key in ("start_date", "end_date")
        )
        return b"".join(
            self._place(float(lat), float(lon), first, last)
            for lat, lon, first, last in zip(*lists, *dates, strict=True)
        )

    def _place(self, lat: float, lon: float, first: date, last: date) -> bytes:
        start = datetime.combine(first, datetime.min.time(), UTC)
        hours = 24 * ((last - first).days + 1)
        values = [self.sky(lat, lon, start + timedelta(hours=hour)) for hour in range(hours)]
        return message(*self.snap(lat, lon), start, np.array(values, dtype=np.float32))


def message(
    lat: float, lon: float, start: datetime, values: np.ndarray, *, interval: int = 3600
) -> bytes:
    """A size-prefixed `WeatherApiResponse`; `values` is float32, hours by variables."""
    builder = flatbuffers.Builder(4096)
    offsets = [
        variable_with_values(builder, kind, unit, altitude, column)
        for (kind, unit, altitude), column in zip(_KINDS, values.T, strict=True)
    ]
    seconds = int(start.timestamp())
    hourly = variables_with_time(
        builder, seconds, seconds + len(values) * interval, interval, offsets
    )
    builder.StartObject(15)
    builder.PrependFloat32Slot(0, lat, 0.0)
    builder.PrependFloat32Slot(1, lon, 0.0)
    builder.PrependFloat32Slot(2, 38.0, 0.0)
    builder.PrependFloat32Slot(3, 0.5, 0.0)
    builder.PrependUOffsetTRelativeSlot(11, hourly, 0)
    builder.FinishSizePrefixed(builder.EndObject())
    return bytes(builder.Output())


def variable_with_values(
    builder: Any, kind: int, unit: int, altitude: int, values: Sequence[float] | np.ndarray
) -> int:
    """Write a `VariableWithValues`; gives its offset."""
    vector = builder.CreateNumpyVector(np.asarray(values, dtype=np.float32))
    builder.StartObject(13)
    builder.PrependUint8Slot(0, kind, 0)
    builder.PrependUint8Slot(1, unit, 0)
    builder.PrependUOffsetTRelativeSlot(3, vector, 0)
    builder.PrependInt16Slot(5, altitude, 0)
    return int(builder.EndObject())


def variables_with_time(
    builder: Any, start: int, end: int, interval: int, variables: Sequence[int]
) -> int:
    """Write a `VariablesWithTime`; gives its offset."""
    builder.StartVector(4, len(variables), 4)
    for offset in reversed(variables):
        builder.PrependUOffsetTRelative(offset)
    vector = builder.EndVector()
    builder.StartObject(4)
    builder.PrependInt64Slot(0, start, 0)
    builder.PrependInt64Slot(1, end, 0)
    builder.PrependInt32Slot(2, interval, 0)
    builder.PrependUOffsetTRelativeSlot(3, vector, 0)
    return int(builder.EndObject())


def refusing(status: int, reason: str = "", **headers: str) -> Reply:
    """An error as the service sends it."""

    def reply(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        body = json.dumps({"error": True, "reason": reason}).encode()
        send(handler, body, status=status, headers=headers)

    return reply


def saying(change: Callable[[bytes], bytes]) -> Reply:
    """The good answer, changed, as a whole HTTP response."""
    return lambda handler, good: send(handler, change(good))


def breaking_off(handler: BaseHTTPRequestHandler, good: bytes) -> None:
    """Promises the whole answer and hangs up in the middle."""
    send(handler, good[: len(good) // 2], length=len(good))


def dripping(handler: BaseHTTPRequestHandler, good: bytes) -> None:
    """Sends a byte now and then, so that no single wait is long."""
    send(handler, b"", length=len(good))
    for byte in good:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.02)


def silent(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    """Takes the request and says nothing until the other side gives up."""
    handler.rfile.read(1)


def send(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    length: int | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in (headers or {}).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving() -> Iterator[OpenMeteoServer]:
    """Run a server on a free local port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
            with server.lock:
                server.asked.append(query)
                server.headers.append(dict(self.headers))
                reply = server.replies.pop(0) if server.replies else send
            try:
                reply(self, server.answer(query))
            except OSError:
                self.close_connection = True  # the client has given up

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = OpenMeteoServer(f"http://127.0.0.1:{http.server_port}/v1/archive")
    thread = Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


NOTHING: Values = (nan, nan, nan)
