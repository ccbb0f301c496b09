"""A line to the gateway that breaks where a test wants it, and a server of strangers that answers what it was told."""

import contextlib
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import msgspec


class Line:
    """`cuts`: how many bytes of answers each connection brings before it breaks, one after another; then they hold."""

    def __init__(self, url: str, cuts: list[int]) -> None:
        self._to = (str(urlsplit(url).hostname), int(urlsplit(url).port or 0))
        self.cuts = deque(cuts)
        self.sent = b""  # all that clients sent
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._to)
                left = self.cuts.popleft() if self.cuts else None
                threading.Thread(target=self._up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._down, args=(far, near, left), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65_536):
                self.sent += data
                far.sendall(data)
        _shut(near, far)

    def _down(self, far: socket.socket, near: socket.socket, left: int | None) -> None:
        with suppress(OSError):
            while data := far.recv(65_536):
                near.sendall(data if left is None else data[:left])
                left = None if left is None else left - len(data)
                if left is not None and left <= 0:
                    break
        _shut(near, far)


def _shut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def line(url: str, *cuts: int) -> Iterator[Line]:
    made = Line(url, list(cuts))
    with contextlib.closing(made):
        yield made


@dataclass(frozen=True)
class Said:
    """One answer. Status 0 breaks the line instead; `bytes_read` of the request's body are read before, None: all."""

    status: int
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    bytes_read: int | None = None


@dataclass(frozen=True)
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Stranger:
    """Answers `said` in turn, and the last of them for ever."""

    def __init__(self, *said: Said) -> None:
        self.said, self.heard = deque(said), list[Heard]()
        handler = type("Handler", (_Handler,), {"stranger": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def next(self) -> Said:
        return self.said.popleft() if len(self.said) > 1 else self.said[0]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    stranger: ClassVar[Stranger]
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        with suppress(OSError):
            super().handle_one_request()

    def _answer(self) -> None:
        said = self.stranger.next()
        announced = int(self.headers.get("content-length", 0))
        body = self.rfile.read(announced if said.bytes_read is None else min(said.bytes_read, announced))
        self.stranger.heard.append(Heard(self.command, self.path, dict(self.headers.items()), body))
        if said.status == 0:
            self.close_connection = True
            _shut(self.connection)
            return
        content = said.body if isinstance(said.body, bytes) else msgspec.json.encode(said.body)
        self.send_response(said.status)
        for name, value in {"content-length": str(len(content)), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def stranger(*said: Said) -> Iterator[Stranger]:
    made = Stranger(*said)
    with contextlib.closing(made):
        yield made


def problem(status: int, code: str, **headers: str) -> Said:
    body = {"title": "No", "status": status, "detail": "For a test.", "code": code, "remedy": "None."}
    return Said(status, body, {"content-type": "application/problem+json", **headers})


def dataset(status: str = "pending") -> Said:
    return Said(200, {"id": "1", "name": "one", "status": status, "from_a_later_release": {}})


BREAKS: Final = Said(0)
