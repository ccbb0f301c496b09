"""The gateway's one connection to NATS, made in the background: the API starts, and answers, without it.

Asking for the client while the line is down raises at once, so that no request waits for what can't come.
"""

import asyncio
import logging
from types import TracebackType
from typing import Final, Self

import nats.errors
from nats.aio.client import Client

from bus.connection import close, connect
from bus.errors import BusUnavailable
from runtime.tasks import cancel_and_wait

USER: Final = "gateway"
AGAIN_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class Connection:
    """Async context manager around the connection's life; entering it does not wait for the server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Client | None = None
        self._dialling: asyncio.Task[None] | None = None

    def client(self) -> Client:
        """Raises: BusUnavailable while the server can't be reached."""
        if self._client is None or not self._client.is_connected:
            raise BusUnavailable("not connected")
        return self._client

    async def __aenter__(self) -> Self:
        self._dialling = asyncio.create_task(self._dial())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._dialling is not None:
            await cancel_and_wait(self._dialling)
        if self._client is not None:
            await close(self._client)

    async def _dial(self) -> None:
        while self._client is None:
            try:
                self._client = await connect(self._url, USER)
            except (nats.errors.Error, OSError, TimeoutError, ValueError) as exc:
                # The text may hold the server's address with its password; the type says enough.
                _log.warning("nats not reached", extra={"fields": {"error": type(exc).__name__}})
                await asyncio.sleep(AGAIN_SECONDS)
