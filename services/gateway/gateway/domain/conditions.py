"""What If-Match, If-None-Match and If-Range say about an entity tag (RFC 9110, sections 8.8.3 and 13.1). Pure."""

import re
from typing import Final

ANY: Final = "*"
_MAX_CHARS: Final = 8_192

_STRONG_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_LIST: Final = re.compile(rf"[ \t,]*{_TAG.pattern}(?:[ \t]*,[ \t,]*{_TAG.pattern})*[ \t,]*")


def etag(value: str) -> str:
    """A strong entity tag: the same digest, or the same sequence of a life, is the same representation."""
    return f'"{value}"'


def names(header: str, value: str) -> bool:
    """Whether `header`, as If-Match, names the strong tag of `value`; a weak tag never does, nor a malformed header."""
    if len(header) > _MAX_CHARS or _LIST.fullmatch(header) is None:
        return False
    found = _STRONG_TAG.findall(header)
    return any(tag == value and not weak for weak, tag in found)


def is_known(header: str | None, tag: str) -> bool:
    """Whether a client that sent `header` as If-None-Match has what the strong `tag` names. A malformed one has not."""
    if header is None:
        return False
    if header.strip(" \t") == ANY:
        return True
    if len(header) > _MAX_CHARS or _LIST.fullmatch(header) is None:
        return False
    return any(found.removeprefix("W/") == tag for found in _TAG.findall(header))


def still_holds(header: str | None, tag: str) -> bool:
    """Whether a Range applies, given `header` as If-Range: only if that is the same strong tag, or absent.

    A date never holds, because no answer of ours gives one.
    """
    return header is None or header.strip(" \t") == tag
