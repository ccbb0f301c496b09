"""The form of an upload, part by part: the recording goes into the store as it arrives, the rest into memory."""

from collections.abc import Callable, Collection
from typing import Any, Final

from msgspec import Struct

from gateway.domain.fields import FIELDS, MAX_FIELD_BYTES, value_of
from gateway.domain.quoting import quoted
from gateway.domain.upload_errors import UploadErrors
from gateway.errors import FieldError, InvalidRequest
from gateway.uploads.limits import Limits
from gateway.uploads.multipart_reader import MultipartReader
from gateway.uploads.parts import content, skip
from gateway.uploads.staging import NextChunk, Staging, StoredObject, recognise
from gateway.uploads.whole_parts import transcript, whole

REQUIRED: Final = ("audio", "transcript", "name")
PARTS: Final = frozenset((*REQUIRED, *FIELDS))
# Once something is wrong, so much is skipped in search of what else is: most forms are small but for the recording.
SEARCH_BYTES: Final = 4 * 1024 * 1024

_EXAMPLES: Final = {"audio": "talk.wav", "transcript": "talk.srt"}


class ParsedUpload(Struct, frozen=True):
    """All parts of an upload. `values` are the valid text fields by name."""

    audio: StoredObject
    transcript: bytes
    values: dict[str, Any]


class FormReader:
    """Reads one form, once. `errors` may hold some already.

    `reserve` is called with the size that the transcript will have before more of it is kept; what it raises
    ends the reading.
    """

    def __init__(
        self,
        parts: MultipartReader,
        staging: Staging,
        limits: Limits,
        errors: UploadErrors,
        reserve: Callable[[int], None],
    ) -> None:
        self._parts, self._staging, self._limits, self._errors, self._reserve = parts, staging, limits, errors, reserve
        self._read: dict[str, Any] = {}

    async def read(self) -> ParsedUpload:
        """Reads every part, in any order; the recording is in the store when this returns. After the first error
        nothing more is stored, and `SEARCH_BYTES` more are read, to report further errors with it.

        Raises: InvalidRequest for parts that are unknown, repeated, missing or have a bad value; MalformedBody;
        AudioTooLarge, TranscriptTooLarge; EmptyAudio, NotAudio, NoAudio, UnsupportedAudio; StoreError.
        """
        left_bytes = SEARCH_BYTES
        with self._errors.reported_if_unreadable():
            while left_bytes > 0 and (field := await self._parts.next_part()) is not None:
                with self._errors.collecting():
                    await self._take(field)
                if self._errors:
                    left_bytes -= await skip(self._parts, left_bytes)
        if left_bytes > 0:
            self._errors.add(*(_missing(part) for part in REQUIRED if part not in self._read))
        self._errors.report()
        return ParsedUpload(self._read.pop("audio"), self._read.pop("transcript"), self._read)

    async def _take(self, field: str) -> None:
        _check_name(field, self._read)
        self._read[field] = None  # a part that turns out to be bad is not missing, too
        self._read[field] = await self._value(field)

    async def _value(self, field: str) -> Any:
        match field:
            case "audio" if self._errors:
                return await recognise(await content(field, self._parts))
            case "audio":
                return await self._staging.audio(await content(field, self._parts), self._limits.audio_bytes)
            case "transcript":
                return await self._transcript(await content(field, self._parts))
        return value_of(field, await _text(field, self._parts.next_chunk))

    async def _transcript(self, next_chunk: NextChunk) -> bytes:
        return await transcript(next_chunk, self._limits.transcript_bytes, self._reserve)


def _missing(part: str) -> FieldError:
    example = f"{part}=@{_EXAMPLES[part]}" if part in _EXAMPLES else f"{part}=..."
    return FieldError(part, "missing", f"The part '{part}' is missing; with curl: -F {example}")


def _check_name(field: str, read: Collection[str]) -> None:
    if field not in PARTS:
        known = ", ".join((*REQUIRED, *(name for name in FIELDS if name not in REQUIRED)))
        detail = f"There is no part named {quoted(field)}; there are {known}."
        raise InvalidRequest(FieldError(field, "unknown", detail))
    if field in read:
        raise InvalidRequest(FieldError(field, "duplicate", f"The part '{field}' may be there only once."))


async def _text(field: str, next_chunk: NextChunk) -> bytes:
    body = await whole(next_chunk, MAX_FIELD_BYTES, lambda _: None)
    if body is None:
        raise InvalidRequest(FieldError(field, "invalid", f"'{field}' may have at most {MAX_FIELD_BYTES} bytes."))
    return body
