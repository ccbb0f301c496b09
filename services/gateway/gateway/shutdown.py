"""Whether the gateway is shutting down, for all that must know: readiness, and uploads that would take too long.

The server (`server/server.py`) decides when.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


def expire_now(clock: asyncio.Timeout) -> None:
    """Ends what `clock` bounds now, unless it is ended already."""
    if not clock.expired():
        clock.reschedule(asyncio.get_running_loop().time())


@dataclass(slots=True)
class Shutdown:
    """`draining` from SIGTERM on, `aborting` once uploads in progress are aborted."""

    draining: bool = False
    aborting: bool = False
    _clocks: set[asyncio.Timeout] = field(default_factory=set)

    @contextmanager
    def expiring(self, clock: asyncio.Timeout) -> Iterator[None]:
        """Within it, `clock` expires as soon as uploads are aborted."""
        self._clocks.add(clock)
        try:
            yield
        finally:
            self._clocks.discard(clock)

    def abort(self) -> None:
        self.aborting = True
        for clock in self._clocks:
            expire_now(clock)
