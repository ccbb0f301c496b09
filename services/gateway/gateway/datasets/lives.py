"""Reading and appending to lives within a request's time: a clear answer, or `BusUnavailable`, in five seconds."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from bus.errors import BusUnavailable
from bus.life_log import Appended, LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import commands, life
from gateway.datasets.connection import USER, Connection
from gateway.errors import CommandRefused, NotFound

DEADLINE_SECONDS: Final = 4.0  # the rest of the five belongs to the way there and back, and to an upload's objects

T = TypeVar("T")


class Lives:
    """The lives of all datasets, as one user may see them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check(self) -> None:
        """Raises: BusUnavailable while the line is down, before anything large is read in vain."""
        self._connection.client()

    async def seen(self, dataset_id: str, user_id: str) -> int:
        """The sequence of the last event in the life of the user's dataset.

        Raises: NotFound where there is none, it is deleted, or it is somebody else's; BusUnavailable.
        """
        state = (await _patient(self._log().head(dataset_id))).state
        if isinstance(state, life.Absent | life.Deleted) or state.user_id != user_id:
            raise NotFound("There is no such dataset.")
        return state.seq

    async def append(self, command: commands.AnyCommand) -> Appended:
        """Raises: CommandRefused; BusUnavailable, after which the event may or may not be stored."""
        return _accepted(await _patient(self._log().submit(command)))

    async def append_upload(self, upload: commands.Upload, request: commands.RequestProcess | None) -> Appended:
        """Begins a life; with `request` its first run begins in the same breath.

        Raises: as `append`.
        """
        if request is None:
            return await self.append(upload)
        return _accepted(await _patient(self._log().submit_upload(upload, request)))

    def _log(self) -> LifeLog:
        return LifeLog(Stream(self._connection.client()), MessageFactory(USER), DEADLINE_SECONDS)


async def _patient(answer: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await answer
    except TimeoutError as exc:
        raise BusUnavailable("no clear answer in time") from exc


def _accepted(outcome: Appended | life.Refused) -> Appended:
    if isinstance(outcome, life.Refused):
        raise CommandRefused(outcome)
    return outcome
