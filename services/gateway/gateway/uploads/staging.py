"""The objects of an upload that is not a dataset yet: written below one prefix, and deleted unless they are kept.

Deleting happens even when the request's task is cancelled; a deletion that fails leaves the rest to the sweeper.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from hashlib import sha256
from types import TracebackType
from typing import Any, Final, Self

from msgspec import Struct

from contracts import keys
from gateway.domain import iso_media
from gateway.domain.sniff import HEAD_BYTES, Format, sniff
from gateway.domain.transcript import transcript_name
from gateway.errors import AudioTooLarge, EmptyAudio, FieldError, GatewayError, NoAudio, NotAudio, UnsupportedAudio
from gateway.uploads.limits import PART_BYTES
from objects import ObjectStore, StoreError, StoreUnavailable

CLEANING_SECONDS: Final = 2.0  # how long an answer waits for deletions; the rest happens after it
FINISH_SECONDS: Final = 5.0

NextChunk = Callable[[], Awaitable[bytes | None]]

_log = logging.getLogger(__name__)


class StoredObject(Struct, frozen=True):
    """An object as written: its key, its size in bytes, its sha256 as lower-case hex."""

    key: str
    size_bytes: int
    sha256: str


class Cleaning:
    """Deletions, which are completed even if their request is cancelled."""

    def __init__(self) -> None:
        self._in_progress: set[asyncio.Task[None]] = set()

    async def run(self, work: Coroutine[Any, Any, None], *, wait_seconds: float) -> None:
        """Waits a moment for `work`. The work continues after that, and when the caller is cancelled."""
        task = asyncio.create_task(work)
        self._in_progress.add(task)
        task.add_done_callback(self._in_progress.discard)
        await asyncio.wait({task}, timeout=wait_seconds)

    async def finish(self) -> None:
        """Waits for all of it, for as long as a stopping process may."""
        if self._in_progress:
            await asyncio.wait(self._in_progress, timeout=FINISH_SECONDS)


class Staging:
    """Async context manager: on leaving, what was stored below `prefix` is deleted unless `keep` was called."""

    def __init__(
        self, store: ObjectStore, prefix: str, cleaning: Cleaning, in_flight: asyncio.Semaphore | None = None
    ) -> None:
        self._store, self._prefix, self._cleaning, self._in_flight = store, prefix, cleaning, in_flight
        self._keys: tuple[str, ...] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keys:
            # A store that is unavailable deletes nothing, and the client has waited long enough.
            wait_seconds = 0 if isinstance(problem, StoreUnavailable) else CLEANING_SECONDS
            await self._cleaning.run(self._delete(self._keys), wait_seconds=wait_seconds)

    def keep(self) -> None:
        """From here on a life may name the objects: they belong to it, whatever happens next."""
        self._keys = ()

    async def audio(self, next_chunk: NextChunk, limit_bytes: int) -> StoredObject:
        """Streams a recording into the store, with the extension of the format that its first bytes have.

        Raises: EmptyAudio, NotAudio, NoAudio, UnsupportedAudio, AudioTooLarge; StoreError; what `next_chunk` raises.
        """
        head, found = await recognise(next_chunk)
        key = self._own(keys.source_audio(self._prefix, found.extension))
        taken, chunk = 0, head or None
        async with self._store.writer(key, found.content_type, PART_BYTES, travelling=self._in_flight) as writer:
            while chunk is not None:
                taken += len(chunk)
                if taken > limit_bytes:
                    raise _too_large(limit_bytes)
                await writer.write(chunk)
                chunk = await next_chunk()
        return StoredObject(key, writer.size_bytes, writer.sha256)

    async def transcript(self, body: bytes, extension: str) -> StoredObject:
        """Stores a transcript as it came, byte for byte.

        Raises: StoreError.
        """
        key = self._own(keys.transcript(self._prefix, extension))
        await self._store.put(key, body, "text/vtt" if extension == "vtt" else "text/plain")
        return StoredObject(key, len(body), sha256(body).hexdigest())

    def _own(self, key: str) -> str:
        self._keys += (key,)
        return key

    async def _delete(self, keys: tuple[str, ...]) -> None:
        try:
            await self._store.delete(list(keys))
        except StoreError as exc:
            # The sweeper finds them: no life will ever name this prefix.
            fields = {"prefix": self._prefix, "error": type(exc).__name__}
            _log.warning("objects left behind", extra={"fields": fields})


async def recognise(next_chunk: NextChunk) -> tuple[bytes, Format]:
    """The first bytes of a recording, at least `HEAD_BYTES` if it has so many, and what those say it is.

    What it is follows from the same bytes whether they come in small pieces or in large ones.

    Raises: EmptyAudio, NotAudio, NoAudio, UnsupportedAudio; what `next_chunk` raises.
    """
    head = await _head(next_chunk)
    return head, await asyncio.to_thread(_format, head[:HEAD_BYTES])


async def _head(next_chunk: NextChunk) -> bytes:
    head = bytearray()
    while len(head) < HEAD_BYTES and (chunk := await next_chunk()) is not None:
        head += chunk
    return bytes(head)


def _what_it_is(head: bytes) -> str:
    name = transcript_name(head)
    if name is None:
        return "Its first bytes belong to no audio or video format that is known."
    return f"It is {name}, so it belongs in the part 'transcript', and the recording in 'audio'."


def _format(head: bytes) -> Format:
    if not head:
        raise _unusable(EmptyAudio, "empty", "It has no bytes.")
    found = sniff(head)
    if found is None:
        raise _unusable(NotAudio, "unknown-format", _what_it_is(head))
    if iso_media.is_protected(head):
        raise _unusable(UnsupportedAudio, "protected", "It is encrypted (DRM); only whoever protected it can read it.")
    if iso_media.has_no_audio(head):
        raise _unusable(NoAudio, "no-audio-stream", "It has no stream of sound.")
    return found


def _unusable(error: type[GatewayError], code: str, detail: str) -> GatewayError:
    return error(f"The part 'audio' can't be used. {detail}", FieldError("audio", code, detail))


def _too_large(limit_bytes: int) -> AudioTooLarge:
    detail = f"A recording may have at most {limit_bytes} bytes."
    return AudioTooLarge(detail, FieldError("audio", "too-large", detail))
