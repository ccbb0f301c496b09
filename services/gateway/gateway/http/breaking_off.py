"""How an answer ends that can't be completed: its connection closes before the announced length is reached.

ASGI has no message for it, and returning early is logged as an error of ours. So the server puts a function into the
scope.
"""

from collections.abc import Callable
from typing import Final

from litestar.types import Scope

KEY: Final = "cuecutter.break_off"  # the key in the scope

BreakOff = Callable[[bool], None]


def break_off(scope: Scope, *, at_once: bool) -> None:
    """Closes the connection; `at_once` without waiting for the client to take what has been written."""
    closing: BreakOff | None = scope.get(KEY)  # type: ignore[assignment]
    if closing is not None:
        closing(at_once)
