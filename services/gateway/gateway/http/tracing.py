"""A span for every request, named by method and route; it continues the client's trace where `traceparent` names one.

Part of the application only where tracing is on. Probes make no spans: they would outnumber everything else.
"""

from collections.abc import Collection
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from gateway import metrics
from gateway.http.correlation import event_fields
from runtime import tracing


class Tracing:
    """ASGI middleware, around the one that gives requests their ids."""

    def __init__(self, app: ASGIApp, untraced_paths: Collection[str]) -> None:
        self._app, self._untraced = app, frozenset(untraced_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] in self._untraced:
            await self._app(scope, receive, send)
            return
        with tracing.span(scope["method"], "server", _headers(scope)) as span:
            try:
                await self._app(scope, receive, _recording_status(send, span))
            finally:
                span.rename(f"{scope['method']} {scope.get('path_template', metrics.ROUTELESS)}")
                span.note(**event_fields(scope))


def _recording_status(send: Send, span: tracing.Span) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            span.note(status=message["status"])
            if message["status"] >= 500:
                span.fail(str(message["status"]))
        await send(message)

    return answer


def _headers(scope: HTTPScope) -> dict[str, str]:
    given: list[Any] = [value for name, value in scope["headers"] if name == tracing.TRACEPARENT.encode()]
    return {tracing.TRACEPARENT: given[0].decode("latin-1")} if len(given) == 1 else {}
