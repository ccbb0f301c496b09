"""Reading and appending to lives within a request's time: a clear answer, or `BusUnavailable`, in five seconds."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from bus.background_connection import BackgroundConnection
from bus.errors import BusUnavailable
from bus.life_log import Appended, LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import commands, life
from gateway import SERVICE
from gateway.errors import CommandRefused, NotFound

DEADLINE_SECONDS: Final = 4.0  # the rest of the five is for the network, and for an upload's objects

T = TypeVar("T")


class LastEvent(NamedTuple):
    """What a dataset's last life event says: the state it led to, and when."""

    state: life.Alive
    at: datetime


class Lives:
    """The lives of all datasets, as one user may see them."""

    def __init__(self, connection: BackgroundConnection) -> None:
        self._connection = connection

    def check(self) -> None:
        """Raises: BusUnavailable while NATS is not connected, before a large body is read for nothing."""
        self._connection.client()

    async def last(self, dataset_id: str, user_id: str) -> LastEvent:
        """The last event in the life of the user's dataset, from the stream's leader.

        Raises: NotFound where there is none, it is deleted, or it is another user's; BusUnavailable.
        """
        head = await _in_time(self._log().head(dataset_id))
        if head.event is None or isinstance(head.state, life.Absent | life.Deleted) or head.state.user_id != user_id:
            raise NotFound
        return LastEvent(head.state, head.event.at)

    async def append(self, command: commands.AnyCommand) -> Appended:
        """Raises: CommandRefused; BusUnavailable, after which the event may or may not be stored."""
        return _accepted(await _in_time(self._log().submit(command)))

    async def append_upload(self, upload: commands.Upload, request: commands.RequestProcess | None) -> Appended:
        """Begins a life; with `request` its first run begins with it.

        Raises: as `append`.
        """
        return _accepted(await _in_time(self._log().submit_upload(upload, request)))

    def _log(self) -> LifeLog:
        return LifeLog(Stream(self._connection.client()), MessageFactory(SERVICE), DEADLINE_SECONDS)


async def _in_time(answer: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await answer
    except TimeoutError as exc:
        raise BusUnavailable("no clear answer in time") from exc


def _accepted(outcome: Appended | life.Refused) -> Appended:
    if isinstance(outcome, life.Refused):
        raise CommandRefused(outcome)
    return outcome
