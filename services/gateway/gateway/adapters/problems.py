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
from gateway.adapters.correlation import request_id_of
from gateway.domain.fields import MAX_DETAIL_CHARS
from objects import StoreError
from transcripts import NoUsableCue, TranscriptError

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 2  # what is away now is expected back soon; a client need not wait long to ask again

_log = logging.getLogger(__name__)


class Kind(Struct, frozen=True):
    """What a problem is: HTTP status, stable code, title for people. `again` says that a retry may succeed."""

    status: int
    code: str
    title: str
    again: bool = False


class Fault(Struct, frozen=True, omit_defaults=True):
    """One of several things wrong. `line` is 1-based in the text of `field`."""

    field: str
    code: str
    detail: str
    line: int | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457. `code` is stable; `request_id` finds the request in the logs; `run` is the run in the way."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: tuple[Fault, ...] | UnsetType = UNSET
    run: int | UnsetType = UNSET


INTERNAL: Final = Kind(500, "internal-error", "The gateway failed")

TABLE: Final[Mapping[type[Exception], Kind]] = {
    e.InvalidRequest: Kind(400, "invalid-request", "The request is not valid"),
    e.MalformedBody: Kind(400, "malformed-body", "The body can't be read"),
    e.ClientGone: Kind(400, "client-gone", "The body ended early"),
    e.Unauthenticated: Kind(401, "unauthenticated", "A valid bearer token is needed"),
    e.NotFound: Kind(404, "not-found", "There is no such dataset"),
    e.UploadTimedOut: Kind(408, "upload-timeout", "The upload took too long"),
    e.UploadTooLarge: Kind(413, "upload-too-large", "The upload is too large"),
    e.AudioTooLarge: Kind(413, "audio-too-large", "The recording is too large"),
    e.TranscriptTooLarge: Kind(413, "transcript-too-large", "The transcript is too large"),
    e.UnsupportedAudio: Kind(415, "unsupported-audio", "The recording is in no known format"),
    e.EmptyAudio: Kind(422, "empty-audio", "The recording is empty"),
    TranscriptError: Kind(422, "invalid-transcript", "The transcript can't be used"),
    e.CatalogUnavailable: Kind(503, "catalog-unavailable", "The catalog does not answer", again=True),
    BusError: Kind(503, "bus-unavailable", "The message bus does not answer", again=True),
    UndecodableEvent: Kind(503, "bus-unavailable", "The dataset was written by a newer version", again=True),
    StoreError: Kind(503, "storage-unavailable", "The storage does not answer", again=True),
}

REFUSALS: Final[Mapping[str, Kind]] = {
    life.NOT_FOUND: TABLE[e.NotFound],
    life.ALREADY_PROCESSING: Kind(409, life.ALREADY_PROCESSING, "The dataset is being processed"),
    life.NOT_PROCESSING: Kind(409, life.NOT_PROCESSING, "The dataset is not being processed"),
    life.ALREADY_EXISTS: Kind(409, life.ALREADY_EXISTS, "The dataset exists already"),
    life.STALE_RUN: Kind(409, life.STALE_RUN, "Another run has taken over"),
}

FRAMEWORK: Final[Mapping[int, Kind]] = {
    400: TABLE[e.InvalidRequest],
    404: Kind(404, "not-found", "There is nothing at this address"),
    405: Kind(405, "method-not-allowed", "The method is not allowed here"),
    413: Kind(413, "body-too-large", "The body is too large"),
    415: Kind(415, "unsupported-media-type", "The body's type is not understood"),
}


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
        code=kind.code,
        instance=quote(scope["path"]),
        request_id=request_id_of(scope),
        errors=faults or UNSET,
        run=_run(problem),
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
            return " ".join(part for part in (str(problem), problem.remedy) if part)
        case _ if kind is INTERNAL:
            return "This is not your fault; tell whoever runs this gateway the request id."
        case HTTPException() if faults:
            return " ".join(f"'{fault.field}' is not valid: {fault.detail}." for fault in faults)
    return f"{kind.title}." + (" Try again." if kind.again else "")


def _faults(problem: Exception) -> tuple[Fault, ...]:
    match problem:
        case e.GatewayError():
            return tuple(Fault(fault.field, fault.code, fault.detail, fault.line) for fault in problem.faults)
        case NoUsableCue() if problem.dropped:
            return tuple(Fault("transcript", cue.code, cue.detail, cue.line) for cue in problem.dropped[:SHOWN])
        case TranscriptError():
            return (Fault("transcript", problem.code, str(problem), problem.line),)
        case HTTPException() if isinstance(problem.extra, list):
            return tuple(_framework_fault(fault) for fault in problem.extra)
    return ()


def _framework_fault(fault: Mapping[str, Any]) -> Fault:
    # The text quotes the value that is wrong, which may be long.
    return Fault(str(fault.get("key", "")), "invalid", str(fault.get("message", ""))[:MAX_DETAIL_CHARS])


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
