"""What keeps a decoder that a hostile file has taken over from everything but the pipes and the memory it was given.

Several guards, because no kernel has all of them: whatever one of them lets pass, another refuses. What is missing is
reported (docs/deployment.md says where that may be), and the decoder works with the others.
"""

import sys
from collections.abc import Callable
from typing import Final

from segmenter.decoding import kernel, landlock, seccomp

# In this order: the last two need the second, and the last one leaves no call for the others.
GUARDS: Final[dict[str, Callable[[], None]]] = {
    "unreadable": lambda: kernel.prctl(kernel.PR_SET_DUMPABLE, 0),
    "no-new-privileges": lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1),
    "no-capabilities": kernel.drop_capabilities,
    "landlock": landlock.restrict,
    "seccomp": seccomp.restrict,
}


def become_unreadable() -> None:
    """No process of the same user can read this one's environment or memory; root with CAP_SYS_PTRACE still can.

    It leaves no core dumps, and debuggers need that right from now on. Without effect where there is no Linux.
    """
    if sys.platform == "linux":
        GUARDS["unreadable"]()


def enter() -> tuple[str, ...]:
    """Applies all guards, irrevocably; to be called by the only thread, when all libraries are loaded.

    Returns the names of those that this system does not have.
    """
    if sys.platform != "linux":
        return tuple(GUARDS)
    return tuple(name for name, apply in GUARDS.items() if not _applied(apply))


def _applied(apply: Callable[[], None]) -> bool:
    try:
        apply()
    except OSError:
        return False
    return True
