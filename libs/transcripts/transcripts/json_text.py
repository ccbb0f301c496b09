"""JSON with bounds: what a hostile file of brackets would fill the memory with is refused before it is decoded.

Decoded with msgspec, into structs that have only the fields that are read, so that the others cost nothing.
"""

import re
from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec

from transcripts.cue_collector import MAX_CUES
from transcripts.errors import BrokenTranscript, TooManyCues

T = TypeVar("T")

MAX_OBJECTS: Final = 8 * MAX_CUES  # a word is one, and so is a cue

# What Python writes for numbers that JSON does not have, after the name of a field.
_NO_NUMBER: Final = re.compile(r'(?<=[^\\]":)([ \t]*)(?:NaN|-?Infinity)\b')
_AT: Final = re.compile(r"byte (\d+)")


def decode(text: str, kind: type[T]) -> T | None:
    """None where it is valid JSON of another shape.

    Raises: BrokenTranscript; TooManyCues.
    """
    if text.count("{") + text.count("[") > MAX_OBJECTS:
        raise TooManyCues(f"more than {MAX_OBJECTS} objects of JSON", line=1, remedy="upload the recording in parts")
    if "NaN" in text or "Infinity" in text:
        text = _NO_NUMBER.sub(r"\1null", text)
    try:
        return msgspec.json.decode(text, type=kind, strict=True)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise _broken(text, str(error)) from error


def lines_of(text: str, values: list[msgspec.Raw]) -> Iterator[int]:
    """The 1-based line of each; they follow each other in `text`."""
    data = text.encode("utf-8", "surrogatepass")
    line, at = 1, 0
    for value in values:
        found = data.find(bytes(value), at)
        line += data.count(b"\n", at, found)
        at = found
        yield line


def _broken(text: str, reason: str) -> BrokenTranscript:
    at = _AT.search(reason)
    line = text.encode()[: int(at[1])].count(b"\n") + 1 if at else 1
    return BrokenTranscript(
        f"JSON that is damaged or cut off, in line {line}: {reason.partition(' (byte')[0]}",
        line=line,
        remedy="write the file again with the program that it is from",
    )
