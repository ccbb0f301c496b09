"""The one table from every error to what its answer says: status, code, title, remedy.

Every row is listed in `docs/api.md`, in the same words. An error without a row is a defect of the gateway.
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


class ProblemType(Struct, frozen=True):
    """What a problem is: HTTP status, stable code, title for people, and what the client can do about it.

    `retryable` says that the same request may succeed a moment later.
    """

    status: int
    code: str
    title: str
    remedy: str
    retryable: bool = False


INTERNAL: Final = ProblemType(
    500,
    "internal-error",
    "The gateway failed",
    "This is not your fault. Tell whoever runs this gateway the request id.",
)
NOT_FOUND: Final = ProblemType(
    404,
    "not-found",
    "There is nothing at this address",
    "Look the id up in GET /tts/datasets, which lists yours, or the address in /schema/openapi.json.",
)
BUS_UNAVAILABLE: Final = ProblemType(
    503,
    "bus-unavailable",
    "The message bus does not answer",
    "Look at the dataset in a few seconds: the command may have been carried out. If it was not, send it again.",
    retryable=True,
)
MALFORMED_REQUEST: Final = ProblemType(
    400,
    "malformed-request",
    "The request is not HTTP/1.1",
    "Correct its first line, its headers or the framing of its body. Nothing of it was used.",
)
HEAD_TIMEOUT: Final = ProblemType(
    408, "head-timeout", "The request took too long to begin", "Send the first line and the headers at once."
)

TABLE: Final[Mapping[type[Exception], ProblemType]] = {
    e.InvalidRequest: ProblemType(
        400,
        "invalid-request",
        "The request is not valid",
        "Correct what `errors` names; /schema/openapi.json says what each field and parameter may be.",
    ),
    e.MalformedRequest: MALFORMED_REQUEST,
    e.MalformedBody: ProblemType(
        400,
        "malformed-body",
        "The body can't be read",
        "Send the whole body as multipart/form-data, with the boundary its Content-Type names, as `curl -F` does.",
    ),
    e.ClientGone: ProblemType(
        400, "client-gone", "The body ended early", "Send the request again, with its whole body."
    ),
    e.Unauthenticated: ProblemType(
        401,
        "unauthenticated",
        "A valid bearer token is needed",
        "Get a new token, and send it in the Authorization header, as a bearer token.",
    ),
    e.NotFound: NOT_FOUND,
    e.UploadTimedOut: ProblemType(
        408,
        "upload-timeout",
        "The upload took too long",
        "Use a faster line, or a smaller file: FLAC keeps every sample of a WAV in half its size.",
    ),
    e.UploadTooSlow: ProblemType(
        408,
        "upload-too-slow",
        "The upload is too slow",
        "Send the upload again over a faster line, without pauses; nothing of it was kept.",
    ),
    e.TooManyUploads: ProblemType(
        429,
        "too-many-uploads",
        "You have too many uploads under way",
        "Send the upload again when one of yours is complete.",
        retryable=True,
    ),
    e.UploadsFull: ProblemType(
        503,
        "uploads-full",
        "The gateway takes no more uploads now",
        "Send the upload again in a while.",
        retryable=True,
    ),
    e.Busy: ProblemType(
        503, "busy", "Too many long answers are being sent", "Ask again in a few seconds.", retryable=True
    ),
    e.Stopping: ProblemType(
        503,
        "stopping",
        "The gateway stops",
        "Upload again at once; another gateway, or a new one, will answer.",
        retryable=True,
    ),
    e.BodyTimedOut: ProblemType(408, "body-timeout", "The body took too long", "Send the whole body at once."),
    e.UploadTooLarge: ProblemType(
        413,
        "upload-too-large",
        "The upload is too large",
        "Convert the recording to FLAC, or upload it in parts, each with its transcript.",
    ),
    e.AudioTooLarge: ProblemType(
        413,
        "audio-too-large",
        "The recording is too large",
        "Convert the recording to FLAC, or upload it in parts, each with its transcript.",
    ),
    e.TranscriptTooLarge: ProblemType(
        413,
        "transcript-too-large",
        "The transcript is too large",
        "Check that it is a transcript; if it is, upload it in parts, each with its recording.",
    ),
    e.NotAudio: ProblemType(
        415,
        "not-audio",
        "The recording is in no known format",
        "Upload an audio file: WAV, FLAC, MP3, M4A, Ogg, Opus, WebM, AIFF or another common format.",
    ),
    e.NoAudio: ProblemType(415, "no-audio", "The recording has no sound", "Upload a file that has a stream of sound."),
    e.UnsupportedAudio: ProblemType(
        415,
        "unsupported-audio",
        "The recording can't be read",
        "Upload a recording that is not protected, for example as WAV or FLAC.",
    ),
    e.NotATranscript: ProblemType(
        415,
        "not-a-transcript",
        "The transcript is a recording",
        "Send the transcript in its place: SRT, WebVTT, plain text or another format of docs/transcripts.md.",
    ),
    e.UnsupportedMediaType: ProblemType(
        415,
        "unsupported-media-type",
        "The body is of another type",
        "Send a body of the type that `detail` names, and name it in Content-Type.",
    ),
    e.PreconditionRequired: ProblemType(
        428,
        "precondition-required",
        "If-Match is needed",
        "Read what you want to change, and send its ETag as If-Match, so that no other change is overwritten.",
    ),
    e.EmptyAudio: ProblemType(
        422, "empty-audio", "The recording is empty", "Check the file where it comes from; not one byte of it arrived."
    ),
    TranscriptError: ProblemType(
        422, "invalid-transcript", "The transcript can't be used", "Correct the lines that `errors` names."
    ),
    e.NoResult: ProblemType(
        409,
        "no-result",
        "The dataset has no result yet",
        "Begin a run with POST /tts/datasets/{id}/process, and wait until the dataset is ready.",
    ),
    e.ResultTooOld: ProblemType(
        409,
        "result-too-old",
        "The result lacks what is asked for",
        "Process the dataset again: a new result has all columns.",
    ),
    e.ResultDamaged: ProblemType(
        409,
        "result-damaged",
        "A slice of the result is damaged",
        "Process the dataset again, which makes its slices anew; then ask for the archive of the new run.",
    ),
    e.ResultRemoved: ProblemType(
        410,
        "result-removed",
        "The result has been replaced",
        "Leave out `@<run>` or the cursor to read the current result.",
    ),
    e.ArchiveChanged: ProblemType(
        410,
        "archive-changed",
        "The archive has other bytes now",
        "Ask for it again without `version`, and download it from its beginning.",
    ),
    e.RangeNotSatisfiable: ProblemType(
        416,
        "range-not-satisfiable",
        "No such bytes are there",
        "Ask for bytes below the size that Content-Range names, or without Range for all.",
    ),
    e.ObjectDamaged: ProblemType(
        500,
        "object-damaged",
        "A stored object is not what was stored",
        "Process the dataset again, which makes new slices; if the recording is damaged, upload it again.",
    ),
    e.CatalogUnavailable: ProblemType(
        503, "catalog-unavailable", "The catalog does not answer", "Ask again in a few seconds.", retryable=True
    ),
    BusError: BUS_UNAVAILABLE,
    UndecodableEvent: BUS_UNAVAILABLE,  # a newer gateway wrote it, and ours is about to be replaced
    StoreError: ProblemType(
        503,
        "storage-unavailable",
        "The storage does not answer",
        "Send the request again in a few seconds; nothing of an upload was kept.",
        retryable=True,
    ),
}

REFUSALS: Final[Mapping[str, ProblemType]] = {
    life.NOT_FOUND: NOT_FOUND,
    life.ALREADY_PROCESSING: ProblemType(
        409,
        life.ALREADY_PROCESSING,
        "The dataset is being processed",
        "Wait for the run that `run` names, or end it with POST /tts/datasets/{id}/cancel.",
    ),
    life.NOT_PROCESSING: ProblemType(
        409,
        life.NOT_PROCESSING,
        "The dataset is not being processed",
        "There is nothing to cancel; POST /tts/datasets/{id}/process begins a run.",
    ),
    life.ALREADY_EXISTS: ProblemType(
        409,
        life.ALREADY_EXISTS,
        "The id that was drawn for the upload is taken",
        "Look for the upload in GET /tts/datasets. If it is not there, send it again: another id is drawn for it.",
    ),
    life.PRECONDITION_FAILED: ProblemType(
        412,
        life.PRECONDITION_FAILED,
        "It has changed since you read it",
        "Read it again, make your change in the new version, and send that with its ETag as If-Match.",
    ),
    life.STALE_RUN: ProblemType(409, life.STALE_RUN, "Another run has taken over", "Read the dataset again."),
}

FRAMEWORK: Final[Mapping[int, ProblemType]] = {
    400: TABLE[e.InvalidRequest],
    404: NOT_FOUND,
    405: ProblemType(
        405, "method-not-allowed", "The method is not allowed here", "Use one of those that the Allow header names."
    ),
    413: ProblemType(
        413,
        "body-too-large",
        "The body is too large",
        f"Send only what this address takes; a body that is no upload may have {MAX_BODY_BYTES} bytes.",
    ),
}


def problem_types() -> tuple[ProblemType, ...]:
    """Every problem type there is, by status and code."""
    types = {*TABLE.values(), *REFUSALS.values(), *FRAMEWORK.values(), INTERNAL, MALFORMED_REQUEST, HEAD_TIMEOUT}
    return tuple(sorted(types, key=lambda problem_type: (problem_type.status, problem_type.code)))


def problem_type_of(problem: Exception) -> ProblemType:
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
