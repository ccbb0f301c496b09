"""What the body of a download consists of: parts of the object, and the bytes between them. Lengths are exact.

Several parts are `multipart/byteranges` (RFC 9110, section 14.6).
"""

import secrets
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gateway.domain.ranges import Span
from gateway.results.objects import StoredObject

_END: Final = b"\r\n"


class Part(Struct, frozen=True):
    """`before` is sent ahead of the object's bytes."""

    before: bytes
    span: Span


class Body(Struct, frozen=True):
    """`headers` are those that say what it holds. `whole`: it is all of the object, from its first byte on."""

    status: int
    headers: dict[str, str]
    parts: tuple[Part, ...]
    after: bytes = b""
    whole: bool = False


def whole(stored: StoredObject) -> Body:
    parts = (Part(b"", Span(0, stored.size_bytes - 1)),) if stored.size_bytes else ()
    headers = {"content-type": stored.content_type, "content-length": str(stored.size_bytes)}
    return Body(200, headers, parts, whole=True)


def partial(stored: StoredObject, spans: Sequence[Span]) -> Body:
    """`spans` lie within the object; there is one at least."""
    if len(spans) == 1:
        headers = {
            "content-type": stored.content_type,
            "content-length": str(spans[0].size_bytes),
            "content-range": _content_range(spans[0], stored.size_bytes),
        }
        return Body(206, headers, (Part(b"", spans[0]),))
    return _multipart(stored, spans, secrets.token_hex(16))


def _multipart(stored: StoredObject, spans: Sequence[Span], boundary: str) -> Body:
    parts = tuple(Part(_head(stored, span, boundary, span is spans[0]), span) for span in spans)
    after = f"\r\n--{boundary}--\r\n".encode("ascii")
    length = sum(len(one.before) + one.span.size_bytes for one in parts) + len(after)
    headers = {"content-type": f"multipart/byteranges; boundary={boundary}", "content-length": str(length)}
    return Body(206, headers, parts, after)


def _head(stored: StoredObject, span: Span, boundary: str, first: bool) -> bytes:
    lines = (
        f"--{boundary}",
        f"Content-Type: {stored.content_type}",
        f"Content-Range: {_content_range(span, stored.size_bytes)}",
    )
    return (b"" if first else _END) + "\r\n".join((*lines, "", "")).encode("latin-1")


def _content_range(span: Span, size_bytes: int) -> str:
    return f"bytes {span.first}-{span.last}/{size_bytes}"
