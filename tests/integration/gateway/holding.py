"""Clients that begin an upload and then hold it: over bare sockets, hundreds at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from tests.integration.gateway.forms import BOUNDARY, part
from tests.integration.gateway.running import WAV

MEBIBYTE = 1024 * 1024
BEGUN = part("audio", WAV)[:-2] + bytes(4 * MEBIBYTE)  # neither its end nor anything after it


def head(token: str, *headers: str) -> bytes:
    lines = (
        "POST /tts/datasets HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {token}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        *(headers or ("Content-Length: 2147483648",)),
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


@dataclass(eq=False)
class Held:
    """One client. `answer` is there once it has one."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    answer: httpx.Response | None = None

    async def send(self, body: bytes) -> None:
        with suppress(ConnectionError):  # the gateway may have closed what it has refused
            self.writer.write(body)
            await self.writer.drain()

    async def listen(self) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            raw = await self.reader.readuntil(b"\r\n\r\n")
            status, *lines = raw.decode("latin-1").split("\r\n")[:-2]
            headers = dict(line.split(": ", 1) for line in lines)
            body = await self.reader.readexactly(int(headers["content-length"]))
            self.answer = httpx.Response(int(status.split()[1]), headers=headers, content=body)


@dataclass
class Crowd:
    clients: list[Held] = field(default_factory=list)

    @property
    def answers(self) -> Counter[tuple[int, str]]:
        """How many were answered, by status and code."""
        answers = [client.answer for client in self.clients if client.answer is not None]
        return Counter((answer.status_code, answer.json()["code"]) for answer in answers)

    @property
    def held(self) -> int:
        return sum(client.answer is None for client in self.clients)


@asynccontextmanager
async def holding(url: str, heads: Iterable[bytes], body: bytes = BEGUN) -> AsyncIterator[Crowd]:
    """Within it, one upload for each of `heads` has begun with `body`, and says no more. Then all hang up at once."""
    crowd, where = Crowd(), urlsplit(url)

    async def begin(head: bytes) -> None:
        held = Held(*await asyncio.open_connection(where.hostname, where.port))
        crowd.clients.append(held)
        listening.append(asyncio.create_task(held.listen()))
        await held.send(head)
        await held.send(body)

    listening: list[asyncio.Task[None]] = []
    try:
        await asyncio.gather(*map(begin, heads))
        yield crowd
    finally:
        for client in crowd.clients:
            client.writer.transport.abort()
        await asyncio.gather(*listening, return_exceptions=True)
