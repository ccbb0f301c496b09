"""What If-Match says about an entity tag (RFC 9110, sections 8.8.3 and 13.1.1). Pure."""

import re
from typing import Final

ANY: Final = "*"
_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_MAX_CHARS: Final = 8_192


def etag(opaque: str) -> str:
    """A strong entity tag. What is in it is for us to know, and for clients to send back."""
    return f'"{opaque}"'


def names(header: str, opaque: str) -> bool:
    """Whether `header` names the strong tag of `opaque`; a weak tag never does, and neither does a malformed header."""
    found = _TAG.findall(header[:_MAX_CHARS])
    return any(tag == opaque and not weak for weak, tag in found)
