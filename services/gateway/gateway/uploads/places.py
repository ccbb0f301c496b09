"""The places that uploads hold in this process: how large one is, and what is told of them.

What an upload holds follows from its announced length: one part of the recording that is being filled, and its
transcript. Parts that travel are bounded for all uploads together, and wait for each other without any client.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from gateway import metrics
from gateway.domain.admission import Admission, Place
from gateway.domain.pace import LeastRate
from gateway.errors import NoRoom, TooManyUploads, UploadTooSlow

MEBIBYTE: Final = 1024 * 1024
PART_BYTES: Final = 8 * MEBIBYTE
SHARE_OF_PARTS: Final = 4  # one fourth of the memory is for parts on their way to the store
CONNECTION_BYTES: Final = 256 * 1024  # what has been read from the line and is not used yet
TRANSCRIPT_BYTES: Final = 256 * 1024  # of a transcript, which nearly all of them fit in
SPARE: Final = 8  # a growing buffer is an eighth larger than what is in it

_log = logging.getLogger(__name__)


class Room(Struct, frozen=True, kw_only=True):
    """The memory of all uploads in bytes, how many of them a user may have at once, and how slow one may be."""

    memory_bytes: int
    per_user: int
    least: LeastRate

    @property
    def parts(self) -> int:
        """How many parts may travel at once."""
        return max(2, self.memory_bytes // SHARE_OF_PARTS // PART_BYTES)


def needed_bytes(announced_bytes: int | None, transcript_bytes: int = 0) -> int:
    """What an upload may hold at once, of whose transcript `transcript_bytes` have come.

    None announces nothing: the upload may have any length.
    """
    held = PART_BYTES + max(transcript_bytes, TRANSCRIPT_BYTES)
    whole = held if announced_bytes is None else min(held, announced_bytes)
    return whole + whole // SPARE + CONNECTION_BYTES


class Places:
    """Every upload of this process has one, or is refused."""

    def __init__(self, room: Room) -> None:
        self._least = room.least
        self._admission = Admission(room.memory_bytes - room.parts * PART_BYTES, room.per_user, room.least)
        metrics.watch_places(self._admission)

    @contextmanager
    def held(self, user_id: str, announced_bytes: int | None) -> Iterator[Place]:
        """Within it, the upload has a place.

        Raises: TooManyUploads, NoRoom.
        """
        with _refusals_counted():
            place = self._admission.admit(user_id, needed_bytes(announced_bytes), _now())
        try:
            yield place
        finally:
            self._admission.leave(place)

    def grow(self, place: Place, size_bytes: int) -> None:
        """Raises: NoRoom."""
        with _refusals_counted():
            self._admission.grow(place, size_bytes, _now())

    async def paced(self, body: AsyncIterator[bytes], place: Place) -> AsyncIterator[bytes]:
        """The body as it comes. Only the time is measured in which it is waited for.

        Raises: UploadTooSlow.
        """
        while (chunk := await self._next(body, place)) is not None:
            yield chunk

    def too_slow(self) -> UploadTooSlow:
        """What is told to a client that lost its place."""
        least = f"{self._least.bytes_per_second} bytes a second over {self._least.window_seconds:g} seconds"
        return UploadTooSlow(f"An upload must bring {least}, and sooner where others wait for its place.")

    async def _next(self, body: AsyncIterator[bytes], place: Place) -> bytes | None:
        chunk = None
        place.await_client(_now())
        try:
            async with asyncio.timeout(place.pace.patience_seconds):
                chunk = await anext(body, None)
        except TimeoutError as exc:
            raise self.too_slow() from exc
        finally:
            place.hear(_now(), len(chunk or b""))
        if place.pace.is_too_slow and chunk is not None:
            raise self.too_slow()
        return chunk


def tell_of_ended(place: Place, correlation_id: str) -> None:
    """One line and one figure for an upload that was ended because its client was slow."""
    reason = "displaced" if place.lost else "slow"
    metrics.upload_ended(reason)
    fields = {
        "reason": reason,
        "user": place.user_id,
        "reserved_bytes": place.reserved_bytes,
        "correlation_id": correlation_id,
    }
    _log.warning("upload ended", extra={"fields": fields})


@contextmanager
def _refusals_counted() -> Iterator[None]:
    """The line of a refusal is that of every answer which says to come again."""
    try:
        yield
    except TooManyUploads:
        metrics.upload_refused("user")
        raise
    except NoRoom:
        metrics.upload_refused("memory")
        raise


def _now() -> float:
    return asyncio.get_running_loop().time()
