"""One upload: its parts in any order, the recording straight into the store, the rest held in memory.

Either everything is stored and kept, or nothing is. Only a crash leaves objects, and a prefix without a life is the
sweeper's to remove.
"""

import asyncio
import functools
import io
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

from litestar import Request
from msgspec import Struct

from contracts.dataset import TranscriptType
from gateway.domain.admission import Place
from gateway.domain.complaints import Complaints
from gateway.domain.fields import FIELDS, MAX_FIELD_BYTES, value_of
from gateway.domain.transcript import Judged, judge
from gateway.domain.wording import quoted
from gateway.errors import (
    Fault,
    GatewayError,
    InvalidRequest,
    Stopping,
    TranscriptTooLarge,
    UploadTimedOut,
    UploadTooLarge,
    UploadTooSlow,
)
from gateway.http.auth import Caller
from gateway.http.query import put_off
from gateway.shutdown import Leaving, run_out
from gateway.uploads.multipart_reader import MultipartReader, boundary_of
from gateway.uploads.parts import SEARCH_BYTES, content, pass_over
from gateway.uploads.places import Places, Room, needed_bytes, tell_of_ended
from gateway.uploads.staging import Cleaning, NextChunk, Staging, StoredObject, recognise
from objects import ObjectStore

REQUIRED: Final = ("audio", "transcript", "name")
PARTS: Final = frozenset((*REQUIRED, *FIELDS))

_EXAMPLES: Final = {"audio": "talk.wav", "transcript": "talk.srt"}


class Limits(Struct, frozen=True, kw_only=True):
    """The largest parts taken, in bytes; how long a whole upload may take; and the room for all uploads together."""

    audio_bytes: int
    transcript_bytes: int
    upload_seconds: float
    room: Room

    @property
    def body_bytes(self) -> int:
        """No body longer than this can be valid: two full parts, every text field, and room for what lies between."""
        return self.audio_bytes + self.transcript_bytes + len(FIELDS) * MAX_FIELD_BYTES + 256 * 1024


class Intake(Struct, frozen=True):
    """All parts of an upload. `values` are the judged text fields by name."""

    audio: StoredObject
    transcript: bytes
    values: dict[str, Any]


class Uploads:
    """Every upload of this process, and the cleaning up after those that failed."""

    def __init__(self, store: ObjectStore, limits: Limits, leaving: Leaving) -> None:
        self._store, self._limits, self._leaving, self._cleaning = store, limits, leaving, Cleaning()
        self._places = Places(limits.room)
        self._travelling = asyncio.Semaphore(limits.room.parts)
        # One thread: judging a transcript takes seven times its size, and two at once would take fourteen.
        self._judging = ThreadPoolExecutor(1, "judging")

    def staging(self, prefix: str) -> Staging:
        return Staging(self._store, prefix, self._cleaning, self._travelling)

    @asynccontextmanager
    async def place(self, request: Request[Any, Any, Any], caller: Caller) -> AsyncIterator[Place]:
        """Within it, the upload has a place. Nothing of the body has been read when one is refused.

        Raises: MalformedBody, UploadTooLarge, TooManyUploads, NoRoom.
        """
        boundary_of(request.headers.get("content-type", ""))
        if (request.content_length or 0) > self._limits.body_bytes:
            raise UploadTooLarge(f"An upload may have at most {self._limits.body_bytes} bytes.")
        with self._places.held(caller.user_id, request.content_length) as place:
            try:
                yield place
            except UploadTooSlow:
                tell_of_ended(place, caller.request_id)
                raise

    async def take(self, request: Request[Any, Any, Any], staging: Staging, place: Place) -> Intake:
        """Raises: UploadTooSlow, UploadTimedOut, Stopping, ClientGone, NoRoom, and as the function `take`."""
        boundary = boundary_of(request.headers.get("content-type", ""))

        def grow(transcript_bytes: int) -> None:
            self._places.grow(place, needed_bytes(request.content_length, transcript_bytes))

        try:
            async with asyncio.timeout(self._limits.upload_seconds) as clock, aclosing(request.stream()) as body:
                place.end = functools.partial(run_out, clock)
                with self._leaving.breaking_off(clock):
                    complaints = Complaints(*put_off(request))
                    reader = MultipartReader(self._places.paced(body, place), boundary)
                    return await take(reader, staging, self._limits, complaints, grow)
        except TimeoutError as exc:
            if clock.expired():
                raise self._ended(place) from exc
            raise

    async def judge(self, transcript: bytes, kind: TranscriptType | None, encoding: str | None) -> Judged:
        """As `gateway.domain.transcript.judge`, one transcript after another."""
        work = functools.partial(judge, transcript, kind, encoding)
        return await asyncio.get_running_loop().run_in_executor(self._judging, work)

    async def finish(self) -> None:
        """Lets the cleaning up that is under way end before the store is closed."""
        self._judging.shutdown(wait=False, cancel_futures=True)
        await self._cleaning.finish()

    def _ended(self, place: Place) -> GatewayError:
        if self._leaving.over:
            return Stopping("The gateway stops, and the upload is not complete.")
        if place.lost:
            return self._places.too_slow()
        return UploadTimedOut(f"An upload may take {self._limits.upload_seconds:g} seconds.")


