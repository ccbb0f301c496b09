"""Passes over whole manifests: few at a time, because each is work for the processor that other requests wait for.

One of a large archive takes minutes, also after its client is gone, so no user may have all of them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

from gateway.errors import Busy

PASSES: Final = 3
OF_A_USER: Final = 2
WAIT_SECONDS: Final = 5.0  # for others' passes


class Passes:
    """Of all results; one for each process."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(PASSES)
        self._free_of: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def slot(self, user_id: str) -> AsyncIterator[None]:
        """Raises: Busy when others' passes, or the user's own, take too long to wait for."""
        of_user = self._free_of.setdefault(user_id, asyncio.Semaphore(OF_A_USER))  # kept while somebody uses it
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await _acquire(of_user, self._free)
        except TimeoutError as exc:
            raise Busy("As many manifests as can be read at once are being read already.") from exc
        try:
            yield
        finally:
            self._free.release()
            of_user.release()


async def _acquire(first: asyncio.Semaphore, second: asyncio.Semaphore) -> None:
    """Both or none."""
    await first.acquire()
    try:
        await second.acquire()
    except BaseException:
        first.release()
        raise
