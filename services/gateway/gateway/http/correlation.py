"""One id, one log line and one measurement for every request.

The id is the client's where it is short and plain, else one of ours. It is returned as X-Request-Id, in every problem,
and as correlation id and cause in the events a request leads to. The line names the route's template and, where the
request was refused, the problem's code; never the query, a header or a name that the client made up, which may be
private. An answer is for its caller alone: no cache keeps it, and no browser guesses its type.
"""

import logging
import re
from time import perf_counter
from typing import Any, Final
from uuid import UUID, uuid4

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gateway import metrics

REQUEST_ID: Final = "request_id"  # keys in the scope's state
_DATASET: Final = "dataset"
_PROBLEM_CODE: Final = "problem_code"
_CACHE_CONTROL: Final = b"cache-control"
_PRIVATE: Final = (_CACHE_CONTROL, b"private, no-store")
_NO_SNIFFING: Final = (b"x-content-type-options", b"nosniff")
# For the answers that do not pass through this middleware.
PRIVATE_HEADERS: Final = {name.decode(): value.decode() for name, value in (_PRIVATE, _NO_SNIFFING)}

_SAFE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("gateway.access")


def request_id_of(scope: Scope) -> str:
    return str(scope["state"][REQUEST_ID])


def set_dataset(scope: Scope, dataset_id: str, run: int | None) -> None:
    """For the request's log line: which dataset it made or changed, and which run of it."""
    scope["state"][_DATASET] = {"dataset_id": dataset_id, "run": run}


def set_problem_code(scope: Scope, code: str) -> None:
    """For the request's log line: the code of the problem that it is answered with."""
    scope["state"][_PROBLEM_CODE] = code


def log_unreadable_request(status: int, code: str, request_id: str) -> None:
    """The line of bytes that are no request: it has no method, route or user."""
    fields = {"method": None, "path": metrics.ROUTELESS, "status": status, "code": code, "correlation_id": request_id}
    _log.info("request", extra={"fields": fields})


class Correlation:
    """ASGI middleware, the outermost one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = _request_id_from(scope["headers"])
        scope.setdefault("state", {})[REQUEST_ID] = request_id
        started, status = perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*_private(message["headers"]), (b"x-request-id", request_id.encode("ascii"))]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            _log_request(scope, status, perf_counter() - started)


def _private(headers: Any) -> list[tuple[bytes, bytes]]:
    """With the headers that keep an answer private. A route that may be cached says so itself."""
    own = [] if any(name.lower() == _CACHE_CONTROL for name, _ in headers) else [_PRIVATE]
    return [*headers, *own, _NO_SNIFFING]


def _request_id_from(headers: Any) -> str:
    given = [value for name, value in headers if name == b"x-request-id"]
    if len(given) == 1 and _SAFE_ID.fullmatch(given[0]):
        return str(given[0].decode("ascii"))
    return str(uuid4())


def event_fields(scope: Scope) -> dict[str, Any]:
    """What connects a request's log line and span with events: its dataset, the run it began or ended, its id."""
    dataset = scope["state"].get(_DATASET) or {"dataset_id": _dataset_in_path(scope), "run": None}
    return {**dataset, "correlation_id": request_id_of(scope)}


def _dataset_in_path(scope: Scope) -> str | None:
    """The dataset that the path names, if it can be one's id at all."""
    try:
        return str(UUID(scope.get("path_params", {}).get("dataset_id", "").partition("@")[0]))
    except ValueError:
        return None


def _log_request(scope: Scope, status: int, seconds: float) -> None:
    caller = scope["state"].get("caller")
    method, route = str(scope.get("method")), scope.get("path_template", metrics.ROUTELESS)
    metrics.observe_request(method, route, status, seconds)
    fields = {
        "method": method,
        "path": route,
        "status": status,
        "code": scope["state"].get(_PROBLEM_CODE),
        "ms": round(seconds * 1000, 1),
        **event_fields(scope),
        "user": caller.user_id if caller else None,
    }
    _log.info("request", extra={"fields": fields})
