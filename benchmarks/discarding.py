"""`python -m benchmarks.discarding`: an S3 store that takes slices and forgets them; the real one does the rest.

So a segmenter can be measured without what its store costs, or with a store that is far away and answers each slice
`DISCARDING_DELAY_MS` later. Run beside a system's services: `HTTP_PORT` says that it is
ready, the port of `DISCARDING_PORT` is the store.
"""

import asyncio
import os
from typing import Final
from urllib.parse import urlsplit

PORT_VARIABLE: Final = "DISCARDING_PORT"
DELAY_VARIABLE: Final = "DISCARDING_DELAY_MS"

_LONGEST_HEAD: Final = 1 << 20
_PIECE_BYTES: Final = 1 << 18
_STORED: Final = b'HTTP/1.1 200 OK\r\nETag: "0"\r\nContent-Length: 0\r\n\r\n'


class Store:
    """Forwards to the store at `host`:`port`, whose signatures hold: the host a request names is not changed."""

    def __init__(self, host: str, port: int, delay_seconds: float) -> None:
        self._host, self._port, self._delay_seconds = host, port, delay_seconds

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Any number of requests of one client; the connection ends with the first that is forwarded."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if not is_slice(head):
                    await self._forward(head, reader, writer)
                    return
                await _skip(reader, length_of(head))
                await asyncio.sleep(self._delay_seconds)
                writer.write(_STORED)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _forward(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_connection(self._host, self._port, limit=_LONGEST_HEAD)
        try:
            asks.write(head[:-2] + b"connection: close\r\n\r\n")
            asks.write(await reader.readexactly(length_of(head)))
            while piece := await answers.read(_PIECE_BYTES):
                writer.write(piece)
                await writer.drain()
        finally:
            asks.close()


def is_slice(head: bytes) -> bool:
    """Whether a request stores a slice whole."""
    line = head.partition(b"\r\n")[0]
    return line.startswith(b"PUT ") and b"/segments/" in line and b"uploadId=" not in line


def length_of(head: bytes) -> int:
    """Bytes of the body behind a request's head."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _skip(reader: asyncio.StreamReader, count: int) -> None:
    while count > 0:
        piece = await reader.read(min(count, _PIECE_BYTES))
        if not piece:
            raise ConnectionError
        count -= len(piece)


async def _ready(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


async def main() -> None:
    upstream = urlsplit(os.environ["AWS_ENDPOINT_URL_S3"])
    delay_seconds = float(os.environ.get(DELAY_VARIABLE) or 0) / 1000
    store = Store(upstream.hostname or "", upstream.port or 80, delay_seconds)
    port = int(os.environ[PORT_VARIABLE])
    async with (
        await asyncio.start_server(store.serve, "127.0.0.1", port, limit=_LONGEST_HEAD) as slices,
        await asyncio.start_server(_ready, "127.0.0.1", int(os.environ["HTTP_PORT"])),
    ):
        await slices.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
