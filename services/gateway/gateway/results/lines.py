"""Lines of a manifest, read by their offsets: consecutive ones, or single ones from anywhere."""

import asyncio
from collections.abc import Sequence
from itertools import chain
from typing import Final

from contracts.manifest_index import ManifestIndex
from gateway.errors import ObjectDamaged
from gateway.results.scan import Place
from objects import ObjectStore

PAGE_BYTES: Final = 4 * 1024 * 1024
STEP_BYTES: Final = 1024 * 1024
NEAR_BYTES: Final = 64 * 1024  # a gap between two lines that is read rather than skipped
AT_ONCE: Final = 8

Line = tuple[int, bytes]  # a row's number, and its line without the newline


async def run_of(store: ObjectStore, key: str, index: ManifestIndex, first: int, count: int) -> list[Line]:
    """Rows `first` … `first` + `count` - 1, as far as there are, and as they fit into `PAGE_BYTES`; one at least.

    Raises: ObjectDamaged; StoreError.
    """
    last = min(first + count, index.rows)
    if first >= last:
        return []
    step = first // index.every
    n, offset, end = step * index.every, index.offsets[step], _end(index, last)
    rows: list[Line] = []
    room, carry = PAGE_BYTES, b""
    while offset < end:
        piece = await _read(store, key, offset, min(STEP_BYTES, end - offset))
        offset += len(piece)
        *complete, carry = (carry + piece).split(b"\n")
        for line in complete:
            if n >= first:
                if n == last or (rows and room < len(line)):
                    return rows
                rows.append((n, line))
                room -= len(line)
            n += 1
    if len(rows) < last - first:
        raise ObjectDamaged(f"{key} has fewer rows than its index says")
    return rows


async def picked(store: ObjectStore, key: str, places: Sequence[Place]) -> list[Line]:
    """The lines at `places`, in this order, as they fit into `PAGE_BYTES`; one at least.

    Raises: ObjectDamaged; StoreError.
    """
    fitting = _fitting(places)
    reads = _reads(sorted(fitting, key=lambda place: place.offset))
    gate = asyncio.Semaphore(AT_ONCE)

    async def read(places: list[Place]) -> list[Line]:
        first, last = places[0], places[-1]
        async with gate:
            body = await _read(store, key, first.offset, last.offset + last.size_bytes - first.offset)
        return [(one.n, body[(at := one.offset - first.offset) : at + one.size_bytes - 1]) for one in places]

    lines = dict(chain.from_iterable(await asyncio.gather(*map(read, reads))))
    return [(place.n, lines[place.n]) for place in fitting]


def _end(index: ManifestIndex, row: int) -> int:
    """The first indexed offset at or after the end of row `row` - 1."""
    step = -(-row // index.every)
    return index.offsets[step] if step < len(index.offsets) else index.manifest_bytes


def _fitting(places: Sequence[Place]) -> list[Place]:
    fitting, room = list(places[:1]), PAGE_BYTES - sum(place.size_bytes for place in places[:1])
    for place in places[1:]:
        room -= place.size_bytes
        if room < 0:
            break
        fitting.append(place)
    return fitting


def _reads(places: Sequence[Place]) -> list[list[Place]]:
    """`places`, in order of their offsets, in groups that are read at once."""
    groups: list[list[Place]] = []
    for place in places:
        near = groups and place.offset - groups[-1][-1].offset - groups[-1][-1].size_bytes <= NEAR_BYTES
        if near and place.offset - groups[-1][0].offset < STEP_BYTES:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


async def _read(store: ObjectStore, key: str, offset: int, count: int) -> bytes:
    piece = await store.get_range(key, offset, count)
    if len(piece) != count:
        raise ObjectDamaged(f"{key} ends at byte {offset + len(piece)}")
    return piece
