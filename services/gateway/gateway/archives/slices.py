"""Slices as an archive sends them: read ahead, several at a time, compared with their checksum, passed on in order."""

import asyncio
import zlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Final

from msgspec import Struct

from gateway.errors import SliceDamaged
from objects import ObjectMissing, ObjectStore
from runtime.tasks import cancel_and_wait

AT_ONCE: Final = 16
AHEAD_BYTES: Final = 12 * 1024 * 1024  # of a download; a read that arrives takes its size twice for a moment
READ_BYTES: Final = 4 * 1024 * 1024
AHEAD_OF_ALL_BYTES: Final = 256 * 1024 * 1024  # of all downloads; beyond it each reads one slice ahead
ITEM_BYTES: Final = 150  # what holding a piece takes besides its bytes: an entry of a directory is shorter


class Slice(Struct, frozen=True):
    """A stored slice, and where it comes from for those who are told that it is damaged."""

    key: str
    size_bytes: int
    crc32: int
    dataset: int
    n: int


class Read(Struct, frozen=True):
    """Bytes `first` … `first` + `count` - 1 (zero-based) of a slice. `compared`: all of it is sent, and compared."""

    of: Slice
    first: int
    count: int
    compared: bool

    @property
    def is_small(self) -> bool:
        return self.of.size_bytes <= READ_BYTES

    @property
    def read_bytes(self) -> int:
        """How much is read for it: a small slice is read and compared as a whole, whichever part is sent."""
        return self.of.size_bytes if self.is_small else self.count


def reads_of(whole: Slice, first: int, last: int) -> Iterator[Read]:
    """What is to be read to send bytes `first` to `last` (inclusive)."""
    compared = first == 0 and last == whole.size_bytes - 1
    step = whole.size_bytes if whole.size_bytes <= READ_BYTES else READ_BYTES
    for at in range(first, last + 1, step):
        yield Read(whole, at, min(step, last + 1 - at), compared)


class Ahead:
    """What all downloads of a process hold that their clients have not taken; one for each process.

    A client that reads nothing costs what its download has read ahead, so a few hundred could take all memory.
    """

    def __init__(self, most_bytes: int = AHEAD_OF_ALL_BYTES) -> None:
        self._most_bytes = most_bytes
        self.held_bytes = 0

    @property
    def is_used_up(self) -> bool:
        return self.held_bytes > self._most_bytes


async def in_order(store: ObjectStore, ahead: Ahead, items: AsyncIterator[bytes | Read]) -> AsyncGenerator[bytes, None]:
    """The bytes of all items, in their order. Close it, because it reads ahead.

    Raises: SliceDamaged, before the last byte of a slice that is not what was stored; StoreError.
    """
    waiting = _Waiting(store, ahead)
    crc32 = 0
    try:
        async for item in items:
            waiting.add(item)
            while waiting.is_full or waiting.first_is_there:
                piece, crc32 = await _taken(*waiting.taken(), crc32)
                yield piece
        while waiting:
            piece, crc32 = await _taken(*waiting.taken(), crc32)
            yield piece
    finally:
        await waiting.close()


class _Waiting:
    """What is to be sent, in order. It counts what is at hand, too: behind one read that the store is slow with, whole
    tables would gather.
    """

    def __init__(self, store: ObjectStore, ahead: Ahead) -> None:
        self._store, self._ahead = store, ahead
        self._items: deque[tuple[Read | None, bytes | asyncio.Task[bytes]]] = deque()
        self._reads = self._bytes = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_full(self) -> bool:
        if self._ahead.is_used_up and (self._reads > 1 or self._bytes > READ_BYTES):
            return True
        return self._reads > AT_ONCE or self._bytes > AHEAD_BYTES

    @property
    def first_is_there(self) -> bool:
        held = self._items[0][1] if self._items else None
        return isinstance(held, bytes) or (held is not None and held.done())

    def add(self, item: bytes | Read) -> None:
        self._count(item, 1)
        if isinstance(item, bytes):
            self._items.append((None, item))
        else:
            self._items.append((item, asyncio.create_task(_read(self._store, item))))

    def taken(self) -> tuple[Read | None, bytes | asyncio.Task[bytes]]:
        """The first, of which the caller waits for the end."""
        read, held = self._items.popleft()
        self._count(held if isinstance(held, bytes) else read, -1)
        return read, held

    async def close(self) -> None:
        self._ahead.held_bytes -= self._bytes
        await cancel_and_wait(*(held for _, held in self._items if isinstance(held, asyncio.Task)))

    def _count(self, item: bytes | Read | None, sign: int) -> None:
        if item is None:
            return
        taken = len(item) + ITEM_BYTES if isinstance(item, bytes) else item.read_bytes
        self._reads += sign * isinstance(item, Read)
        self._bytes += sign * taken
        self._ahead.held_bytes += sign * taken


async def _taken(read: Read | None, held: bytes | asyncio.Task[bytes], crc32: int) -> tuple[bytes, int]:
    """The piece, and the checksum of what has been sent of its slice."""
    piece = held if isinstance(held, bytes) else await held
    if read is None or read.is_small or not read.compared:
        return piece, 0
    crc32 = await asyncio.to_thread(zlib.crc32, piece, crc32 if read.first else 0)
    if read.first + read.count == read.of.size_bytes and crc32 != read.of.crc32:
        raise _damaged(read.of, "has another CRC-32 than was stored")
    return piece, crc32


async def _read(store: ObjectStore, read: Read) -> bytes:
    """Raises: SliceDamaged; StoreError."""
    try:
        return await _read_once(store, read)
    except SliceDamaged:
        return await _read_once(store, read)  # for one wrong answer the whole result would be refused for ever


async def _read_once(store: ObjectStore, read: Read) -> bytes:
    whole = read.of
    first = 0 if read.is_small else read.first
    try:
        # One byte more than there should be: a slice that grew is damaged, too.
        piece = await store.get_range(whole.key, first, read.read_bytes + read.is_small)
    except ObjectMissing as exc:
        raise _damaged(whole, "is missing") from exc
    if len(piece) != read.read_bytes:
        raise _damaged(whole, f"has {first + len(piece)} bytes or more, not {whole.size_bytes}")
    if not read.is_small:
        return piece
    if zlib.crc32(piece) != whole.crc32:
        raise _damaged(whole, "has another CRC-32 than was stored")
    return piece[read.first : read.first + read.count]


def _damaged(whole: Slice, how: str) -> SliceDamaged:
    return SliceDamaged(f"{whole.key} {how}", whole.dataset, whole.n)
