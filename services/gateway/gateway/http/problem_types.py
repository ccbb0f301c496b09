"""The one table from everything that can go wrong to what a client is told: status, code, title, remedy.

Every row stands in `docs/api.md`, in the same words. What is in no row is a fault of ours.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from bus.errors import BusError
from contracts import life
from contracts.envelope import UndecodableEvent
from gateway import errors as e
from gateway.http.request_body import MAX_BODY_BYTES
from objects import StoreError
from transcripts import TranscriptError


class Kind(Struct, frozen=True):
    """What a problem is: HTTP status, stable code, title for people, and what the client can do about it.

    `again` says that the same request may succeed a moment later.
    """

    status: int
    code: str
    title: str
    remedy: str
    again: bool = False


INTERNAL: Final = Kind(
    500,
    "internal-error",
    "The gateway failed",
    "This is not your fault. Tell whoever runs this gateway the request id.",
)
NOT_FOUND: Final = Kind(
    404,
    "not-found",
    "There is nothing at this address",
    "Look the id up in GET /tts/datasets, which lists yours, or the address in /schema/openapi.json.",
)
BUS_UNAVAILABLE: Final = Kind(
    503,
    "bus-unavailable",
    "The message bus does not answer",
    "Look at the dataset in a few seconds: the command may have been carried out. If it was not, send it again.",
    again=True,
)
MALFORMED_REQUEST: Final = Kind(
    400,
    "malformed-request",
    "The request is not HTTP/1.1",
    "Correct its first line, its headers or the framing of its body. Nothing of it was used.",
)
HEAD_TIMEOUT: Final = Kind(
    408, "head-timeout", "The request took too long to begin", "Send the first line and the headers at once."
)

TABLE: Final[Mapping[type[Exception], Kind]] = {
    e.InvalidRequest: Kind(
        400,
        "invalid-request",
        "The request is not valid",
        "Correct what `errors` names; /schema/openapi.json says what each field and parameter may be.",
    ),
    e.MalformedRequest: MALFORMED_REQUEST,
    e.MalformedBody: Kind(
        400,
        "malformed-body",
        "The body can't be read",
        "Send the whole body as multipart/form-data, with the boundary its Content-Type names, as `curl -F` does.",
    ),
    e.ClientGone: Kind(400, "client-gone", "The body ended early", "Send the request again, with its whole body."),
    e.Unauthenticated: Kind(
        401,
        "unauthenticated",
        "A valid bearer token is needed",
        "Get a new token, and send it in the Authorization header, as a bearer token.",
    ),
    e.NotFound: NOT_FOUND,
    e.UploadTimedOut: Kind(
        408,
        "upload-timeout",
        "The upload took too long",
        "Use a faster line, or a smaller file: FLAC keeps every sample of a WAV in half its size.",
    ),
    e.UploadTooSlow: Kind(
        408,
        "upload-too-slow",
        "The upload is too slow",
        "Send the upload again over a faster line, without pauses; nothing of it was kept.",
    ),
    e.TooManyUploads: Kind(
        429,
        "too-many-uploads",
        "You have too many uploads under way",
        "Send the upload again when one of yours is complete.",
        again=True,
    ),
    e.NoRoom: Kind(
        503, "uploads-full", "The gateway takes no more uploads now", "Send the upload again in a while.", again=True
    ),
    e.Stopping: Kind(
        503,
        "stopping",
        "The gateway stops",
        "Upload again at once; another gateway, or a new one, will answer.",
        again=True,
    ),
    e.BodyTimedOut: Kind(408, "body-timeout", "The body took too long", "Send the whole body at once."),
    e.UploadTooLarge: Kind(
        413,
        "upload-too-large",
        "The upload is too large",
        "Convert the recording to FLAC, or upload it in parts, each with its transcript.",
    ),
    e.AudioTooLarge: Kind(
        413,
        "audio-too-large",
        "The recording is too large",
        "Convert the recording to FLAC, or upload it in parts, each with its transcript.",
    ),
    e.TranscriptTooLarge: Kind(
        413,
        "transcript-too-large",
        "The transcript is too large",
        "Check that it is a transcript; if it is, upload it in parts, each with its recording.",
    ),
    e.NotAudio: Kind(
        415,
        "not-audio",
        "The recording is in no known format",
        "Upload an audio file: WAV, FLAC, MP3, M4A, Ogg, Opus, WebM, AIFF or another common format.",
    ),
    e.NoAudio: Kind(415, "no-audio", "The recording has no sound", "Upload a file that has a stream of sound."),
    e.UnsupportedAudio: Kind(
        415,
        "unsupported-audio",
        "The recording can't be read",
        "Upload a recording that is not protected, for example as WAV or FLAC.",
    ),
    e.EmptyAudio: Kind(
        422, "empty-audio", "The recording is empty", "Check the file where it comes from; not one byte of it arrived."
    ),
    TranscriptError: Kind(
        422, "invalid-transcript", "The transcript can't be used", "Correct the lines that `errors` names."
    ),
    e.CatalogUnavailable: Kind(
        503, "catalog-unavailable", "The catalog does not answer", "Ask again in a few seconds.", again=True
    ),
    BusError: BUS_UNAVAILABLE,
    UndecodableEvent: BUS_UNAVAILABLE,  # a newer gateway wrote it, and ours is about to be replaced
    StoreError: Kind(
        503,
        "storage-unavailable",
        "The storage does not answer",
        "Send the upload again in a few seconds; nothing of it was kept.",
        again=True,
    ),
}

REFUSALS: Final[Mapping[str, Kind]] = {
    life.NOT_FOUND: NOT_FOUND,
    life.ALREADY_PROCESSING: Kind(
        409,
        life.ALREADY_PROCESSING,
        "The dataset is being processed",
        "Wait for the run that `run` names, or end it with POST /tts/datasets/{id}/cancel.",
    ),
    life.NOT_PROCESSING: Kind(
        409,
        life.NOT_PROCESSING,
        "The dataset is not being processed",
        "There is nothing to cancel; POST /tts/datasets/{id}/process begins a run.",
    ),
    life.ALREADY_EXISTS: Kind(
        409,
        life.ALREADY_EXISTS,
        "The id that was drawn for the upload is taken",
        "Look for the upload in GET /tts/datasets. If it is not there, send it again: another id is drawn for it.",
    ),
    life.STALE_RUN: Kind(409, life.STALE_RUN, "Another run has taken over", "Read the dataset again."),
}

FRAMEWORK: Final[Mapping[int, Kind]] = {
    400: TABLE[e.InvalidRequest],
    404: NOT_FOUND,
    405: Kind(
        405, "method-not-allowed", "The method is not allowed here", "Use one of those that the Allow header names."
    ),
    413: Kind(
        413,
        "body-too-large",
        "The body is too large",
        f"Send `options` alone; a body that is no upload may have {MAX_BODY_BYTES} bytes.",
    ),
}


def kinds() -> tuple[Kind, ...]:
    """Every kind there is, by status and code."""
    every = {*TABLE.values(), *REFUSALS.values(), *FRAMEWORK.values(), INTERNAL, MALFORMED_REQUEST, HEAD_TIMEOUT}
    return tuple(sorted(every, key=lambda kind: (kind.status, kind.code)))


def kind_of(problem: Exception) -> Kind:
    """The row of the table for `problem`; `INTERNAL` where there is none."""
    match problem:
        case e.CommandRefused():
            return REFUSALS[problem.refused.code]
        case TranscriptError():
            # The library's codes are public already; only the rest of the row is ours.
            return msgspec.structs.replace(TABLE[TranscriptError], code=problem.code)
        case HTTPException() if problem.status_code == 400 and not isinstance(problem, ValidationException):
            return MALFORMED_REQUEST  # no parameter is wrong, but the Host header or the path
        case HTTPException():
            return FRAMEWORK.get(problem.status_code, INTERNAL)
    return next((TABLE[cls] for cls in type(problem).__mro__ if cls in TABLE), INTERNAL)
