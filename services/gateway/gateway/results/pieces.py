"""A part of an object, read one piece ahead of the client, in pieces whose size follows the client's speed.

A slow client takes the memory of two small pieces, a fast one of two of `MOST_BYTES`; a piece that is being received
takes twice its size. So a download takes at most 3 × 4 MiB, and a thousand slow ones less than a gibibyte.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Final

from gateway.domain.ranges import Span
from gateway.errors import ObjectDamaged
from objects import ObjectStore
from runtime.tasks import cancel_and_wait

LEAST_BYTES: Final = 256 * 1024
MOST_BYTES: Final = 4 * 1024 * 1024
FAST_SECONDS: Final = 0.5  # a piece that is sent faster makes the next one twice as large
SLOW_SECONDS: Final = 2.0  # one that is sent more slowly, half as large


class Pace:
    """How large the next piece is, from how long the client took for the last one."""

    def __init__(self) -> None:
        self.piece_bytes = LEAST_BYTES

    def sent_in(self, seconds: float) -> None:
        if seconds < FAST_SECONDS:
            self.piece_bytes = min(self.piece_bytes * 2, MOST_BYTES)
        elif seconds > SLOW_SECONDS:
            self.piece_bytes = max(self.piece_bytes // 2, LEAST_BYTES)


async def pieces_of(store: ObjectStore, key: str, span: Span, pace: Pace) -> AsyncGenerator[bytes, None]:
    """The bytes of `span`, in order. Close it, because it reads ahead.

    Raises: ObjectDamaged where the object ends before the span does; StoreError.
    """
    reading: asyncio.Task[bytes] | None = _begin(store, key, span.first, span, pace)
    first = span.first
    try:
        while reading is not None:
            piece = await reading
            first += len(piece)
            reading = _begin(store, key, first, span, pace) if first <= span.last else None
            started = time.monotonic()
            yield piece
            pace.sent_in(time.monotonic() - started)
    finally:
        if reading is not None:
            await cancel_and_wait(reading)


def _begin(store: ObjectStore, key: str, first: int, span: Span, pace: Pace) -> asyncio.Task[bytes]:
    return asyncio.create_task(_read(store, key, first, min(pace.piece_bytes, span.last + 1 - first)))


async def _read(store: ObjectStore, key: str, first: int, count: int) -> bytes:
    piece = await store.get_range(key, first, count)
    if len(piece) != count:
        raise ObjectDamaged(f"{key} ends at byte {first + len(piece)}")
    return piece
