"""What a client sent, in a form that is safe in an answer or a log line: printable, and never longer than a limit."""

from collections.abc import Sequence
from typing import Final, Protocol

MAX_NAME_CHARS: Final = 100  # of a name that the client made up
MAX_DETAIL_CHARS: Final = 300
MAX_DETAILS: Final = 5  # a problem's own `detail` repeats so many errors; `errors` lists the others


class HasDetail(Protocol):
    @property
    def detail(self) -> str: ...


def printable(text: str, max_chars: int = MAX_NAME_CHARS) -> str:
    """`text` with what is not printable escaped as in Python. A text that is too long is cut, and ends with `…`."""
    head = text[: max_chars + 1]
    plain = head if head.isprintable() else "".join(map(_escaped, head))
    return plain if len(plain) <= max_chars else f"{plain[: max_chars - 1]}…"


def quoted(text: str) -> str:
    """`printable(text)` in single quotes, for use within a sentence."""
    return f"'{printable(text)}'"


def summary(errors: Sequence[HasDetail]) -> str:
    """The details of the first few errors in one text, and how many more there are."""
    first = " ".join(error.detail for error in errors[:MAX_DETAILS])
    more = len(errors) - MAX_DETAILS
    return f"{first} And {more} more." if more > 0 else first


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
