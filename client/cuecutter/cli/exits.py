"""How every command ends. The numbers are public: scripts depend on them, and docs/client.md lists them."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """A process's exit code."""

    OK = 0  # all of it is done
    FAILED = 1  # something of it failed, and was named
    WRONG_CALL = 2  # the command line, a file that it names or an option can't be used
    UNREACHABLE = 3  # no answer from the server
    NOT_ALLOWED = 4  # no token, or one that the server does not take
    DROPPED = 5  # with --strict: all is done, and at least one cue was dropped
    INTERRUPTED = 130  # Ctrl-C; what the server has begun goes on there


# What a person has to mend first, first.
_WORST_FIRST: Final = (
    Exit.INTERRUPTED,
    Exit.WRONG_CALL,
    Exit.NOT_ALLOWED,
    Exit.UNREACHABLE,
    Exit.FAILED,
    Exit.DROPPED,
)


def worst(exits: Iterable[Exit]) -> Exit:
    """The one exit code of a call of which several parts ended in their own way."""
    found = set(exits)
    return next((code for code in _WORST_FIRST if code in found), Exit.OK)