async def take(
    reader: MultipartReader, staging: Staging, limits: Limits, complaints: Complaints, grow: Callable[[int], None]
) -> Intake:
    """Reads every part, in any order; the recording is in the store when this returns. With a fault nothing more is
    stored, and little more is read: to tell of the other faults, too, as far as they are near.

    `grow` is told how many bytes the transcript has, before they are kept.

    Raises: InvalidRequest for parts that are unknown, repeated, missing or have a bad value; MalformedBody;
    AudioTooLarge, TranscriptTooLarge; EmptyAudio, NotAudio, NoAudio, UnsupportedAudio; StoreError.
    """
    parts: dict[str, Any] = {}
    spare_bytes = SEARCH_BYTES
    with complaints.completing():
        while spare_bytes > 0 and (field := await reader.next_part()) is not None:
            with complaints.noting():
                _check_name(field, parts)
                parts[field] = None
                parts[field] = await _part(field, reader, staging, limits, grow, wanted=not complaints)
            if complaints:
                spare_bytes -= await pass_over(reader, spare_bytes)
    if spare_bytes > 0:
        complaints.add(*(_missing(part) for part in REQUIRED if part not in parts))
    complaints.tell()
    return Intake(parts.pop("audio"), parts.pop("transcript"), parts)


async def _part(
    field: str,
    reader: MultipartReader,
    staging: Staging,
    limits: Limits,
    grow: Callable[[int], None],
    *,
    wanted: bool,
) -> Any:
    """The part that `reader` is at; a recording that is not wanted any more is only looked at."""
    match field:
        case "audio" if wanted:
            return await staging.audio(await content(field, reader), limits.audio_bytes)
        case "audio":
            return await recognise(await content(field, reader))
        case "transcript":
            return await _transcript(await content(field, reader), limits.transcript_bytes, grow)
    return value_of(field, await _text(field, reader.next_chunk))


def _missing(part: str) -> Fault:
    such = f"{part}=@{_EXAMPLES[part]}" if part in _EXAMPLES else f"{part}=..."
    return Fault(part, "missing", f"The part '{part}' is missing; with curl: -F {such}")


def _check_name(field: str, parts: Collection[str]) -> None:
    if field not in PARTS:
        known = ", ".join((*REQUIRED, *(name for name in FIELDS if name not in REQUIRED)))
        raise InvalidRequest(Fault(field, "unknown", f"There is no part named {quoted(field)}; there are {known}."))
    if field in parts:
        raise InvalidRequest(Fault(field, "duplicate", f"The part '{field}' may be there only once."))


async def _transcript(next_chunk: NextChunk, limit_bytes: int, grow: Callable[[int], None]) -> bytes:
    body = await _whole(next_chunk, limit_bytes, grow)
    if body is None:
        detail = f"A transcript may have at most {limit_bytes} bytes."
        raise TranscriptTooLarge(detail, Fault("transcript", "too-large", detail))
    return body


async def _text(field: str, next_chunk: NextChunk) -> bytes:
    body = await _whole(next_chunk, MAX_FIELD_BYTES, lambda _: None)
    if body is None:
        raise InvalidRequest(Fault(field, "invalid", f"'{field}' may have at most {MAX_FIELD_BYTES} bytes."))
    return body


async def _whole(next_chunk: NextChunk, limit_bytes: int, grow: Callable[[int], None]) -> bytes | None:
    """The whole part; None where it has more than `limit_bytes`."""
    body = io.BytesIO()  # gives away what it holds without a copy
    while (chunk := await next_chunk()) is not None:
        if body.tell() + len(chunk) > limit_bytes:
            return None
        grow(body.tell() + len(chunk))
        body.write(chunk)
    return body.getvalue()
