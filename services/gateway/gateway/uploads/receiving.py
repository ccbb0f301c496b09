"""One upload: its parts in any order, the recording straight into the store, the rest held in memory.

Either everything is stored and kept, or nothing is. Only a crash leaves objects, and a prefix without a life is the
sweeper's to remove.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing
from typing import Any, Final

from litestar import Request
from msgspec import Struct

from gateway.domain.complaints import Complaints
from gateway.domain.fields import FIELDS, MAX_FIELD_BYTES, value_of
from gateway.domain.wording import quoted
from gateway.errors import Fault, InvalidRequest, Stopping, TranscriptTooLarge, UploadTimedOut, UploadTooLarge
from gateway.http.query import put_off
from gateway.shutdown import Leaving
from gateway.uploads.multipart_reader import MultipartReader, boundary_of
from gateway.uploads.parts import SEARCH_BYTES, content, pass_over
from gateway.uploads.staging import Cleaning, NextChunk, Staging, StoredObject, recognise
from objects import ObjectStore

REQUIRED: Final = ("audio", "transcript", "name")
SILENCE_SECONDS: Final = 60.0
PARTS: Final = frozenset((*REQUIRED, *FIELDS))

_EXAMPLES: Final = {"audio": "talk.wav", "transcript": "talk.srt"}


class Limits(Struct, frozen=True, kw_only=True):
    """The largest parts taken, in bytes, and how long a whole upload may take."""

    audio_bytes: int
    transcript_bytes: int
    upload_seconds: float

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

    def staging(self, prefix: str) -> Staging:
        return Staging(self._store, prefix, self._cleaning)

    async def take(self, request: Request[Any, Any, Any], staging: Staging) -> Intake:
        """Raises: MalformedBody, UploadTooLarge, UploadTimedOut, Stopping, ClientGone, and as the function `take`."""
        boundary = boundary_of(request.headers.get("content-type", ""))
        if (request.content_length or 0) > self._limits.body_bytes:
            raise UploadTooLarge(f"An upload may have at most {self._limits.body_bytes} bytes.")
        try:
            async with asyncio.timeout(self._limits.upload_seconds) as clock, aclosing(request.stream()) as body:
                with self._leaving.breaking_off(clock):
                    complaints = Complaints(*put_off(request))
                    return await take(MultipartReader(_steady(body), boundary), staging, self._limits, complaints)
        except TimeoutError as exc:
            if clock.expired() and self._leaving.over:
                raise Stopping("The gateway stops, and the upload is not complete.") from exc
            if clock.expired():
                raise UploadTimedOut(f"An upload may take {self._limits.upload_seconds:g} seconds.") from exc
            raise

    async def finish(self) -> None:
        """Lets the cleaning up that is under way end before the store is closed."""
        await self._cleaning.finish()


async def _steady(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Raises: UploadTimedOut where nothing comes for too long: who has gone silent holds memory and a connection."""
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                chunk = await anext(body, None)
        except TimeoutError as exc:
            raise UploadTimedOut(f"Nothing came for {SILENCE_SECONDS:g} seconds.") from exc
        if chunk is None:
            return
        yield chunk


async def take(reader: MultipartReader, staging: Staging, limits: Limits, complaints: Complaints) -> Intake:
    """Reads every part, in any order; the recording is in the store when this returns. With a fault nothing more is
    stored, and little more is read: to tell of the other faults, too, as far as they are near.

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
                parts[field] = await _part(field, reader, staging, limits, wanted=not complaints)
            if complaints:
                spare_bytes -= await pass_over(reader, spare_bytes)
    if spare_bytes > 0:
        complaints.add(*(_missing(part) for part in REQUIRED if part not in parts))
    complaints.tell()
    return Intake(parts.pop("audio"), parts.pop("transcript"), parts)


async def _part(field: str, reader: MultipartReader, staging: Staging, limits: Limits, *, wanted: bool) -> Any:
    """The part that `reader` is at; a recording that is not wanted any more is only looked at."""
    match field:
        case "audio" if wanted:
            return await staging.audio(await content(field, reader), limits.audio_bytes)
        case "audio":
            return await recognise(await content(field, reader))
        case "transcript":
            return await _transcript(await content(field, reader), limits.transcript_bytes)
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


async def _transcript(next_chunk: NextChunk, limit_bytes: int) -> bytes:
    body = await _whole(next_chunk, limit_bytes)
    if body is None:
        detail = f"A transcript may have at most {limit_bytes} bytes."
        raise TranscriptTooLarge(detail, Fault("transcript", "too-large", detail))
    return body


async def _text(field: str, next_chunk: NextChunk) -> bytes:
    body = await _whole(next_chunk, MAX_FIELD_BYTES)
    if body is None:
        raise InvalidRequest(Fault(field, "invalid", f"'{field}' may have at most {MAX_FIELD_BYTES} bytes."))
    return body


async def _whole(next_chunk: NextChunk, limit_bytes: int) -> bytes | None:
    """The whole part; None where it has more than `limit_bytes`."""
    body = bytearray()
    while (chunk := await next_chunk()) is not None:
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
