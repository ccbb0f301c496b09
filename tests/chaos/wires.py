"""A line of our own between the services and one server: it can be cut, stalled and slow, and it counts what is stored.

Every service of the stack under test reaches its servers over such lines only; the test itself goes past them.
"""

import asyncio
import random
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from stack.ports import HOST

_REQUEST: Final = re.compile(rb"(GET|PUT|POST|HEAD|DELETE) /\S+ HTTP/1\.1\r\n")
_SLICE: Final = re.compile(rb"PUT /[^/ ]+/(\S+/segments/segment_\d+\.wav) ")
_LAST_SECONDS: Final = 0.1  # for a request to arrive whose sender is gone: reset at once, the server might not read it
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: closing tells the peer with a reset


class Wire:
    """`target_port` is asked at every new connection, because the server's port is known only after its start.

    A client never sends a request before the answer to the one before, so a request stands at the start of what is
    read. `slices` counts those that begin to store a slice, by key; `latency_seconds` is added to every HTTP request; a
    `late_share` of them comes one to four seconds late, also if who sent it is gone by then.
    """

    def __init__(self, target_port: Callable[[], int]) -> None:
        self._target_port = target_port
        self._open = asyncio.Event()
        self._open.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.latency_seconds = 0.0
        self.late_share = 0.0
        self.slices: Counter[str] = Counter()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._join, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Resets every connection, in both directions; new ones pass."""
        for end in self._ends:
            raw = end.get_extra_info("socket")
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.transport.abort()

    async def stall(self, seconds: float) -> None:
        """Bytes neither pass nor bounce, as with a server that hangs."""
        self._open.clear()
        await asyncio.sleep(seconds)
        self._open.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._ends.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._target_port())
            ends.append(far_writer)
            self._ends.add(far_writer)
            pumps = [self._begin(self._forth(reader, far_writer)), self._begin(self._back(far_reader, writer))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait(pumps, timeout=_LAST_SECONDS)
        except OSError:
            pass  # the server is away: the client sees its connection end
        finally:
            for end in ends:
                end.transport.abort()
                self._ends.discard(end)

    def _begin(self, pump: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(pump)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(262_144):
                if _REQUEST.match(data):
                    await self._note(data)
                await self._open.wait()
                writer.write(data)
                await writer.drain()

    async def _note(self, request: bytes) -> None:
        if stored := _SLICE.match(request):
            self.slices[stored[1].decode("ascii")] += 1
        if self.latency_seconds:
            late = random.uniform(1, 4) if random.random() < self.late_share else 0
            await asyncio.sleep(self.latency_seconds + late)

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(262_144):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
