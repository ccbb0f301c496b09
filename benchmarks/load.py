"""A client that sends one request over and over, on so many connections, and costs little of what it measures."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_BODY_LENGTH: Final = b"content-length:"


class NotAnswered(Exception):
    """An answer that is no 200, or a connection that ended."""


@dataclass(frozen=True)
class Load:
    """What it was like. `latencies` in seconds, ascending; `body` is that of the last answer."""

    seconds: float
    latencies: tuple[float, ...]
    body: bytes

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile_ms(self, percent: int) -> float:
        return self.latencies[min(len(self.latencies) * percent // 100, len(self.latencies) - 1)] * 1000


async def load(url: str, path: str, *, token: str = "", connections: int, requests: int) -> Load:
    """`requests` answers in all. Raises: NotAnswered."""
    where = urlsplit(url)
    lines = (f"GET {path} HTTP/1.1", f"host: {where.netloc}", f"authorization: Bearer {token}")
    client = _Client(("\r\n".join(lines) + "\r\n\r\n").encode(), requests)
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(client.ask(where.hostname or "", where.port or 80))
    return Load(time.perf_counter() - started, tuple(sorted(client.latencies)), client.body)


class _Client:
    def __init__(self, request: bytes, left: int) -> None:
        self._request, self._left = request, left
        self.latencies: list[float] = []
        self.body = b""

    async def ask(self, host: str, port: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while self._left > 0:
                self._left -= 1
                sent = time.perf_counter()
                writer.write(self._request)
                self.body = await _answer(reader)
                self.latencies.append(time.perf_counter() - sent)
        finally:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise NotAnswered(head.partition(b"\r\n")[0].decode("latin-1"))
        length = head.partition(_BODY_LENGTH)[2].partition(b"\r\n")[0]
        return await reader.readexactly(int(length))
    except asyncio.IncompleteReadError as exc:
        raise NotAnswered("the connection ended") from exc
