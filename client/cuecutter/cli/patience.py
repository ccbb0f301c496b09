"""Work that goes on when a server is away for a while: it is tried again until it has been away for too long."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from cuecutter.errors import Problem, Unreachable

T = TypeVar("T")

PATIENCE_SECONDS: Final = 180.0  # without one answer; a server that is replaced is away for a minute
_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 15.0
_AWAY: Final = (429, 502, 503, 504)


class Patience:
    """Shared by all work with one server: what one piece has waited, the next need not wait again."""

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self._seconds = seconds
        self._ends = time.monotonic() + seconds

    async def until_done(self, attempt: Callable[[], Awaitable[T]], waiting: Callable[[float], object]) -> T:
        """The result of the first attempt that no absent or busy server ends; `attempt` must be repeatable.

        `waiting` is told the seconds of each pause. The last attempt's error is raised when patience ends.
        """
        pause = _PAUSE_SECONDS
        while True:
            try:
                result = await attempt()
            except (Problem, Unreachable) as exc:
                if not _is_away(exc):
                    self._is_there()
                    raise
                seconds = max(pause, _asked(exc))
                if time.monotonic() + seconds > self._ends:
                    raise
            else:
                self._is_there()
                return result
            waiting(seconds)
            await asyncio.sleep(seconds)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _is_there(self) -> None:
        self._ends = time.monotonic() + self._seconds


def _is_away(exc: Problem | Unreachable) -> bool:
    return isinstance(exc, Unreachable) or exc.status in _AWAY


def _asked(exc: Problem | Unreachable) -> float:
    return (exc.retry_after_seconds or 0) if isinstance(exc, Problem) else 0
