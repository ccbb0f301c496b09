"""How long an unclear answer is asked for again, and with what pauses.

Rivals on one condition are apart after milliseconds. A server that does not answer, or is full, is asked less and less
often: a batch of hundreds of messages every few milliseconds would be a hot loop, and keep the server from recovering.
"""

import asyncio
import random
from time import monotonic
from typing import Final

from bus.errors import BusUnavailable

_RIVALS_SECONDS: Final = (0.005, 0.050)
_SILENCE_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


class Backoff:
    """The time for one write with all its tries."""

    def __init__(self, seconds: float) -> None:
        self._until = monotonic() + seconds
        self._silences = 0

    async def after(self, problem: Exception) -> None:
        """Waits as long as `problem` asks for.

        Raises: BusUnavailable once the time is over.
        """
        if monotonic() >= self._until:
            raise BusUnavailable("no clear answer from the stream in time") from problem
        await asyncio.sleep(min(self._pause(problem), max(self._until - monotonic(), 0)))

    def _pause(self, problem: Exception) -> float:
        if not isinstance(problem, BusUnavailable):
            return random.uniform(*_RIVALS_SECONDS)  # noqa: S311 - jitter, not a secret
        self._silences += 1
        return _SILENCE_SECONDS[min(self._silences, len(_SILENCE_SECONDS)) - 1]
