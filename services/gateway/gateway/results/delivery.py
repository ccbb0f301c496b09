"""Sends one body to one client. It ends early when the client is gone or reads nothing for minutes, when the dataset is
deleted, when the result was replaced and is removed, when the object is not what was stored, and when the gateway
stops. Then the connection closes before the announced length is reached, so that no client takes a part for the whole.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from enum import StrEnum
from typing import Final

from litestar.types import Receive, Scope, Send
from msgspec import Struct

from gateway import metrics
from gateway.errors import ClientGone, ObjectDamaged
from gateway.http.breaking_off import break_off
from gateway.http.paced_sending import BLOCK_BYTES
from gateway.results.objects import Kind
from gateway.shutdown import Shutdown, expire_now
from objects import ObjectMissing, StoreError
from runtime.tasks import cancel_and_wait

DELETION_CHECK_SECONDS: Final = 5.0  # a download continues for at most this long after a deletion
STALL_SECONDS: Final = 300.0  # a player that is paused comes back with a Range

_log = logging.getLogger(__name__)


class Gone(StrEnum):
    DELETED = "deleted"  # the dataset was
    REPLACED = "replaced"  # by another result: what it was made of stays for a while, and then goes


class Watch(Struct, frozen=True):
    """`why_gone` asks why what is sent is not there any more, if so; `fields` identify the request in the log."""

    why_gone: Callable[[], Awaitable[Gone | None]]
    shutdown: Shutdown
    fields: dict[str, str]


class Delivery:
    """`pieces` makes the body, of which the announced length is known. It may raise ObjectDamaged, StoreError."""

    def __init__(self, kind: Kind, pieces: Callable[[], AsyncGenerator[bytes, None]], watch: Watch) -> None:
        self._kind, self._pieces, self._watch = kind, pieces, watch
        self._ends_because = "stopping"
        self._taken_at = 0.0

    async def send_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Closes the connection where the body can't be completed."""
        try:
            async with asyncio.timeout(None) as clock, self._watched(clock, receive):
                await self._send_all(send)
                return
        except TimeoutError:
            self._report(self._ends_because)
        except (ObjectDamaged, ObjectMissing) as exc:
            gone = await self._watch.why_gone()
            self._report(gone or "damaged", None if gone else str(exc))
        except StoreError as exc:
            self._report("storage", str(exc))
        # What a stalled client has not read would stay in the server's buffer.
        break_off(scope, at_once=self._ends_because == "stalled")

    async def _send_all(self, send: Send) -> None:
        async with aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                await self._send(send, piece)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send, data: bytes) -> None:
        # In blocks of its own, although `paced_sending` makes them: each one that is taken shows a client that reads.
        for first in range(0, len(data), BLOCK_BYTES):
            block = data[first : first + BLOCK_BYTES]
            await send({"type": "http.response.body", "body": block, "more_body": True})
            self._taken_at = asyncio.get_running_loop().time()
            metrics.downloaded(self._kind, len(block))

    @asynccontextmanager
    async def _watched(self, clock: asyncio.Timeout, receive: Receive) -> AsyncIterator[None]:
        self._taken_at = asyncio.get_running_loop().time()
        watching = (
            asyncio.create_task(self._watch_client(clock, receive)),
            asyncio.create_task(self._watch_dataset(clock)),
        )
        with self._watch.shutdown.expiring(clock), metrics.download_under_way():
            try:
                yield
            finally:
                await cancel_and_wait(*watching)

    async def _watch_client(self, clock: asyncio.Timeout, receive: Receive) -> None:
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except ClientGone:
            pass
        self._end(clock, "client-gone")

    async def _watch_dataset(self, clock: asyncio.Timeout) -> None:
        while True:
            await asyncio.sleep(DELETION_CHECK_SECONDS)
            if asyncio.get_running_loop().time() - self._taken_at > STALL_SECONDS:
                return self._end(clock, "stalled")
            if await self._watch.why_gone() is Gone.DELETED:
                return self._end(clock, "deleted")

    def _end(self, clock: asyncio.Timeout, reason: str) -> None:
        self._ends_because = reason
        expire_now(clock)

    def _report(self, reason: str, error: str | None = None) -> None:
        metrics.download_broken_off(reason)
        fields = {"reason": reason, "kind": self._kind.value, "error": error, **self._watch.fields}
        _log.log(
            logging.ERROR if reason == "damaged" else logging.INFO, "download broken off", extra={"fields": fields}
        )
