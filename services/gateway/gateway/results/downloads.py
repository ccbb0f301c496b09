"""From a request and a stored object to an answer: what the conditions say, and which bytes of it.

Objects of up to 4 MiB, which most slices are, are read and compared with their sha256 before a byte of them is sent,
whichever part is asked for. Of larger ones a whole download is compared, and its last piece sent only if it agrees; a
part is checked for its length only; the client can compare the whole with the ETag.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from gateway.domain import conditions, ranges
from gateway.domain.ranges import Span
from gateway.errors import ObjectDamaged, RangeNotSatisfiable
from gateway.results import bodies
from gateway.results.bodies import Body
from gateway.results.delivery import Delivery, Watch
from gateway.results.objects import StoredObject
from gateway.results.pieces import Pace, pieces_of
from objects import ObjectStore

CHECKED_BYTES: Final = 4 * 1024 * 1024


async def answer(
    store: ObjectStore, stored: StoredObject, method: str, headers: Mapping[str, str], watch: Watch
) -> ASGIResponse:
    """The answer to a GET or HEAD; HEAD reads no object, and takes no notice of Range.

    Raises: RangeNotSatisfiable; ObjectDamaged; StoreError.
    """
    tag = conditions.etag(stored.sha256)
    common = {"etag": tag, "accept-ranges": "bytes", "content-disposition": stored.disposition}
    if conditions.is_known(headers.get("if-none-match"), tag):
        return ASGIResponse(status_code=304, headers=common)
    if method == "HEAD":
        return ASGIResponse(headers=common | bodies.whole(stored).headers, is_head_response=True)
    body = chosen_body(stored, headers)
    held = await _checked(store, stored) if stored.size_bytes <= CHECKED_BYTES else None
    delivery = Delivery(stored.kind, lambda: _pieces(store, stored, body, held), watch)
    return Download(common | body.headers, body.status, delivery)


class Download(ASGIResponse):
    """Streams its body; see `Delivery`."""

    def __init__(self, headers: dict[str, str], status: int, delivery: Delivery) -> None:
        super().__init__(headers=headers, status_code=status)
        self._delivery = delivery

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.start_response(send)
        await self._delivery.send_body(scope, receive, send)


def chosen_body(stored: StoredObject, headers: Mapping[str, str]) -> Body:
    """What of it the request's Range asks for.

    Raises: RangeNotSatisfiable.
    """
    tag = conditions.etag(stored.sha256)
    asked = headers.get("range") if conditions.still_holds(headers.get("if-range"), tag) else None
    found = ranges.asked_for(asked, stored.size_bytes)
    match found:
        case ranges.Whole():
            return bodies.whole(stored)
        case ranges.Unsatisfiable():
            raise RangeNotSatisfiable(stored.size_bytes)
    return bodies.partial(stored, found)


async def _pieces(
    store: ObjectStore, stored: StoredObject, body: Body, held: bytes | None
) -> AsyncGenerator[bytes, None]:
    """`held` is the whole object, if it has been read already.

    Raises: ObjectDamaged, where there is not what was stored; StoreError.
    """
    for part in body.parts:
        yield part.before
        if held is not None:
            yield held[part.span.first : part.span.last + 1]
            continue
        async with aclosing(_read(store, stored, part.span, compared=body.whole)) as pieces:
            async for piece in pieces:
                yield piece
    yield body.after


async def _read(store: ObjectStore, stored: StoredObject, span: Span, *, compared: bool) -> AsyncGenerator[bytes, None]:
    """`compared`: it is the whole object, whose last piece comes only if its sha256 is the stored one."""
    left, digest = span.size_bytes, hashlib.sha256()
    async with aclosing(pieces_of(store, stored.key, span, Pace())) as pieces:
        async for piece in pieces:
            left -= len(piece)
            if compared:
                await asyncio.to_thread(digest.update, piece)
            if compared and left == 0 and digest.hexdigest() != stored.sha256:
                raise ObjectDamaged(f"{stored.key} has another sha256 than was stored")
            yield piece


async def _checked(store: ObjectStore, stored: StoredObject) -> bytes:
    body = b"" if stored.size_bytes == 0 else await store.get_range(stored.key, 0, CHECKED_BYTES + 1)
    digest = await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest())
    if digest != stored.sha256:
        raise ObjectDamaged(f"{stored.key} has {len(body)} bytes and another sha256 than was stored")
    return body
