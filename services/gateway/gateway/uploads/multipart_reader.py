"""A multipart/form-data body as a sequence of parts, read as it arrives: memory does not grow with the body.

Parts come in any order and are known by their field name alone; file names and types that a client claims are ignored.
Asking for the next part skips what is left of the current one.
"""

from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Final

from multipart import (  # type: ignore[import-untyped]  # annotated, but without the marker
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from gateway.errors import ClientGone, FieldError, MalformedBody

MAX_PARTS: Final = 32
MAX_BOUNDARY_CHARS: Final = 200  # RFC 2046 allows 70; some clients use longer ones
MAX_MARGIN_BYTES: Final = 64 * 1024  # before the first and after the last part


def boundary_of(content_type: str) -> str:
    """The boundary that a Content-Type header names.

    Raises: MalformedBody for any other type, or without a usable boundary.
    """
    media_type, options = parse_options_header(content_type)
    if media_type != "multipart/form-data":
        raise _bad_type("The Content-Type header must be multipart/form-data, with its boundary.")
    boundary = str(options.get("boundary", ""))
    if not 1 <= len(boundary) <= MAX_BOUNDARY_CHARS or not (boundary.isascii() and boundary.isprintable()):
        raise _bad_type("The Content-Type header must name a boundary.")
    return boundary


def _bad_type(detail: str) -> MalformedBody:
    return MalformedBody(detail, FieldError("content-type", "invalid", detail))


class MultipartReader:
    """Reads one body. After any error it must not be asked again."""

    def __init__(self, body: AsyncIterator[bytes], boundary: str) -> None:
        self._body = body
        self._parser = PushMultipartParser(boundary, max_segment_count=MAX_PARTS)
        self._events: deque[Any] = deque()
        self._field: str | None = None
        self.names_file = False  # whether the part at hand has a file name, as files have; what it is does not count
        self._margin_bytes = 0

    async def next_part(self) -> str | None:
        """The field name of the next part; None when the body is complete.

        Raises: MalformedBody.
        """
        event = await self._next_event()
        while event is not None and not isinstance(event, MultipartSegment):
            event = await self._next_event()
        if event is None:
            return None
        self._field, self.names_file = str(event.name), event.filename is not None
        return self._field

    async def next_chunk(self) -> bytes | None:
        """Some bytes of the part that `next_part` named; None at its end and ever after.

        Raises: MalformedBody.
        """
        if self._field is None:
            return None
        event = await self._next_event()
        if event is _END_OF_PART:
            self._field = None
            return None
        assert isinstance(event, bytes | bytearray)
        return bytes(event)

    async def _next_event(self) -> Any:
        """A segment, bytes, or `_END_OF_PART`; None when the body is complete."""
        while not self._events:
            chunk = await self._next_bytes()
            if chunk is None:
                self._finish()
                return None
            if chunk:
                self._parse(chunk)
        return self._events.popleft()

    async def _next_bytes(self) -> bytes | None:
        try:
            return await anext(self._body, None)
        except ClientGone as exc:
            raise self._truncated() from exc

    def _parse(self, chunk: bytes) -> None:
        try:
            self._events.extend(_END_OF_PART if event is None else event for event in self._parser.parse(chunk))
        except MultipartError as exc:
            # Some of the parser's errors have their cause as a second argument.
            raise self._malformed("malformed", f"The body is not valid multipart: {exc.args[0]}.") from exc
        self._margin_bytes = 0 if self._events else self._margin_bytes + len(chunk)
        if self._margin_bytes > MAX_MARGIN_BYTES:
            raise self._malformed("malformed", "The body has too much outside of its parts.")

    def _finish(self) -> None:
        try:
            self._parser.close()
        except MultipartError as exc:
            raise self._truncated() from exc

    def _truncated(self) -> MalformedBody:
        return self._malformed("truncated", "The body ends before its last part does.")

    def _malformed(self, code: str, detail: str) -> MalformedBody:
        return MalformedBody(detail, FieldError("body" if self._field is None else self._field, code, detail))


_END_OF_PART: Final = object()
