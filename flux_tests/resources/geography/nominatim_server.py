"""A local server that speaks Nominatim's JSON, and misbehaves when told to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, dict[str, str], str]  # status, headers, body
ROME = {
    "place_id": 1,
    "lat": "41.8933203",
    "lon": "12.4829321",
    "name": "Trastevere",
    "display_name": "Trastevere, Rome, Lazio, Italy",
    "address": {
        "suburb": "Trastevere",
        "city": "Rome",
        "state": "Lazio",
        "country": "Italy",
        "country_code": "it",
    },
}
NOWHERE = {"error": "Unable to geocode"}


@dataclass
class NominatimServer:
    """What it was asked, and how it will answer.

    Attributes:
        answer: the good answer, as JSON.
        replies: taken one by one instead; then answers are good again. None is silence.
        asked: path, query and headers of every request, in order.
    """

    url: str
    answer: object = field(default_factory=lambda: ROME)
    replies: list[Reply | None] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    def next_reply(self) -> Reply | None:
        return self.replies.pop(0) if self.replies else (200, {}, json.dumps(self.answer))


@contextmanager
def serving() -> Iterator[NominatimServer]:
    """Run a server on a free local port, below the path `/geo`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            server.asked.append((parts.path, query, dict(self.headers)))
            reply = server.next_reply()
            if reply is None:
                server.closing.wait()
                return
            status, headers, body = reply
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body.encode())), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = NominatimServer(f"http://127.0.0.1:{http.server_port}/geo")
    serve: Callable[..., None] = http.serve_forever
    Thread(target=serve, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        http.server_close()
