"""From everything that can go wrong to an HTTP answer: RFC 9457, `application/problem+json`, always.

What it is stands in the table of `kinds`. A fault of ours is logged with the request's id, and the answer gives that id
and nothing of the inside. No answer grows with what was sent: everything in it has a limit.
"""

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Scope, Send
from msgspec import UNSET, Struct, UnsetType

from contracts import life
from gateway import errors as e
from gateway import metrics
from gateway.domain.wording import MAX_DETAIL_CHARS, quoted, shown, summary
from gateway.http import correlation
from gateway.http.correlation import request_id_of
from gateway.http.problem_types import INTERNAL, Kind, kind_of
from gateway.http.query import RULES, put_off
from transcripts import NoUsableCue, TranscriptError, UnknownEncoding

MEDIA_TYPE: Final = "application/problem+json"
MAX_ERRORS: Final = 100
MAX_ERRORS_BYTES: Final = 12 * 1024  # of all `errors` together; with the rest an answer stays below 16 KiB
MAX_TEXT_CHARS: Final = 800  # of a problem's own `detail`
MAX_INSTANCE_CHARS: Final = 300
RETRY_SECONDS: Final = 2  # what is away now is expected back soon; a client need not wait long to ask again

_log = logging.getLogger(__name__)


class Fault(Struct, frozen=True, omit_defaults=True):
    """One of several things wrong. `line` is 1-based in the text of `field`."""

    field: str
    code: str
    detail: str
    line: int | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457. `code` is stable; `remedy` says what to do; `request_id` finds the request in the gateway's log.

    `errors` names each field that is wrong, where fields are, and `errors_left_out` counts those there was no room for;
    `run` is the run in the way, where one is.
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
    errors_left_out: int | UnsetType = UNSET
    run: int | UnsetType = UNSET


def answer(request: Request[Any, Any, Any], problem: Exception) -> Response[Problem]:
    """Litestar's handler for every exception."""
    if isinstance(problem, e.MalformedBody) and (faults := put_off(request)):
        problem = e.InvalidRequest(*faults, *problem.faults)
    described = describe(problem, request.scope)
    release(problem)
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
    _tell(problem, kind, scope)
    every = _faults(problem)
    faults = _fitting(every)
    return Problem(
        type=f"urn:cuecutter:problem:{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=shown(_detail(problem, kind, every), MAX_TEXT_CHARS),
        remedy=_remedy(problem, kind),
        code=kind.code,
        instance=_instance(scope["path"]),
        request_id=request_id_of(scope),
        errors=faults or UNSET,
        errors_left_out=len(every) - len(faults) or UNSET,
        run=_run(problem),
    )


def release(problem: BaseException | None) -> None:
    """Frees what the functions held that `problem` came through: an answer may take ten seconds to be read, and an
    upload's buffers would be kept as long.
    """
    while problem is not None:
        traceback.clear_frames(problem.__traceback__)
        problem = problem.__cause__ or problem.__context__


def without_request(kind: Kind, detail: str, request_id: str) -> Problem:
    """The problem of what came over a connection and is no request; so there is no path to name."""
    metrics.refusal(kind.code)
    correlation.tell_refusal(kind.status, kind.code, request_id)
    return Problem(
        type=f"urn:cuecutter:problem:{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        remedy=kind.remedy,
        code=kind.code,
        instance="",
        request_id=request_id,
    )


def _tell(problem: Exception, kind: Kind, scope: Scope) -> None:
    metrics.refusal(kind.code)
    correlation.refused(scope, kind.code)
    fields = {"correlation_id": request_id_of(scope)}
    if kind is INTERNAL:
        _log.error("unexpected failure", exc_info=problem, extra={"fields": fields})
    elif kind.again:
        # The texts of our libraries' errors hold no secrets; the client is told the code alone.
        _log.warning(kind.code, extra={"fields": fields | {"error": f"{type(problem).__name__}: {problem}"}})


def _detail(problem: Exception, kind: Kind, faults: tuple[Fault, ...]) -> str:
    match problem:
        case e.CommandRefused():
            run = problem.refused.run
            if problem.refused.code == life.NOT_FOUND:
                return e.NO_DATASET
            return f"{kind.title}." if run is None else f"{kind.title}: run {run} is under way."
        case e.GatewayError():
            return problem.detail
        case TranscriptError():
            return _sentence(str(problem))
        case HTTPException() if faults:
            return summary(faults)
    return f"{kind.title}."


def _remedy(problem: Exception, kind: Kind) -> str:
    own = problem.remedy if isinstance(problem, TranscriptError) else ""
    return _sentence(own) or kind.remedy


def _sentence(text: str) -> str:
    """The transcript library's texts begin small and end without a stop, for others to build upon."""
    return f"{text[0].upper()}{text[1:].removesuffix('.')}." if text else ""


def _instance(path: str) -> str:
    whole = quote(path)
    if len(whole) <= MAX_INSTANCE_CHARS:
        return whole
    return re.sub("%.?$", "", whole[:MAX_INSTANCE_CHARS])  # not within an escape: it must still be a path


def _fitting(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The first of `faults`, as many as there is room for."""
    fitting: list[Fault] = []
    left_bytes = MAX_ERRORS_BYTES
    for fault in faults:
        short = Fault(shown(fault.field), fault.code, shown(fault.detail, MAX_DETAIL_CHARS), fault.line)
        left_bytes -= len(msgspec.json.encode(short)) + 1
        if left_bytes < 0 or len(fitting) == MAX_ERRORS:
            break
        fitting.append(short)
    return tuple(fitting)


def _faults(problem: Exception) -> tuple[Fault, ...]:
    match problem:
        case e.GatewayError():
            return tuple(Fault(fault.field, fault.code, fault.detail, fault.line) for fault in problem.faults)
        case NoUsableCue() if problem.dropped:
            return tuple(Fault("transcript", cue.code, cue.detail, cue.line) for cue in problem.dropped)
        case UnknownEncoding():
            return (Fault("transcript_encoding", problem.code, _sentence(str(problem))),)
        case TranscriptError():
            return (Fault("transcript", problem.code, _sentence(str(problem)), problem.line),)
        case HTTPException() if isinstance(problem.extra, list):
            return tuple(_framework_fault(fault) for fault in problem.extra)
    return ()


def _framework_fault(fault: Mapping[str, Any]) -> Fault:
    field = str(fault.get("key", ""))
    # Parameters are judged before the framework reads them, so this is for what it alone takes offence at.
    known = RULES[field].must_be if field in RULES else f"valid: {shown(str(fault.get('message', '')), 200)}"
    return Fault(field, "invalid", f"{quoted(field)} must be {known}.")


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
