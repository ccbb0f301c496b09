"""The slots that uploads hold in this process: how much memory one reserves, and what is logged and counted of them.

What an upload holds follows from its announced length: the part of the recording that is being filled, and its
transcript. Parts that are being sent to the store are bounded for all uploads together.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

from gateway import metrics
from gateway.domain.admission import Admission, Slot
from gateway.errors import TooManyUploads, UploadsFull, UploadTooSlow
from gateway.uploads.limits import PART_BYTES, Capacity

CONNECTION_BYTES: Final = 256 * 1024  # what has been read from the connection and is not used yet
TRANSCRIPT_BYTES: Final = 256 * 1024  # of a transcript; nearly all of them are smaller
BUFFER_OVERHEAD: Final = 8  # a growing buffer is an eighth larger than what is in it

_log = logging.getLogger(__name__)


def needed_bytes(announced_bytes: int | None, transcript_bytes: int = 0) -> int:
    """What an upload may hold at once, of whose transcript `transcript_bytes` were received.

    None announces nothing: the upload may have any length.
    """
    held = PART_BYTES + max(transcript_bytes, TRANSCRIPT_BYTES)
    whole = held if announced_bytes is None else min(held, announced_bytes)
    return whole + whole // BUFFER_OVERHEAD + CONNECTION_BYTES


class Slots:
    """Every upload of this process has one, or is rejected."""

    def __init__(self, capacity: Capacity) -> None:
        self._min_rate = capacity.min_rate
        for_uploads = capacity.memory_bytes - capacity.parts_in_flight * PART_BYTES
        self._admission = Admission(for_uploads, capacity.per_user, capacity.min_rate)
        metrics.watch_slots(self._admission)

    @contextmanager
    def held(self, user_id: str, announced_bytes: int | None) -> Iterator[Slot]:
        """Within it, the upload has a slot.

        Raises: TooManyUploads, UploadsFull.
        """
        with _rejections_counted():
            slot = self._admission.admit(user_id, needed_bytes(announced_bytes), _now())
        try:
            yield slot
        finally:
            self._admission.release(slot)

    def grow(self, slot: Slot, size_bytes: int) -> None:
        """Raises: UploadsFull."""
        with _rejections_counted():
            self._admission.grow(slot, size_bytes, _now())

    async def paced(self, body: AsyncIterator[bytes], slot: Slot) -> AsyncIterator[bytes]:
        """The body as it arrives. Only the time in which the gateway waits for it is measured.

        Raises: UploadTooSlow.
        """
        while (chunk := await self._next(body, slot)) is not None:
            yield chunk

    def too_slow(self) -> UploadTooSlow:
        """The error of an upload that was slow, or evicted."""
        least = f"{self._min_rate.bytes_per_second} bytes a second over {self._min_rate.window_seconds:g} seconds"
        return UploadTooSlow(f"An upload must bring {least}, and sooner where others wait for its place.")

    async def _next(self, body: AsyncIterator[bytes], slot: Slot) -> bytes | None:
        chunk = None
        slot.begin_waiting(_now())
        try:
            async with asyncio.timeout(slot.pace.timeout_seconds):
                chunk = await anext(body, None)
        except TimeoutError as exc:
            raise self.too_slow() from exc
        finally:
            slot.end_waiting(_now(), len(chunk or b""))
        if slot.pace.is_too_slow and chunk is not None:
            raise self.too_slow()
        return chunk


def log_ended(slot: Slot, correlation_id: str) -> None:
    """One line and one count for an upload that was ended because its client was slow."""
    reason = "displaced" if slot.is_evicted else "slow"
    metrics.count_ended_upload(reason)
    fields = {
        "reason": reason,
        "user": slot.user_id,
        "reserved_bytes": slot.reserved_bytes,
        "correlation_id": correlation_id,
    }
    _log.warning("upload ended", extra={"fields": fields})


@contextmanager
def _rejections_counted() -> Iterator[None]:
    """Counted only: the log line of a rejected upload is that of every retryable problem."""
    try:
        yield
    except TooManyUploads:
        metrics.count_rejected_upload("user")
        raise
    except UploadsFull:
        metrics.count_rejected_upload("memory")
        raise


def _now() -> float:
    return asyncio.get_running_loop().time()
