"""A page's place in the list: newest first, continued below the sequence of the last dataset shown.

Cursors are opaque to clients. One that was not made here is refused, never guessed at.
"""

import base64
import binascii
import re
from typing import Final

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100
MAX_SEQ: Final = 2**63 - 1  # the catalog's column ends here; more than that was never a dataset's

_DIGITS: Final = re.compile(r"[0-9]{1,9}")
_PLAIN: Final = re.compile(rb"before:([1-9][0-9]{0,18})")


class CursorInvalid(ValueError):
    """The text is no cursor that `cursor_of` makes."""


def is_limit(text: str) -> bool:
    """Whether `text` is a whole number from 1 to `MAX_LIMIT`, in plain digits."""
    return _DIGITS.fullmatch(text) is not None and 1 <= int(text) <= MAX_LIMIT


def is_cursor(text: str) -> bool:
    """Whether `before_of` takes `text`."""
    try:
        before_of(text)
    except CursorInvalid:
        return False
    return True


def cursor_of(before: int) -> str:
    """Url-safe text for `before`, the stream sequence below which the next page begins."""
    return base64.urlsafe_b64encode(b"before:%d" % before).rstrip(b"=").decode("ascii")


def before_of(cursor: str) -> int:
    """Raises: CursorInvalid for anything `cursor_of` does not make."""
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise CursorInvalid(cursor) from exc
    matched = _PLAIN.fullmatch(plain)
    # Base64 has several spellings of the same bytes; only ours is ours.
    if matched is None or int(matched[1]) > MAX_SEQ or cursor_of(int(matched[1])) != cursor:
        raise CursorInvalid(cursor)
    return int(matched[1])
