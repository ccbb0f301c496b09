"""A line to a server that can be held: bytes neither pass nor bounce, as with a server that hangs.

And one whose way to the server is narrow, while answers come back at once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

WIDE_BYTES: Final = 65_536
NARROW_BYTES: Final = 10  # a hundred times a second


class Sluice:
    def __init__(self, url: str, narrow: bool) -> None:
        self._target, self._narrow = urlsplit(url), narrow
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
        for way in (self._pump(reader, far_writer, self._narrow), self._pump(far_reader, writer, narrow=False)):
            self._pumps.add(asyncio.create_task(way))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, narrow: bool) -> None:
        with suppress(OSError):
            while data := await source.read(NARROW_BYTES if narrow else WIDE_BYTES):
                await asyncio.sleep(0.01 if narrow else 0)
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        sink.close()

    async def stop(self) -> None:
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)


@asynccontextmanager
async def sluice(url: str, *, narrow: bool = False) -> AsyncIterator[Sluice]:
    made = Sluice(url, narrow)
    server = await asyncio.start_server(made.join, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.stop()
