"""Takes requests from NATS, shared among all replicas, and handles a bounded number of them concurrently.

It uses the NATS client directly: a framework for messages would cost a request more than its reply does.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus.connection import flush

MAX_CONCURRENT: Final = 64  # a request that waits for the rows must not hold up the others

Handler = Callable[[Msg], Awaitable[bytes]]  # from a request to the body of its reply

_log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(client: Client, queue: str, handlers: Mapping[str, Handler]) -> AsyncIterator[None]:
    """Serves each subject's requests while the block runs; those in progress at its end are cancelled."""
    server = _Server()
    subscriptions = [
        await client.subscribe(subject, queue=queue, cb=server.callback(handler))
        for subject, handler in handlers.items()
    ]
    with suppress(nats.errors.Error):  # the connection broke just now: nats-py subscribes again when it is back
        await flush(client)
    try:
        yield
    finally:
        if not client.is_closed:
            for subscription in subscriptions:
                await subscription.unsubscribe()
        await server.close()


class _Server:
    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._in_progress: set[asyncio.Task[None]] = set()

    def callback(self, handler: Handler) -> Callable[[Msg], Awaitable[None]]:
        async def take(request: Msg) -> None:
            await self._slots.acquire()
            task = asyncio.create_task(_reply(request, handler))
            self._in_progress.add(task)
            task.add_done_callback(self._done)

        return take

    async def close(self) -> None:
        for task in self._in_progress:
            task.cancel()
        await asyncio.gather(*self._in_progress, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_progress.discard(task)
        self._slots.release()
        if not task.cancelled() and (failure := task.exception()) is not None:
            # A bug: a handler replies to whatever can be foreseen. The requester gets no reply, and tries again.
            _log.error("question not answered", exc_info=failure)


async def _reply(request: Msg, handler: Handler) -> None:
    body = await handler(request)
    try:
        await request.respond(body)
    except nats.errors.Error as exc:
        _log.warning("reply not sent", extra={"fields": {"error": type(exc).__name__}})
