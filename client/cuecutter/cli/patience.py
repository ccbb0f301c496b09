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


async def patiently(
    attempt: Callable[[], Awaitable[T]],
    waiting: Callable[[float], object],
    patience_seconds: float = PATIENCE_SECONDS,
) -> T:
    """The result of the first attempt that is not ended by an absent or busy server; `attempt` must be repeatable.

    `waiting` is told the seconds of each pause. The last attempt's error is raised when patience ends.
    """
    ends = time.monotonic() + patience_seconds
    pause = _PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (Problem, Unreachable) as exc:
            seconds = max(pause, _asked(exc))
            if not _is_away(exc) or time.monotonic() + seconds > ends:
                raise
        waiting(seconds)
        await asyncio.sleep(seconds)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _is_away(exc: Problem | Unreachable) -> bool:
    return isinstance(exc, Unreachable) or exc.status in _AWAY


def _asked(exc: Problem | Unreachable) -> float:
    return (exc.retry_after_seconds or 0) if isinstance(exc, Problem) else 0
