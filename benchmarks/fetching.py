"""Takes one answer and forgets it, in a thread with a plain socket: a client that costs little of what it measures."""

import asyncio
import socket
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_TIMEOUT_SECONDS: Final = 120.0
_BLOCK_BYTES: Final = 1024 * 1024


class NotFetched(Exception):
    """An answer that is neither 200 nor 206, or ended before its announced length."""


@dataclass(frozen=True)
class Fetched:
    """Seconds from the request on: to the answer's head, the first byte of its body, and the last. `size_bytes` is the
    announced length; of a HEAD, no byte of it came.
    """

    head_seconds: float
    first_seconds: float
    seconds: float
    size_bytes: int


async def fetch(url: str, path: str, token: str, method: str = "GET", last_bytes: int | None = None) -> Fetched:
    """All of it, or its last bytes. Raises: NotFetched."""
    lines = [f"authorization: Bearer {token}"] + ([] if last_bytes is None else [f"range: bytes=-{last_bytes}"])
    return await asyncio.to_thread(_fetch, url, path, lines, method)


def _fetch(url: str, path: str, lines: list[str], method: str) -> Fetched:
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 80), _TIMEOUT_SECONDS) as connection:
        request = "\r\n".join([f"{method} {path} HTTP/1.1", f"host: {where.netloc}", *lines, "", ""]).encode()
        started = time.perf_counter()
        connection.sendall(request)
        head, body = _head(connection)
        head_seconds = time.perf_counter() - started
        size = _announced(head)
        if method == "HEAD":
            return Fetched(head_seconds, head_seconds, head_seconds, size)
        left, buffer, first_at = size - len(body), bytearray(_BLOCK_BYTES), time.perf_counter() if body else 0.0
        while left:
            count = connection.recv_into(buffer)
            if count == 0:
                raise NotFetched(f"{left} of {size} bytes are missing")
            first_at = first_at or time.perf_counter()
            left -= count
        return Fetched(head_seconds, first_at - started, time.perf_counter() - started, size)


def _head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head, and what of the body came with it."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(_BLOCK_BYTES)
        if not more:
            raise NotFetched("no answer")
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body


def _announced(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    if not lines[0].startswith((b"http/1.1 200", b"http/1.1 206")):
        raise NotFetched(lines[0].decode("latin-1"))
    return int(next(line.partition(b":")[2] for line in lines if line.startswith(b"content-length:")))
