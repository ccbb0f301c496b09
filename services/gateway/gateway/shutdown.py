"""Whether the gateway is asked to stop, for all that must know: readiness, and uploads that would last too long."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


def run_out(clock: asyncio.Timeout) -> None:
    """Ends what `clock` bounds now, unless it is ended already."""
    if not clock.expired():
        clock.reschedule(asyncio.get_running_loop().time())


@dataclass(slots=True)
class Leaving:
    """`asked` from SIGTERM on, `over` once uploads are broken off."""

    asked: bool = False
    over: bool = False
    _clocks: set[asyncio.Timeout] = field(default_factory=set)

    @contextmanager
    def breaking_off(self, clock: asyncio.Timeout) -> Iterator[None]:
        """Within it, `clock` runs out as soon as uploads are broken off."""
        self._clocks.add(clock)
        try:
            yield
        finally:
            self._clocks.discard(clock)

    def break_off(self) -> None:
        self.over = True
        for clock in self._clocks:
            run_out(clock)
