"""A connection to NATS that opens in the background, so that a service starts, and says what it lacks, without it.

Asking for the client while there is no connection raises at once: no request waits for what can't come.
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

RETRY_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class BackgroundConnection:
    """Async context manager around the connection's life; entering it does not wait for the server.

    `name` is the connection's name on the server. The URL, which may hold a password, is never logged.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._client: Client | None = None
        self._opening: asyncio.Task[None] | None = None

    def client(self) -> Client:
        """Raises: BusUnavailable while it is not connected."""
        if self._client is None or not self._client.is_connected:
            raise BusUnavailable(f"{self._name} is not connected to NATS, or its user is refused")
        return self._client

    async def check(self) -> None:
        """Readiness. Raises: BusUnavailable while it is not connected."""
        self.client()

    async def __aenter__(self) -> Self:
        self._opening = asyncio.create_task(self._open())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opening is not None:
            await cancel_and_wait(self._opening)
        if self._client is not None:
            await close(self._client)

    async def _open(self) -> None:
        while self._client is None:
            try:
                self._client = await connect(self._url, self._name)
            except (nats.errors.Error, OSError, TimeoutError, ValueError) as exc:
                # Only the type: the text may hold the server's address with its password.
                fields = {"connection": self._name, "error": type(exc).__name__}
                _log.warning("nats not reached", extra={"fields": fields})
                await asyncio.sleep(RETRY_SECONDS)
