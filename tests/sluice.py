"""A line to a server that can be held: bytes neither pass nor bounce, as with a server that hangs.

And one whose way to the server is narrow, while answers come back at once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

WIDE_BYTES: Final = 65_536
NARROW_SECONDS: Final = 0.01


class Sluice:
    def __init__(self, url: str, up_piece_bytes: int) -> None:
        self._target = urlsplit(url)
        self._up_piece_bytes = up_piece_bytes
        self._open = asyncio.Event()
        self._open.set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        where = f"{self._target.username}:{self._target.password}@127.0.0.1:{self.port}"
        return self._target._replace(netloc=where).geturl()

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
        for way in (self._pump(reader, far_writer, self._up_piece_bytes), self._pump(far_reader, writer, WIDE_BYTES)):
            self._pumps.add(asyncio.create_task(way))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, piece_bytes: int) -> None:
        with suppress(OSError):
            while data := await source.read(piece_bytes):
                await asyncio.sleep(0 if piece_bytes == WIDE_BYTES else NARROW_SECONDS)
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        sink.close()

    async def stop(self) -> None:
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)


@asynccontextmanager
async def sluice(url: str, *, up_piece_bytes: int = WIDE_BYTES) -> AsyncIterator[Sluice]:
    """With another `up_piece_bytes`, no more than that go up in `NARROW_SECONDS`."""
    made = Sluice(url, up_piece_bytes)
    server = await asyncio.start_server(made.join, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.stop()
