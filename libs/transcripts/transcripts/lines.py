"""The lines of a text with their numbers, one at a time: a list of millions of short ones would fill the memory."""

import re
from collections.abc import Iterator
from typing import Final

from transcripts.errors import TooManyCues

# Of all that are not blank: thirteen for each cue that a transcript may have.
MAX_LINES: Final = 2_000_000

_REMEDY: Final = "upload the recording in parts"
_LINE: Final = re.compile(r"[^\n]+")


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """The 1-based number of each line that is not blank, and the line without the blanks around it.

    Raises: TooManyCues.
    """
    number, counted, left = 1, 0, MAX_LINES
    for found in _LINE.finditer(text):
        line = found[0].strip()
        if line:
            number += text.count("\n", counted, found.start())
            counted = found.start()
            left -= 1
            if left < 0:
                raise TooManyCues(f"more than {MAX_LINES} lines, at line {number}", line=number, remedy=_REMEDY)
            yield number, line


def beginnings(text: str, most_chars: int) -> Iterator[str]:
    """Each line that is not blank, without the blanks around it, and of long ones only the first characters."""
    for found in _LINE.finditer(text):
        line = text[found.start() : min(found.end(), found.start() + most_chars)].strip()
        if line:
            yield line
