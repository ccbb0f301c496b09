"""What a client sent, as it may stand in an answer or a log line: printable, and never longer than a limit."""

from collections.abc import Sequence
from typing import Final, Protocol

MAX_NAME_CHARS: Final = 100  # of a name that the client made up
MAX_DETAIL_CHARS: Final = 300
DETAILED: Final = 5  # so many faults a problem's own `detail` tells of; `errors` has the others


class HasDetail(Protocol):
    @property
    def detail(self) -> str: ...


def shown(text: str, max_chars: int = MAX_NAME_CHARS) -> str:
    """`text` with whatever is not printable escaped as in Python; what is cut off leaves `…` as the last character."""
    head = text[: max_chars + 1]
    plain = head if head.isprintable() else "".join(map(_printable, head))
    return plain if len(plain) <= max_chars else f"{plain[: max_chars - 1]}…"


def quoted(text: str) -> str:
    """`text` in single quotes, as it may stand within a sentence."""
    return f"'{shown(text)}'"


def summary(faults: Sequence[HasDetail]) -> str:
    """The first few faults in one text, and how many there are besides."""
    told = " ".join(fault.detail for fault in faults[:DETAILED])
    more = len(faults) - DETAILED
    return f"{told} And {more} more." if more > 0 else told


def _printable(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
