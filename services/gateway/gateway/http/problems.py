"""From every error to an HTTP answer: RFC 9457, `application/problem+json`, always.

What a problem is called is listed in `problem_types`. An internal error is logged with the request's id, and the answer
gives that id and no detail. No answer grows with what was sent: everything in it has a limit.
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
from gateway.domain.quoting import MAX_DETAIL_CHARS, printable, quoted, summary
from gateway.errors import FieldError
from gateway.http import correlation
from gateway.http.correlation import request_id_of
from gateway.http.problem_types import INTERNAL, ProblemType, problem_type_of
from gateway.http.query import RULES, deferred_errors
from transcripts import NoUsableCue, TranscriptError, UnknownEncoding

MEDIA_TYPE: Final = "application/problem+json"
MAX_ERRORS: Final = 100
MAX_ERRORS_BYTES: Final = 12 * 1024  # of all `errors` together; with the rest an answer stays below 16 KiB
MAX_TEXT_CHARS: Final = 800  # of a problem's own `detail`
MAX_INSTANCE_CHARS: Final = 300
RETRY_SECONDS: Final = 2  # outages are mostly short, and a refused request costs little

_log = logging.getLogger(__name__)


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457. `code` is stable; `remedy` says what to do; `request_id` finds the request in the gateway's log.

    `errors` names each field that is wrong, where fields are, and `errors_left_out` counts those there was no room for;
    `run` is the run in progress that prevents the command.
    """

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    code: str
    instance: str
    request_id: str
    errors: tuple[FieldError, ...] | UnsetType = UNSET
    errors_left_out: int | UnsetType = UNSET
    run: int | UnsetType = UNSET


def answer(request: Request[Any, Any, Any], exc: Exception) -> Response[Problem]:
    """Litestar's handler for every exception."""
    if isinstance(exc, e.MalformedBody) and (of_query := deferred_errors(request)):
        exc = e.InvalidRequest(*of_query, *exc.field_errors)
    problem = describe(exc, request.scope)
    release(exc)
    return Response(problem, status_code=problem.status, headers=_headers(exc), media_type=MEDIA_TYPE)


async def send(exc: Exception, scope: Scope, send: Send) -> None:
    """As `answer`, for middleware, which is outside of the framework's handling of exceptions."""
    problem = describe(exc, scope)
    body = msgspec.json.encode(problem)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body))} | _headers(exc)
    encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def describe(exc: Exception, scope: Scope) -> Problem:
    """What the answer to the request of `scope` says; the log and the metrics say so, too."""
    problem_type = problem_type_of(exc)
    _record(exc, problem_type, scope)
    found = _field_errors(exc)
    listed = _first_that_fit(found)
    return Problem(
        type=f"urn:cuecutter:problem:{problem_type.code}",
        title=problem_type.title,
        status=problem_type.status,
        detail=printable(_detail(exc, problem_type, found), MAX_TEXT_CHARS),
        remedy=_remedy(exc, problem_type),
        code=problem_type.code,
        instance=_instance(scope["path"]),
        request_id=request_id_of(scope),
        errors=listed or UNSET,
        errors_left_out=len(found) - len(listed) or UNSET,
        run=_run(exc),
    )


def release(exc: BaseException | None) -> None:
    """Frees what is held by the functions that `exc` was raised through: a client may take ten seconds to read its
    answer, and the buffers of its upload would be kept as long.
    """
    while exc is not None:
        traceback.clear_frames(exc.__traceback__)
        exc = exc.__cause__ or exc.__context__


def without_request(problem_type: ProblemType, detail: str, request_id: str) -> Problem:
    """The problem of bytes that are no request, so that there is no path to name."""
    metrics.count_problem(problem_type.code)
    correlation.log_unreadable_request(problem_type.status, problem_type.code, request_id)
    return Problem(
        type=f"urn:cuecutter:problem:{problem_type.code}",
        title=problem_type.title,
        status=problem_type.status,
        detail=detail,
        remedy=problem_type.remedy,
        code=problem_type.code,
        instance="",
        request_id=request_id,
    )


