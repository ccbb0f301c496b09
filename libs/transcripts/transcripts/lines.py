"""The lines of a text with their numbers, one at a time: a list of millions of short ones would fill the memory."""

import re
from collections.abc import Iterator
from typing import Final

_LINE: Final = re.compile(r"[^\n]+")


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """The 1-based number of each line that is not blank, and the line without the blanks around it."""
    number, counted = 1, 0
    for found in _LINE.finditer(text):
        line = found[0].strip()
        if line:
            number += text.count("\n", counted, found.start())
            counted = found.start()
            yield number, line
