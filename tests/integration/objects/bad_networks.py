"""Servers on 127.0.0.1 that misbehave on purpose: a relay that damages what passes, and stores that say one thing."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

Damage = Callable[[bytes], bytes | None]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def untouched(data: bytes) -> bytes | None:
    return data


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[int]:
    """The port of a server that treats every connection with `handler` and closes it afterwards."""
    connections: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client, or the test, has seen enough
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


@asynccontextmanager
async def relay(
    endpoint_url: str | None, to_store: Damage = untouched, from_store: Damage = untouched
) -> AsyncIterator[int]:
    """The port of a relay to the store. What `to_store` and `from_store` return goes on; None cuts the connection."""
    target = urlsplit(str(endpoint_url))

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        store_reader, store_writer = await asyncio.open_connection(target.hostname, target.port)
        pumps = [
            asyncio.create_task(_pump(reader, store_writer, to_store)),
            asyncio.create_task(_pump(store_reader, writer, from_store)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            store_writer.close()

    async with serving(handle) as port:
        yield port


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, damage: Damage) -> None:
    while data := await reader.read(65536):
        passed = damage(data)
        if passed is None:
            return
        writer.write(passed)
        await writer.drain()


async def mute(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Reads everything and never says a word."""
    while await reader.read(65536):
        pass


async def deaf(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accepts and never reads: a large body gets stuck on its way."""
    await asyncio.Event().wait()


def answering(status: str, body: bytes, *headers: str, announced_bytes: int | None = None) -> Handler:
    """Gives the same answer to every request. Closes when it announced more than it has."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = len(body) if announced_bytes is None else announced_bytes
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {length}", *headers, "", ""])
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            sent = re.search(rb"(?i)content-length: *(\d+)", request)
            await reader.readexactly(int(sent[1]) if sent else 0)
            writer.write(head.encode("ascii") + body)
            await writer.drain()
            if length > len(body):
                return

    return handle


def refusing_at_once(status: str, body: bytes) -> Handler:
    """Answers as soon as the headers are there, without "100 Continue", and lets the body come to nothing."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode("ascii") + body)
        await mute(reader, writer)

    return handle


def slow_to_store(seconds: float) -> Handler:
    """Answers every question at once, and a PUT only after `seconds`."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            sent = re.search(rb"(?i)content-length: *(\d+)", request)
            await reader.readexactly(int(sent[1]) if sent else 0)
            if request.startswith(b"PUT"):
                await asyncio.sleep(seconds)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    return handle
