"""A page's place among the rows of one result. Cursors are opaque to clients, and name the run whose rows they count.

Pure. A cursor that was not made here is refused, never guessed at.
"""

import base64
import binascii
import re
from typing import Final, NamedTuple

from gateway.domain.paging import CursorInvalid

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1_000

_DIGITS: Final = re.compile(r"[0-9]{1,9}")
_PLAIN: Final = re.compile(rb"rows:([1-9][0-9]{0,18}):([1-9][0-9]{0,8})")


class Place(NamedTuple):
    """The page begins with row `position` of the run's result, counted from 0 among the rows that are asked for."""

    run: int
    position: int


def is_limit(text: str) -> bool:
    return _DIGITS.fullmatch(text) is not None and 1 <= int(text) <= MAX_LIMIT


def is_cursor(text: str) -> bool:
    try:
        place_of(text)
    except CursorInvalid:
        return False
    return True


def cursor_of(place: Place) -> str:
    """Url-safe text."""
    return base64.urlsafe_b64encode(b"rows:%d:%d" % place).rstrip(b"=").decode("ascii")


def place_of(cursor: str) -> Place:
    """Raises: CursorInvalid for anything `cursor_of` does not make."""
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise CursorInvalid(cursor) from exc
    matched = _PLAIN.fullmatch(plain)
    if matched is None or cursor_of(place := Place(int(matched[1]), int(matched[2]))) != cursor:
        raise CursorInvalid(cursor)
    return place
