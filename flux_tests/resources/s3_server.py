"""A real S3 server (moto's, in a process of its own), and a proxy before it that injects faults."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.request import Request, urlopen

ACCESS_KEY, SECRET_KEY = "AKIAFLUXTESTS", "hush-wJalrXUtnFEMI-K7MDENG-bPxRfi"
Answer = tuple[int, dict[str, str], bytes]
Forward = Callable[[bytes], Answer]  # passes a body on to the server
Fault = Callable[[bytes, Forward], Answer | None]  # None hangs up without an answer


def refusing(status: int) -> Fault:
    """An error of the server, which has not seen the request."""
    body = b"<Error><Code>SlowDown</Code><Message>Try again</Message></Error>"
    return lambda _, __: (status, {"Content-Type": "application/xml"}, body)


def hanging_up(_: bytes, __: Forward) -> None:
    """The connection breaks before the server has seen anything."""


def losing_the_answer(body: bytes, forward: Forward) -> None:
    """The server has done it, but nobody learns of it."""
    forward(body)


def truncating(body: bytes, forward: Forward) -> Answer:
    """Half of what was sent arrives, and is stored."""
    return forward(body[: len(body) // 2])


def corrupting(body: bytes, forward: Forward) -> Answer:
    """One bit of what was sent arrives as another, and is stored."""
    return forward(bytes([body[0] ^ 1]) + body[1:] if body else body)


def cutting_the_answer(body: bytes, forward: Forward) -> Answer:
    """The answer ends in the middle, as if it were whole."""
    status, headers, answer = forward(body)
    return status, headers, answer[: len(answer) // 2]


def with_another_etag(body: bytes, forward: Forward) -> Answer:
    """As stores that encrypt do: an ETag that is no MD5."""
    status, headers, answer = forward(body)
    return status, {**headers, "ETag": '"0123456789abcdef0123456789abcdef"'}, answer


@dataclass
class S3Server:
    """The proxy: `faults` are taken one by one by requests of the method `of`.

    `seen` holds the method and path of every request, `always` is a fault that stays.
    """

    url: str
    bucket: str
    of: str = "PUT"
    faults: list[Fault] = field(default_factory=list)
    always: Fault | None = None
    delay_s: float = 0.0
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def puts(self) -> list[str]:
        """Keys that were sent, in order."""
        start = f"/{self.bucket}/archive/"
        with self.lock:
            return [path.removeprefix(start) for method, path in self.seen if method == "PUT"]

    def next_fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            self.seen.append((method, path.split("?", maxsplit=1)[0]))
            if method != self.of:
                return None
            return self.faults.pop(0) if self.faults else self.always


@contextmanager
def moto_server() -> Iterator[str]:
    """Run moto's server; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ}
    ) as process:
        address = f"127.0.0.1:{port}"
        for _ in range(600):
            with suppress(OSError), urlopen(f"http://{address}/moto-api/", timeout=1):
                break
            time.sleep(0.05)
        try:
            yield address
        finally:
            process.kill()


@contextmanager
def faulty_proxy(address: str, bucket: str) -> Iterator[S3Server]:
    """A proxy to a bucket of the server at `address`; the bucket is made."""
    urlopen(Request(f"http://{address}/{bucket}", method="PUT"))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = server.next_fault(self.command, self.path)
            time.sleep(server.delay_s)
            try:
                answer = fault(body, self.forward) if fault else self.forward(body)
                self.answer(answer)
            except OSError:
                self.close_connection = True

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

        def forward(self, body: bytes) -> Answer:
            connection = http.client.HTTPConnection(address, timeout=20)
            headers = {k: v for k, v in self.headers.items() if k.lower() != "content-length"}
            headers["Content-Length"] = str(len(body))
            connection.request(self.command, self.path, body, headers)
            reply = connection.getresponse()
            content = reply.read()
            connection.close()
            dropped = ("content-length", "connection", "transfer-encoding")
            kept = {k: v for k, v in reply.getheaders() if k.lower() not in dropped}
            return reply.status, kept, content

        def answer(self, answer: Answer | None) -> None:
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, body = answer
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    server = S3Server(f"http://127.0.0.1:{proxy.server_port}", bucket)
    thread = Thread(target=proxy.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
