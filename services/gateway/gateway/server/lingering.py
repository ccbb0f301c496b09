"""Lingering close: an answer before the end of the body is read by its client. Why: `gateway.server`."""

import asyncio
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from gateway.errors import ClientGone, MalformedRequest
from gateway.http import problems
from gateway.server.protocol import TRUNCATED
from gateway.shutdown import Shutdown

# Most clients send their whole body before they look for an answer, so this is what it takes to reach them.
LINGER_BYTES: Final = 256 * 1024 * 1024
LINGER_SECONDS: Final = 10.0
ABORTING_SECONDS: Final = 1.0  # instead, once uploads are aborted: it must end before the server's grace period

_TWO_LENGTHS: Final = "It has both a Content-Length and a Transfer-Encoding, which may not agree."


class LingeringClose:
    """ASGI middleware. Inside of it, reading a body whose client is gone raises ClientGone; a request with two lengths
    does not get there.
    """

    def __init__(self, app: ASGIApp, shutdown: Shutdown) -> None:
        self._app, self._shutdown = app, shutdown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._shutdown)
        if exchange.has_two_lengths:
            await problems.send(MalformedRequest(_TWO_LENGTHS), scope, exchange.send)
            return
        await self._app(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: HTTPScope, receive: Receive, send: Send, shutdown: Shutdown) -> None:
        headers = dict(scope["headers"])
        self.has_two_lengths = b"transfer-encoding" in headers and b"content-length" in headers
        self._scope, self._receive, self._send, self._shutdown = scope, receive, send, shutdown
        self._is_truncated = False  # all that will arrive was read, and the body is not complete
        self._is_unread = b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"
        self._awaits_continue = headers.get(b"expect", b"").lower() == b"100-continue"

    async def receive(self) -> HTTPReceiveMessage:
        self._awaits_continue = False  # uvicorn sends "100 Continue" when the body is asked for
        received = {"type": "http.disconnect"} if self._is_truncated else await self._receive()
        message = cast("HTTPReceiveMessage", received)
        if message["type"] == "http.request":
            more = message.get("more_body", False)
            # The last bytes of a truncated body are parsed as well: the error then names the field they belong to.
            self._is_truncated = TRUNCATED in self._scope and not more
            self._is_unread = self._is_unread and (more or self._is_truncated)
            return {**message, "more_body": more or self._is_truncated}
        if self._is_unread:
            raise ClientGone("The client stopped sending before its body was complete.")
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._is_unread:
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        if message["type"] == "http.response.body" and self._is_unread and not message["more_body"]:
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        dropped_bytes, seconds = 0, ABORTING_SECONDS if self._shutdown.aborting else LINGER_SECONDS
        try:
            async with asyncio.timeout(seconds) as clock:
                with self._shutdown.expiring(clock):
                    while self._is_unread and not self._awaits_continue and dropped_bytes < LINGER_BYTES:
                        dropped_bytes += len((await self.receive())["body"])  # type: ignore[typeddict-item]
        except (TimeoutError, ClientGone):
            return
