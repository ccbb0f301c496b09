"""Which bytes a Range header asks for (RFC 9110, section 14). Pure.

A header that is malformed, or asks for more parts than we send, is answered with the whole object, as the RFC allows;
only one whose ranges are all outside the object is refused.
"""

import re
from typing import Final, NamedTuple

MAX_PARTS: Final = 16
# Parts that lie closer than the head of a part is long are cheaper sent as one.
NEAR_BYTES: Final = 128
MAX_ASKED: Final = 256  # ranges that are read of one header; more can only be meant to cost time

_RANGE: Final = re.compile(r"([0-9]*)-([0-9]*)")
_MAX_DIGITS: Final = 18  # more than any object has bytes; Python refuses to read numbers of thousands of digits


class Span(NamedTuple):
    """Bytes `first` to `last`, zero-based and inclusive."""

    first: int
    last: int

    @property
    def size_bytes(self) -> int:
        return self.last - self.first + 1


class Whole(NamedTuple):
    """The header is ignored: everything is sent."""


class Unsatisfiable(NamedTuple):
    """All its ranges are outside the object."""


Answer = Whole | Unsatisfiable | tuple[Span, ...]


def asked_for(header: str | None, size_bytes: int) -> Answer:
    """What of `size_bytes` bytes the value of a Range header asks for.

    Spans are in ascending order, do not touch, and are at most `MAX_PARTS`; overlapping and near ones are joined.
    """
    ranges = _ranges(header)
    if ranges is None or size_bytes == 0:
        # No Content-Range can describe a part of nothing.
        return Whole()
    there = sorted(span for one in ranges if (span := _within(*one, size_bytes)) is not None)
    if not there:
        return Unsatisfiable()
    joined = _joined(there)
    return Whole() if len(joined) > MAX_PARTS else joined


def _ranges(header: str | None) -> list[tuple[str, str]] | None:
    """First and last byte of each range as written; None for what is no list of byte ranges."""
    unit, equals, listed = (header or "").partition("=")
    if unit.strip().lower() != "bytes" or not equals:
        return None
    asked = [one for part in listed.split(",") if (one := part.strip(" \t"))]
    found = [_RANGE.fullmatch(one) for one in asked]
    if not 0 < len(found) <= MAX_ASKED or any(one is None or one[0] == "-" for one in found):
        return None
    ranges = [(one[1], one[2]) for one in found if one is not None]
    if any(first and last and _number(last) < _number(first) for first, last in ranges):
        return None
    return ranges


def _number(digits: str) -> int:
    short = digits.lstrip("0")
    return int(short or "0") if len(short) <= _MAX_DIGITS else int(10**_MAX_DIGITS)


def _within(first: str, last: str, size_bytes: int) -> Span | None:
    if not first:  # a suffix: so many bytes from the end
        count = _number(last)
        return Span(max(size_bytes - count, 0), size_bytes - 1) if count else None
    start = _number(first)
    end = min(_number(last), size_bytes - 1) if last else size_bytes - 1
    return Span(start, end) if start < size_bytes else None


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    joined = [spans[0]]
    for span in spans[1:]:
        if span.first <= joined[-1].last + 1 + NEAR_BYTES:
            joined[-1] = Span(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return tuple(joined)
