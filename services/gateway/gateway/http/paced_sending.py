"""Large answers go out in blocks, each as the client takes the one before.

The server waits before it writes, not after: a body given to it as a whole would lie in its buffer for as long as the
client reads nothing, with no end to that.
"""

import asyncio
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gateway.http.breaking_off import break_off

# The server buffers this and 64 KiB of what the client has not read. Half of it makes archives a twentieth slower.
BLOCK_BYTES: Final = 512 * 1024
STALL_SECONDS: Final = 60.0  # a client that takes no block in this time is given up


class PacedSending:
    """ASGI middleware; answers of at most one block pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def paced(message: Message) -> None:
            if message["type"] != "http.response.body" or len(message["body"]) <= BLOCK_BYTES:
                await send(message)
            elif not await _in_blocks(message["body"], more=message["more_body"], send=send):
                break_off(scope, at_once=True)

        await self._app(scope, receive, paced if scope["type"] == ScopeType.HTTP else send)


async def _in_blocks(body: bytes, *, more: bool, send: Send) -> bool:
    """Whether the client took all of it."""
    for first in range(0, len(body), BLOCK_BYTES):
        is_last = first + BLOCK_BYTES >= len(body)
        block = body[first : first + BLOCK_BYTES]
        try:
            async with asyncio.timeout(STALL_SECONDS):
                await send({"type": "http.response.body", "body": block, "more_body": more or not is_last})
        except TimeoutError:
            return False
    return True
