"""Passes over whole manifests: few at a time, because each is work for the processor that other requests wait for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gateway.errors import Busy

PASSES: Final = 2
WAIT_SECONDS: Final = 5.0  # for others' passes


class Passes:
    """Of all results; one for each process."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(PASSES)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Raises: Busy when others' passes take too long to wait for."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError as exc:
            raise Busy(f"{PASSES} manifests are being read already.") from exc
        try:
            yield
        finally:
            self._free.release()
