"""Receiving uploads: the slot that one needs, the time it may take, and the objects it becomes.

Either everything is stored and kept, or nothing is. Only a crash leaves objects, and a prefix without a life is removed
by the sweeper.
"""

import asyncio
import functools
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from typing import Any

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
from objects import ObjectStore


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
        try:
            async with asyncio.timeout(self._limits.upload_seconds) as clock, aclosing(request.stream()) as body:
                slot.on_evict = functools.partial(expire_now, clock)
                with self._shutdown.expiring(clock):
                    return await self._form(request, body, staging, slot).read()
        except TimeoutError as exc:
            if clock.expired():
                raise self._ended(slot) from exc
            raise

    async def inspect(self, transcript: bytes, kind: TranscriptType | None, encoding: str | None) -> TranscriptInfo:
        """As `gateway.domain.transcript.inspect`, one transcript after another."""
        work = functools.partial(inspect, transcript, kind, encoding)
        return await asyncio.get_running_loop().run_in_executor(self._inspecting, work)

    async def finish(self) -> None:
        """Waits for deletions in progress, before the store is closed."""
        self._inspecting.shutdown(wait=False, cancel_futures=True)
        await self._cleaning.finish()

    def _form(
        self, request: Request[Any, Any, Any], body: AsyncIterator[bytes], staging: Staging, slot: Slot
    ) -> FormReader:
        def reserve(transcript_bytes: int) -> None:
            self._slots.grow(slot, needed_bytes(request.content_length, transcript_bytes))

        parts = MultipartReader(self._slots.paced(body, slot), boundary_of(request.headers.get("content-type", "")))
        return FormReader(parts, staging, self._limits, UploadErrors(*deferred_errors(request)), reserve)

    def _ended(self, slot: Slot) -> GatewayError:
        if self._shutdown.aborting:
            return Stopping("The gateway stops, and the upload is not complete.")
        if slot.is_evicted:
            return self._slots.too_slow()
        return UploadTimedOut(f"An upload may take {self._limits.upload_seconds:g} seconds.")