def _record(exc: Exception, problem_type: ProblemType, scope: Scope) -> None:
    metrics.count_problem(problem_type.code)
    correlation.set_problem_code(scope, problem_type.code)
    fields = {"correlation_id": request_id_of(scope)}
    if isinstance(exc, e.ObjectDamaged):
        _log.error(problem_type.code, extra={"fields": fields | {"error": exc.internal_detail}})
    elif problem_type is INTERNAL:
        _log.error("unexpected failure", exc_info=exc, extra={"fields": fields})
    elif problem_type.retryable:
        # The texts of our libraries' errors hold no secrets; the answer gives the code alone.
        _log.warning(problem_type.code, extra={"fields": fields | {"error": f"{type(exc).__name__}: {exc}"}})


def _detail(exc: Exception, problem_type: ProblemType, field_errors: tuple[FieldError, ...]) -> str:
    match exc:
        case e.CommandRefused():
            run = exc.refused.run
            if exc.refused.code == life.NOT_FOUND:
                return e.NO_DATASET
            return f"{problem_type.title}." if run is None else f"{problem_type.title}: run {run} is under way."
        case e.GatewayError():
            return exc.detail
        case TranscriptError():
            return _sentence(str(exc))
        case HTTPException() if field_errors:
            return summary(field_errors)
    return f"{problem_type.title}."


def _remedy(exc: Exception, problem_type: ProblemType) -> str:
    own = exc.remedy if isinstance(exc, TranscriptError) else ""
    return _sentence(own) or problem_type.remedy


def _sentence(text: str) -> str:
    """The transcript library's texts begin in lower case and end without a full stop, to be embedded."""
    return f"{text[0].upper()}{text[1:].removesuffix('.')}." if text else ""


def _instance(path: str) -> str:
    whole = quote(path)
    if len(whole) <= MAX_INSTANCE_CHARS:
        return whole
    return re.sub("%.?$", "", whole[:MAX_INSTANCE_CHARS])  # not within an escape: it must still be a path


def _first_that_fit(field_errors: Iterable[FieldError]) -> tuple[FieldError, ...]:
    """The first of `field_errors`, as many as there is room for."""
    fitting: list[FieldError] = []
    left_bytes = MAX_ERRORS_BYTES
    for error in field_errors:
        short = FieldError(printable(error.field), error.code, printable(error.detail, MAX_DETAIL_CHARS), error.line)
        left_bytes -= len(msgspec.json.encode(short)) + 1
        if left_bytes < 0 or len(fitting) == MAX_ERRORS:
            break
        fitting.append(short)
    return tuple(fitting)


def _field_errors(exc: Exception) -> tuple[FieldError, ...]:
    match exc:
        case e.GatewayError():
            return exc.field_errors
        case NoUsableCue() if exc.dropped:
            return tuple(FieldError("transcript", cue.code, cue.detail, cue.line) for cue in exc.dropped)
        case UnknownEncoding():
            return (FieldError("transcript_encoding", exc.code, _sentence(str(exc))),)
        case TranscriptError():
            return (FieldError("transcript", exc.code, _sentence(str(exc)), exc.line),)
        case HTTPException() if isinstance(exc.extra, list):
            return tuple(_framework_error(error) for error in exc.extra)
    return ()


def _framework_error(error: Mapping[str, Any]) -> FieldError:
    field = str(error.get("key", ""))
    # Parameters are checked before the framework reads them, so this is for what only the framework objects to.
    expected = RULES[field].expected if field in RULES else f"valid: {printable(str(error.get('message', '')), 200)}"
    return FieldError(field, "invalid", f"{quoted(field)} must be {expected}.")


def _run(exc: Exception) -> int | UnsetType:
    run = exc.refused.run if isinstance(exc, e.CommandRefused) else None
    return UNSET if run is None else run


def _headers(exc: Exception) -> dict[str, str]:
    match exc:
        case e.Unauthenticated():
            return {"www-authenticate": exc.challenge}
        case e.RangeNotSatisfiable():
            return {"content-range": f"bytes */{exc.size_bytes}", "accept-ranges": "bytes"}
        case HTTPException() if exc.headers:
            return {name.lower(): value for name, value in exc.headers.items()}
    return {"retry-after": str(RETRY_SECONDS)} if problem_type_of(exc).retryable else {}
