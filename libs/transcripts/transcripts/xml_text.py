"""XML, read as it comes: no tree of it is kept, no entity is defined by the file, nothing is fetched.

A file that declares entities is refused: each use of one may be a thousand times as long.
"""

from collections.abc import Mapping
from typing import Final, Protocol
from xml.parsers import expat  # no tree, no entities of the file's own: see `_refuse_entity`

from transcripts.errors import BrokenTranscript, TooManyCues

MAX_DEPTH: Final = 100
MAX_ELEMENTS: Final = 1_000_000  # six for each cue that a transcript may have
_PARTS: Final = "upload the recording in parts"
_REMEDY: Final = "write the file again with the program that it is from"


class Listener(Protocol):
    """Told of each element, without its namespace, and of the text between. `line` is 1-based."""

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None: ...

    def text(self, text: str) -> None: ...

    def end(self, name: str) -> None: ...


def parse(text: str, listener: Listener) -> None:
    """Raises: BrokenTranscript; TooManyCues; and what the listener raises."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    depth = elements = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if elements > MAX_ELEMENTS:
            line = parser.CurrentLineNumber
            raise TooManyCues(f"more than {MAX_ELEMENTS} elements, at line {line}", line=line, remedy=_PARTS)
        if depth > MAX_DEPTH:
            raise _broken(f"elements within elements, more than {MAX_DEPTH} deep", parser.CurrentLineNumber)
        listener.start(name.rpartition(":")[2], attributes, parser.CurrentLineNumber)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(name.rpartition(":")[2])

    def refuse_entity(*_: object) -> None:
        raise _broken("it declares entities of its own", parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = listener.text
    parser.EntityDeclHandler = refuse_entity
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise _broken(expat.ErrorString(error.code), error.lineno) from error


def attribute(attributes: Mapping[str, str], name: str) -> str | None:
    """Whatever its namespace."""
    if name in attributes or not attributes:
        return attributes.get(name)
    return next((value for key, value in attributes.items() if key.endswith(f":{name}")), None)


def _broken(reason: str, line: int) -> BrokenTranscript:
    return BrokenTranscript(f"XML that can't be read: {reason}, in line {line}", line=line, remedy=_REMEDY)
