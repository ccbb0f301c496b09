"""A JSON array read element by element, so that what it holds at once does not grow with its length."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from gateway.domain import json_text

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_MAX_DIGITS: Final = 400
MAX_ELEMENT_CHARS: Final = 1_200_000  # decoded, an element may take sixty times its characters
# Nearly every element is short, and a window is copied: the long one only where the short one does not hold it.
_WINDOWS: Final = (2_000, MAX_ELEMENT_CHARS)


def elements(text: str) -> Iterator[Any]:
    """The elements of the array in `text`; each number is the exact Decimal that stands there.

    Raises: ValueError saying in half a sentence, to follow the name of a field, what is wrong, where it is met.
    """
    at = _after_blank(text, 0)
    if not text.startswith("[", at):
        raise ValueError("is no JSON array")
    at = _after_blank(text, at + 1)
    if text.startswith("]", at):
        _end(text, at)
        return
    while True:
        value, at = _element(text, at)
        yield value
        at = _after_blank(text, at)
        if not text.startswith(",", at):
            break
        at = _after_blank(text, at + 1)
    _end(text, at)


def _element(text: str, at: int) -> tuple[Any, int]:
    for window in _WINDOWS:
        try:
            value, end = _decoder.raw_decode(text[at : at + window])
            return value, at + end
        except json.JSONDecodeError as exc:
            if len(text) - at <= window:
                raise _not_json(text, at + exc.pos) from exc
        except RecursionError as exc:
            raise ValueError("is nested too deeply") from exc
    raise ValueError(f"has an element that is no JSON, or has more than {MAX_ELEMENT_CHARS:,} characters")


def _end(text: str, at: int) -> None:
    if not text.startswith("]", at):
        raise _not_json(text, at)
    rest = _after_blank(text, at + 1)
    if rest < len(text):
        raise _not_json(text, rest)


def _not_json(text: str, at: int) -> ValueError:
    line = text.count("\n", 0, at) + 1
    return ValueError(f"is not JSON from line {line}, column {at - text.rfind(chr(10), 0, at)} on")


def _after_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    assert found is not None  # it matches nothing, too
    return found.end()


def _number(digits: str) -> Decimal:
    try:
        if len(digits) <= _MAX_DIGITS:
            return Decimal(digits)
    except InvalidOperation:
        pass  # its exponent has more digits than any number of ours
    raise ValueError("has a number that is out of all bounds")


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=json_text.members,
    parse_float=_number,
    parse_int=_number,
    parse_constant=json_text.refuse_constant,
)
