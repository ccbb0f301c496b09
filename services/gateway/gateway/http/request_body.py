"""The bodies that are no uploads: small, and sent at once. A client that takes long over one is not waited for."""

import asyncio
from typing import Any, Final

from litestar import Request

from gateway.errors import BodyTimedOut

MAX_BODY_BYTES: Final = 64 * 1024
BODY_SECONDS: Final = 10.0


async def read(request: Request[Any, Any, Any]) -> bytes:
    """The whole body; empty where there is none.

    Raises: BodyTimedOut; ClientGone; the framework's 413 above the application's limit, which is `MAX_BODY_BYTES`.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.body()
    except TimeoutError as exc:
        raise BodyTimedOut(f"The body was not complete after {BODY_SECONDS:g} seconds.") from exc
