"""How a body that nobody will read to its end is parted with, and how a client that hung up is noticed.

An answer before the end of the body closes the connection. Closing at once would reset it, and a client that is still
sending may then never see the answer; so the whole answer goes out first, and a little more is read and thrown away.
"""

import asyncio
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from gateway.errors import ClientGone, MalformedRequest
from gateway.http import problems
from gateway.server.protocol import TRUNCATED
from gateway.shutdown import Leaving

# Most clients send their whole body before they look for an answer, so this is what it takes to reach them.
LINGER_BYTES: Final = 256 * 1024 * 1024
LINGER_SECONDS: Final = 10.0
PARTING_SECONDS: Final = 1.0  # when the gateway leaves, which must end before its grace does

_TWO_LENGTHS: Final = "It has both a Content-Length and a Transfer-Encoding, which may not agree."


class Lingering:
    """ASGI middleware. Inside of it, reading a body whose client is gone raises ClientGone; a request with two lengths
    does not come in.
    """

    def __init__(self, app: ASGIApp, leaving: Leaving) -> None:
        self._app, self._leaving = app, leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._leaving)
        if exchange.ambiguous:
            await problems.send(MalformedRequest(_TWO_LENGTHS), scope, exchange.send)
            return
        await self._app(scope, exchange.receive, exchange.send)


class _Exchange:
    def __init__(self, scope: HTTPScope, receive: Receive, send: Send, leaving: Leaving) -> None:
        headers = dict(scope["headers"])
        # RFC 9112 lets the second win, but then somebody in between may have believed the first.
        self.ambiguous = b"transfer-encoding" in headers and b"content-length" in headers
        self._scope, self._receive, self._send, self._leaving = scope, receive, send, leaving
        self._ended = False  # what has come is all that will, and it is too little
        self._unread = b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"
        self._held_back = headers.get(b"expect", b"").lower() == b"100-continue"

    async def receive(self) -> HTTPReceiveMessage:
        self._held_back = False  # asking for the body is what tells such a client to send it
        message = cast("HTTPReceiveMessage", {"type": "http.disconnect"} if self._ended else await self._receive())
        if message["type"] == "http.request":
            more = message.get("more_body", False)
            # The last bytes of a body that breaks off are of use yet: they tell in which field it does.
            self._ended = TRUNCATED in self._scope and not more
            self._unread = self._unread and (more or self._ended)
            return {**message, "more_body": more or self._ended}
        if self._unread:
            raise ClientGone("The client stopped sending before its body was complete.")
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._unread:
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        if message["type"] == "http.response.body" and self._unread and not message["more_body"]:
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        dropped, seconds = 0, PARTING_SECONDS if self._leaving.over else LINGER_SECONDS
        try:
            async with asyncio.timeout(seconds) as clock:
                with self._leaving.breaking_off(clock):
                    while self._unread and not self._held_back and dropped < LINGER_BYTES:
                        dropped += len((await self.receive())["body"])  # type: ignore[typeddict-item]
        except (TimeoutError, ClientGone):
            return
