"""Reading objects: whole ones up to a limit, and byte ranges that are complete or an error.

An answer that breaks off, or is shorter than the store announced, is asked for once more before it counts as
`StoreUnavailable`. The client's own retries end where the body begins, so they do not cover this.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from objects.connection import Connection
from objects.errors import ObjectTooLarge, StoreError, StoreUnavailable
from objects.translation import BROKEN_STREAM, error_code

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import GetObjectOutputTypeDef

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `first` to `last`, zero-based and inclusive, of an object of `object_bytes` bytes."""

    first: int
    last: int
    object_bytes: int

    @property
    def size_bytes(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an object. `object_bytes` is 0 when nothing lies at or after the asked position."""

    body: bytes
    object_bytes: int


class _StreamBroken(StoreUnavailable):
    """The body ended before its announced length."""


def parse_content_range(header: str) -> ByteRange:
    """What a ranged answer holds.

    Raises: `StoreError` when the header is none, which means that the store ignored the range.
    """
    found = _CONTENT_RANGE.fullmatch(header)
    if found is None:
        raise StoreError("the store did not answer the asked byte range")
    first, last, object_bytes = (int(number) for number in found.groups())
    return ByteRange(first, last, object_bytes)


async def read_object(connection: Connection, key: str, max_bytes: int) -> bytes:
    """The whole object. Raises: `ObjectTooLarge` before reading when it has more than `max_bytes`."""

    async def fetch() -> bytes:
        answer = await connection.client.get_object(Bucket=connection.bucket, Key=key)
        size_bytes = answer["ContentLength"]
        if size_bytes > max_bytes:
            answer["Body"].close()
            raise ObjectTooLarge(f"reading {key}: {size_bytes} bytes, at most {max_bytes} are read")
        return await _body(answer, size_bytes)

    async with connection.call(f"reading {key}", body_bytes=max_bytes):
        return await _twice(fetch)


async def read_piece(connection: Connection, key: str, first: int, count: int) -> Piece:
    """`count` bytes from zero-based `first`, fewer only at the end of the object, none after it."""
    if first < 0 or count < 1:
        raise ValueError(f"not a byte range: {count} bytes from {first}")

    async def fetch() -> Piece:
        return await _fetch_piece(connection, key, first, count)

    async with connection.call(f"reading {key}", body_bytes=count):
        return await _twice(fetch)


async def read_size(connection: Connection, key: str) -> int:
    async with connection.call(f"looking at {key}"):
        answer = await connection.client.head_object(Bucket=connection.bucket, Key=key)
        return answer["ContentLength"]


async def read_stream(connection: Connection, key: str, chunk_bytes: int) -> AsyncIterator[bytes]:
    """The object in chunks, each by a request of its own: a slow reader holds no connection open.

    Raises: `StoreUnavailable` when the object's size changes meanwhile.
    """
    first, object_bytes = 0, None
    while object_bytes is None or first < object_bytes:
        piece = await read_piece(connection, key, first, chunk_bytes)
        if object_bytes not in (None, piece.object_bytes):
            raise StoreUnavailable(f"reading {key}: the object changed while it was read")
        object_bytes = piece.object_bytes
        if piece.body:
            yield piece.body
        first += len(piece.body)


async def _fetch_piece(connection: Connection, key: str, first: int, count: int) -> Piece:
    asked = f"bytes={first}-{first + count - 1}"
    try:
        answer = await connection.client.get_object(Bucket=connection.bucket, Key=key, Range=asked)
    except ClientError as error:
        if error_code(error) == "InvalidRange":  # nothing there: `first` is the object's size or more
            return Piece(b"", 0)
        raise
    try:
        given = parse_content_range(answer.get("ContentRange", ""))
    except StoreError:
        answer["Body"].close()  # the rest of a whole object would otherwise still be received
        raise
    body = await _body(answer, given.size_bytes)
    if given.first != first or given.size_bytes != min(count, given.object_bytes - first):
        raise _StreamBroken(f"reading {key}: asked for {asked}, got bytes {given.first}-{given.last}")
    return Piece(body, given.object_bytes)


async def _body(answer: "GetObjectOutputTypeDef", size_bytes: int) -> bytes:
    try:
        async with answer["Body"] as stream:
            body = await stream.read()
    except BROKEN_STREAM as error:
        raise _StreamBroken(f"the answer broke off: {type(error).__name__}") from error
    if len(body) != size_bytes:
        raise _StreamBroken(f"the answer ended after {len(body)} of {size_bytes} bytes")
    return body


async def _twice(fetch: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        return await fetch()
    except _StreamBroken:
        return await fetch()
