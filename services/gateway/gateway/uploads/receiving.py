"""Receiving uploads: the slot that one needs, the time it may take, and the objects it becomes.

Either everything is stored and kept, or nothing is. Only a crash leaves objects, and a prefix without a life is removed
by the sweeper.
"""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

from litestar import Request

from contracts.dataset import TranscriptType
from gateway.domain.admission import Slot
from gateway.domain.transcript import TranscriptInfo, inspect
from gateway.domain.upload_errors import UploadErrors
from gateway.errors import GatewayError, Stopping, UploadTimedOut, UploadTooLarge, UploadTooSlow
from gateway.http.auth import Caller
from gateway.http.query import deferred_errors
from gateway.shutdown import Shutdown, expire_now
from gateway.uploads.form_reader import FormReader, ParsedUpload
from gateway.uploads.limits import Limits
from gateway.uploads.multipart_reader import MultipartReader, boundary_of
from gateway.uploads.slots import Slots, log_ended, needed_bytes
from gateway.uploads.staging import Cleaning, Staging
from gateway.uploads.whole_parts import transcript, transcript_too_large
from objects import ObjectStore

T = TypeVar("T")


class Uploads:
    """Every upload of this process, and the deletion of what failed ones stored."""

    def __init__(self, store: ObjectStore, limits: Limits, shutdown: Shutdown) -> None:
        self._store, self._limits, self._shutdown, self._cleaning = store, limits, shutdown, Cleaning()
        self._slots = Slots(limits.capacity)
        self._parts_in_flight = asyncio.Semaphore(limits.capacity.parts_in_flight)
        # One thread: inspecting a transcript takes seven times its size, and two at once would take fourteen.
        self._inspecting = ThreadPoolExecutor(1, "transcripts")

    def staging(self, prefix: str) -> Staging:
        return Staging(self._store, prefix, self._cleaning, self._parts_in_flight)

    @asynccontextmanager
    async def slot(self, request: Request[Any, Any, Any], caller: Caller) -> AsyncIterator[Slot]:
        """Within it, the upload has a slot. Nothing of the body has been read when it gets none.

        Raises: MalformedBody, UploadTooLarge, TooManyUploads, UploadsFull.
        """
        boundary_of(request.headers.get("content-type", ""))
        if (request.content_length or 0) > self._limits.body_bytes:
            raise UploadTooLarge(f"An upload may have at most {self._limits.body_bytes} bytes.")
        with self._slots.held(caller.user_id, request.content_length) as slot:
            try:
                yield slot
            except UploadTooSlow:
                log_ended(slot, caller.request_id)
                raise

    async def read(self, request: Request[Any, Any, Any], staging: Staging, slot: Slot) -> ParsedUpload:
        """Raises: UploadTooSlow, UploadTimedOut, Stopping, ClientGone, UploadsFull, and as `FormReader.read`."""
        async with self._arriving(request, slot) as body:
            return await self._form(request, body, staging, slot).read()

    @asynccontextmanager
    async def transcript(self, request: Request[Any, Any, Any], caller: Caller) -> AsyncIterator[bytes]:
        """Within it, a body that consists of a transcript alone is complete, and has a slot.

        Raises: TranscriptTooLarge; and as `slot` and `read`.
        """
        limit_bytes = self._limits.transcript_bytes
        if (request.content_length or 0) > limit_bytes:
            raise transcript_too_large(limit_bytes)
        with self._slots.held(caller.user_id, request.content_length) as slot:
            try:
                async with self._arriving(request, slot) as body:
                    next_chunk = functools.partial(anext, body, None)
                    received = await transcript(next_chunk, limit_bytes, self._reserving(request, slot))
            except UploadTooSlow:
                log_ended(slot, caller.request_id)
                raise
            yield received

    async def inspect(self, transcript: bytes, kind: TranscriptType | None, encoding: str | None) -> TranscriptInfo:
        """As `gateway.domain.transcript.inspect`, one transcript after another."""
        return await self.run_inspection(inspect, transcript, kind, encoding)

    async def run_inspection(self, function: Callable[..., T], *arguments: Any) -> T:
        """What `function` returns or raises, in the one thread in which transcripts are read, one after another."""
        work = functools.partial(function, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._inspecting, work)

    async def finish(self) -> None:
        """Waits for deletions in progress, before the store is closed."""
        self._inspecting.shutdown(wait=False, cancel_futures=True)
        await self._cleaning.finish()

    def _form(
        self, request: Request[Any, Any, Any], body: AsyncIterator[bytes], staging: Staging, slot: Slot
    ) -> FormReader:
        parts = MultipartReader(body, boundary_of(request.headers.get("content-type", "")))
        errors = UploadErrors(*deferred_errors(request))
        return FormReader(parts, staging, self._limits, errors, self._reserving(request, slot))

    @asynccontextmanager
    async def _arriving(self, request: Request[Any, Any, Any], slot: Slot) -> AsyncIterator[AsyncIterator[bytes]]:
        """Within it, the body may be read, as long as it arrives in time."""
        try:
            async with asyncio.timeout(self._limits.upload_seconds) as clock, aclosing(request.stream()) as body:
                slot.on_evict = functools.partial(expire_now, clock)
                with self._shutdown.expiring(clock):
                    yield self._slots.paced(body, slot)
        except TimeoutError as exc:
            if clock.expired():
                raise self._ended(slot) from exc
            raise

    def _reserving(self, request: Request[Any, Any, Any], slot: Slot) -> Callable[[int], None]:
        """Lets the slot grow with the transcript; called with its size in bytes."""
        return lambda size_bytes: self._slots.grow(slot, needed_bytes(request.content_length, size_bytes))

    def _ended(self, slot: Slot) -> GatewayError:
        if self._shutdown.aborting:
            return Stopping("The gateway stops, and the upload is not complete.")
        if slot.is_evicted:
            return self._slots.too_slow()
        return UploadTimedOut(f"An upload may take {self._limits.upload_seconds:g} seconds.")
