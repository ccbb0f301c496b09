"""One multipart upload: parts go out in ascending order, a bounded number at a time.

It ends completed, or aborted even when its task is cancelled in the middle of a request. What cannot be
aborted, because the store is gone, is left to the sweeper that removes uploads open for a day.
"""

import asyncio
import contextlib
import io
from collections.abc import Coroutine
from typing import Any, TypeVar

from objects.connection import Connection
from objects.digests import content_md5
from objects.errors import StoreError
from objects.sending import abort_upload, complete_upload, create_upload, send_part

Answer = TypeVar("Answer")


class MultipartUpload:
    """Created at the store with the first part."""

    def __init__(
        self,
        connection: Connection,
        key: str,
        content_type: str,
        in_flight: int,
        travelling: asyncio.Semaphore | None = None,
    ) -> None:
        self._connection = connection
        self._key = key
        self._content_type = content_type
        self._in_flight = in_flight
        self._travelling = travelling or asyncio.Semaphore(in_flight)
        self._creation: asyncio.Task[str] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._tags: list[str] = []  # by part number - 1; empty until the part is stored

    @property
    def next_number(self) -> int:
        """The number of the next part, from 1."""
        return len(self._tags) + 1

    async def send(self, body: io.BytesIO) -> None:
        """Returns as soon as the part is being sent; the buffer belongs to the upload from then on.

        Raises: what an earlier part failed with.
        """
        upload_id = await self._upload_id()
        await self._until_sending_fewer_than(self._in_flight)
        # Some stores hold back parts that come early, so a part starts before its successor is even hashed.
        digest = await content_md5(body.getbuffer())
        await self._travelling.acquire()
        self._tags.append("")
        part = asyncio.create_task(self._send(upload_id, len(self._tags), body, digest))
        # Not in the part itself: a task that is cancelled before it begins runs no `finally`.
        part.add_done_callback(lambda _: self._travelling.release())
        self._sending.add(part)

    async def complete(self) -> None:
        """Makes the object visible. A cancellation during the last request is raised after its answer."""
        upload_id = await self._upload_id()
        await self._until_sending_fewer_than(1)
        await _finish_uncancelled(complete_upload(self._connection, self._key, upload_id, self._tags))

    async def abort(self) -> None:
        """Leaves nothing behind. Raises nothing of the store; a cancellation is raised at the end."""
        await _finish_uncancelled(self._abort())

    async def _upload_id(self) -> str:
        # Shielded: when the caller is cancelled here, the upload exists all the same and abort() needs its id.
        if self._creation is None:
            creating = create_upload(self._connection, self._key, self._content_type)
            self._creation = asyncio.create_task(creating)
        return await asyncio.shield(self._creation)

    async def _send(self, upload_id: str, number: int, body: io.BytesIO, digest: str) -> None:
        tag = await send_part(self._connection, self._key, upload_id, number, body, digest)
        self._tags[number - 1] = tag

    async def _until_sending_fewer_than(self, count: int) -> None:
        while len(self._sending) >= count:
            done, self._sending = await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)
            failures = [error for error in (task.exception() for task in done) if error]
            if failures:
                raise failures[0]

    async def _abort(self) -> None:
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        self._sending.clear()
        if self._creation is None:
            return
        with contextlib.suppress(StoreError, TimeoutError):
            async with asyncio.timeout(self._connection.timeouts.abort_seconds):
                await abort_upload(self._connection, self._key, await self._creation)


async def _finish_uncancelled(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Finishes `work`, which must be bounded in time, before a cancellation of the caller continues."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not log it; the caller gets the cancellation
        raise
