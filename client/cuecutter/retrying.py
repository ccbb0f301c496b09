"""When a call is asked again: only where it surely changed nothing, or where asking twice is the same as asking once.

GET and HEAD are repeated when no answer came, and when a server or the proxy before it is busy or away. Any call but an
upload is repeated when no connection could be made. Every call is repeated after the refusals in `_REFUSED`: the
gateway sends them before it obeys, and keeps nothing. All of it ends `retry_seconds` after the first attempt.
"""

import random
import time
from collections.abc import Iterator
from typing import Final

from cuecutter.decoding import problem_of
from cuecutter.errors import Unreachable
from cuecutter.steps import Answer, Ask, Once, Operation, Pause

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 8.0

_SAFE: Final = ("GET", "HEAD")
_AWAY: Final = (429, 502, 503, 504)
# `bus-unavailable` is not among them: the command may have been carried out.
_REFUSED: Final = ("too-many-uploads", "uploads-full", "stopping", "busy")


def persistently(ask: Ask, retry_seconds: float) -> Operation[Answer]:
    """The answer of the last attempt, whatever its status.

    Raises: Unreachable, when the last attempt had none.
    """
    ends = time.monotonic() + retry_seconds
    for pause in _pauses():
        asked: float | None = None
        try:
            answer: Answer = yield Once(ask)
            if not _may_be_asked_again(ask, answer):
                return answer
            asked = problem_of(answer).retry_after_seconds
            if time.monotonic() + max(pause, asked or 0) > ends:
                return answer
        except Unreachable as exc:
            if not _may_be_sent_again(ask, exc) or time.monotonic() + pause > ends:
                raise
        yield Pause(max(pause, asked or 0))
    raise AssertionError("pauses never end")


def _pauses() -> Iterator[float]:
    """Seconds, longer each time, and never the same for many clients that lost the same server."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause * random.uniform(0.5, 1)  # noqa: S311 - it is no secret
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _may_be_asked_again(ask: Ask, answer: Answer) -> bool:
    if ask.method in _SAFE:
        return answer.status in _AWAY
    return answer.status in (429, 503) and problem_of(answer).code in _REFUSED


def _may_be_sent_again(ask: Ask, exc: Unreachable) -> bool:
    if ask.method in _SAFE:
        return True
    is_upload = ask.content is not None and not isinstance(ask.content, bytes)
    return not exc.may_have_happened and not is_upload
