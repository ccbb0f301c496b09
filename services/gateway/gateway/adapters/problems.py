"""The one table from everything that can go wrong to an HTTP answer: RFC 9457, `application/problem+json`, always.

Whatever is not in the table is a fault of ours: it is logged with the request's id, and the answer gives that id and
nothing of the inside.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Scope, Send
from msgspec import UNSET, Struct, UnsetType

from bus.errors import BusError
from contracts import life
from contracts.envelope import UndecodableEvent
from contracts.problem import SHOWN
from gateway import errors as e
from gateway.adapters.bodies import MAX_BODY_BYTES
from gateway.adapters.correlation import request_id_of
from gateway.adapters.query import MUST_BE
from gateway.domain.fields import MAX_DETAIL_CHARS
from objects import StoreError
from transcripts import NoUsableCue, TranscriptError, UnknownEncoding

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 2  # what is away now is expected back soon; a client need not wait long to ask again

_log = logging.getLogger(__name__)


class Kind(Struct, frozen=True):
    """What a problem is: HTTP status, stable code, title for people, and what the client can do about it.

    `again` says that the same request may succeed a moment later.
    """

    status: int
    code: str
    title: str
    remedy: str
    again: bool = False


class Fault(Struct, frozen=True, omit_defaults=True):
    """One of several things wrong. `line` is 1-based in the text of `field`."""

    field: str
    code: str
    detail: str
    line: int | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457. `code` is stable; `remedy` says what to do; `request_id` finds the request in the gateway's log.

    `errors` names each field that is wrong, where fields are; `run` is the run in the way, where one is.
    """

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    code: str
    instance: str
    request_id: str
    errors: tuple[Fault, ...] | UnsetType = UNSET
    run: int | UnsetType = UNSET


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

TABLE: Final[Mapping[type[Exception], Kind]] = {
    e.InvalidRequest: Kind(
        400,
        "invalid-request",
        "The request is not valid",
        "Correct what `errors` names; /schema/openapi.json says what each field and parameter may be.",
    ),
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
    life.ALREADY_EXISTS: Kind(409, life.ALREADY_EXISTS, "The dataset exists already", "Send the upload again."),
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
    every = {*TABLE.values(), *REFUSALS.values(), *FRAMEWORK.values(), INTERNAL, MALFORMED_REQUEST}
    return tuple(sorted(every, key=lambda kind: (kind.status, kind.code)))


def answer(request: Request[Any, Any, Any], problem: Exception) -> Response[Problem]:
    """Litestar's handler for every exception."""
    described = describe(problem, request.scope)
    return Response(described, status_code=described.status, headers=_headers(problem), media_type=MEDIA_TYPE)


async def send(problem: Exception, scope: Scope, send: Send) -> None:
    """Answers before the framework is reached."""
    described = describe(problem, scope)
    body = msgspec.json.encode(described)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body))} | _headers(problem)
    encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": described.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def describe(problem: Exception, scope: Scope) -> Problem:
    kind = kind_of(problem)
    _tell(problem, kind, request_id_of(scope))
    faults = _faults(problem)
    return Problem(
        type=f"urn:cuecutter:problem:{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=_detail(problem, kind, faults),
        remedy=_remedy(problem, kind),
        code=kind.code,
        instance=quote(scope["path"]),
        request_id=request_id_of(scope),
        errors=faults or UNSET,
        run=_run(problem),
    )


def malformed_request(request_id: str) -> Problem:
    """The problem of what came over a connection and is no request; so there is no path to name."""
    kind = MALFORMED_REQUEST
    return Problem(
        type=f"urn:cuecutter:problem:{kind.code}",
        title=kind.title,
        status=kind.status,
        detail="Its first line, a header or the framing of its body breaks the rules of RFC 9112.",
        remedy=kind.remedy,
        code=kind.code,
        instance="",
        request_id=request_id,
    )


def _tell(problem: Exception, kind: Kind, request_id: str) -> None:
    fields = {"request_id": request_id}
    if kind is INTERNAL:
        _log.error("unexpected failure", exc_info=problem, extra={"fields": fields})
    elif kind.again:
        # The texts of our libraries' errors hold no secrets; the client is told the code alone.
        _log.warning(kind.code, extra={"fields": fields | {"error": f"{type(problem).__name__}: {problem}"}})


def kind_of(problem: Exception) -> Kind:
    """The row of the table for `problem`; `INTERNAL` where there is none."""
    match problem:
        case e.CommandRefused():
            return REFUSALS[problem.refused.code]
        case TranscriptError():
            # The library's codes are public already; only the rest of the row is ours.
            return msgspec.structs.replace(TABLE[TranscriptError], code=problem.code)
        case HTTPException():
            return FRAMEWORK.get(problem.status_code, INTERNAL)
    return next((TABLE[cls] for cls in type(problem).__mro__ if cls in TABLE), INTERNAL)


def _detail(problem: Exception, kind: Kind, faults: tuple[Fault, ...]) -> str:
    match problem:
        case e.CommandRefused():
            run = problem.refused.run
            return f"{kind.title}." if run is None else f"{kind.title}: run {run} is under way."
        case e.GatewayError():
            return problem.detail
        case TranscriptError():
            return _sentence(str(problem))
        case HTTPException() if faults:
            return " ".join(fault.detail for fault in faults)
    return f"{kind.title}."


def _remedy(problem: Exception, kind: Kind) -> str:
    own = problem.remedy if isinstance(problem, TranscriptError) else ""
    return _sentence(own) or kind.remedy


def _sentence(text: str) -> str:
    """The transcript library's texts begin small and end without a stop, for others to build upon."""
    return f"{text[0].upper()}{text[1:].removesuffix('.')}." if text else ""


def _faults(problem: Exception) -> tuple[Fault, ...]:
    match problem:
        case e.GatewayError():
            return tuple(Fault(fault.field, fault.code, fault.detail, fault.line) for fault in problem.faults)
        case NoUsableCue() if problem.dropped:
            return tuple(Fault("transcript", cue.code, cue.detail, cue.line) for cue in problem.dropped[:SHOWN])
        case UnknownEncoding():
            return (Fault("transcript_encoding", problem.code, _sentence(str(problem))),)
        case TranscriptError():
            return (Fault("transcript", problem.code, _sentence(str(problem)), problem.line),)
        case HTTPException() if isinstance(problem.extra, list):
            return tuple(_framework_fault(fault) for fault in problem.extra)
    return ()


def _framework_fault(fault: Mapping[str, Any]) -> Fault:
    field = str(fault.get("key", ""))
    # The framework's text quotes the value that is wrong, which may be long.
    known = MUST_BE.get(field) or f"valid: {fault.get('message', '')}"[:MAX_DETAIL_CHARS]
    return Fault(field, "invalid", f"'{field}' must be {known}.")


def _run(problem: Exception) -> int | UnsetType:
    run = problem.refused.run if isinstance(problem, e.CommandRefused) else None
    return UNSET if run is None else run


def _headers(problem: Exception) -> dict[str, str]:
    match problem:
        case e.Unauthenticated():
            return {"www-authenticate": problem.challenge}
        case HTTPException() if problem.headers:
            return {name.lower(): value for name, value in problem.headers.items()}
    return {"retry-after": str(RETRY_SECONDS)} if kind_of(problem).again else {}
