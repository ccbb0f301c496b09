"""Questions as they come over NATS, shared among all replicas and answered beside each other, at most so many at once.

Straight from the client: a framework for messages costs a question more than its answer does.
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

AT_ONCE: Final = 64  # one that waits for the rows must not hold up the others

Answer = Callable[[Msg], Awaitable[bytes]]

_log = logging.getLogger(__name__)


@asynccontextmanager
async def answering(client: Client, queue: str, answers: Mapping[str, Answer]) -> AsyncIterator[None]:
    """Answers each subject's questions from the block's first line to its end; those under way are given up then."""
    desk = _Desk()
    subscriptions = [
        await client.subscribe(subject, queue=queue, cb=desk.taker(answer)) for subject, answer in answers.items()
    ]
    with suppress(nats.errors.Error):  # a line that breaks just now: nats-py subscribes anew when it is back
        await flush(client)
    try:
        yield
    finally:
        if not client.is_closed:
            for subscription in subscriptions:
                await subscription.unsubscribe()
        await desk.close()


class _Desk:
    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()

    def taker(self, answer: Answer) -> Callable[[Msg], Awaitable[None]]:
        async def take(question: Msg) -> None:
            await self._places.acquire()
            task = asyncio.create_task(_reply(question, answer))
            self._under_way.add(task)
            task.add_done_callback(self._done)

        return take

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._places.release()
        if not task.cancelled() and (problem := task.exception()) is not None:
            # Ours to mend: `answer` answers whatever can be foreseen. The asker hears nothing, and asks again.
            _log.error("question not answered", exc_info=problem)


async def _reply(question: Msg, answer: Answer) -> None:
    told = await answer(question)
    try:
        await question.respond(told)
    except nats.errors.Error as exc:
        _log.warning("answer not sent", extra={"fields": {"error": type(exc).__name__}})
