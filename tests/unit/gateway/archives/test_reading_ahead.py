"""Reading ahead is bounded, and nothing of it is left when a download ends early."""

import asyncio
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import pytest

from gateway.archives.slices import AHEAD_BYTES, Ahead, Read, Slice, in_order, reads_of
from gateway.domain.ranges import Span
from objects import ObjectMissing, ObjectStore
from tests.unit.gateway.archives.made_archives import MemoryStore, archives_of, order_of

PIECE = bytes(512 * 1024)


class SlowStore:
    """Answers when it may."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()

    async def get_range(self, key: str, first: int, count: int) -> bytes:
        await self.may_answer.wait()
        return b"abcd"


def slice_of(content: bytes) -> Slice:
    return Slice("key", len(content), zlib.crc32(content), 0, 0)


async def test_tables_do_not_gather_behind_a_slice_that_is_late() -> None:
    made = 0

    async def items() -> AsyncIterator[bytes | Read]:
        nonlocal made
        for read in reads_of(slice_of(b"abcd"), 0, 3):
            yield read
        for _ in range(200):
            made += len(PIECE)
            yield PIECE
            await asyncio.sleep(0)

    store = SlowStore()
    pieces: AsyncGenerator[bytes, Any] = in_order(cast(ObjectStore, store), Ahead(), items())
    async with aclosing(pieces):
        first = asyncio.create_task(anext(pieces))
        for _ in range(1_000):
            await asyncio.sleep(0)
        assert made <= AHEAD_BYTES + len(PIECE)
        store.may_answer.set()
        assert await first == b"abcd"
        assert sum([len(piece) async for piece in pieces]) == 200 * len(PIECE)


async def test_a_directory_behind_a_slice_that_is_late_takes_no_time() -> None:
    async def items() -> AsyncIterator[bytes | Read]:
        for read in reads_of(slice_of(b"abcd"), 0, 3):
            yield read
        for _ in range(200_000):
            yield bytes(80)

    store = SlowStore()
    began = time.perf_counter()
    async with aclosing(in_order(cast(ObjectStore, store), Ahead(), items())) as pieces:
        first = asyncio.create_task(anext(pieces))
        await asyncio.sleep(0)
        store.may_answer.set()
        assert await first == b"abcd"
        assert sum([len(piece) async for piece in pieces]) == 200_000 * 80
    assert time.perf_counter() - began < 5  # counted anew for each entry, a minute and more


async def test_nothing_reads_on_when_a_download_ends_within_a_table() -> None:
    store = MemoryStore()
    archive = await archives_of(store).archive(order_of(store, 5_000))
    (table,), size = archive.survey.tables, archive.survey.layout.size_bytes
    end = b"".join([piece async for piece in archive.bytes_of(Span(size - 22, size - 1))])
    directory = int.from_bytes(end[16:20], "little")  # it begins where the table ends
    ours, store.seconds = asyncio.all_tasks(), 0.2
    async with aclosing(archive.bytes_of(Span(directory - table.size_bytes, size - 1))) as pieces:
        await anext(pieces)
        assert asyncio.all_tasks() > ours
    assert asyncio.all_tasks() == ours


@pytest.mark.parametrize("wrong", [b"abc", b"abcx", b"abcde", None])
async def test_one_wrong_answer_of_the_store_is_no_damage(wrong: bytes | None) -> None:
    answers = [wrong, b"abcd"]

    class Store:
        async def get_range(self, key: str, first: int, count: int) -> bytes:
            answer = answers.pop(0)
            if answer is None:
                raise ObjectMissing(key)
            return answer

    async def items() -> AsyncIterator[bytes | Read]:
        for read in reads_of(slice_of(b"abcd"), 1, 2):
            yield read

    assert [piece async for piece in in_order(cast(ObjectStore, Store()), Ahead(), items())] == [b"bc"]


async def test_many_downloads_that_nobody_takes_hold_no_more_than_all_may_and_one_slice_each() -> None:
    content = b"abcd" * 256 * 1024

    class Store:
        async def get_range(self, key: str, first: int, count: int) -> bytes:
            return content

    async def items() -> AsyncIterator[bytes | Read]:
        for _ in range(100):
            for read in reads_of(slice_of(content), 0, len(content) - 1):
                yield read

    ahead = Ahead(most_bytes=20 * len(content))
    downloads = [in_order(cast(ObjectStore, Store()), ahead, items()) for _ in range(40)]
    for download in downloads:
        assert await anext(download) == content
    assert ahead.held_bytes <= 20 * len(content) + AHEAD_BYTES + 40 * 2 * len(content)
    for download in downloads:
        await download.aclose()
    assert ahead.held_bytes == 0
    assert sum([len(piece) async for piece in in_order(cast(ObjectStore, Store()), ahead, items())]) == 100 * 2**20
    assert ahead.held_bytes == 0


async def test_parts_of_a_table_that_are_not_asked_for_are_not_made() -> None:
    store = MemoryStore()
    order = order_of(store, 30, form="kaldi")
    archive = await archives_of(store).archive(order)
    size = archive.survey.layout.size_bytes
    end = b"".join([piece async for piece in archive.bytes_of(Span(size - 22, size - 1))])
    directory = int.from_bytes(end[16:20], "little")  # it begins where spk2utt ends
    spk2utt = archive.survey.tables[-1]
    store.reads.clear()
    span = Span(directory - spk2utt.size_bytes, directory - 1)
    whole = b"".join([piece async for piece in archive.bytes_of(span)])
    assert [line.split()[0] for line in whole.splitlines()] == [b"s0-ann", b"s1-ben", b"s2-unnamed"]
    store.reads.clear()
    last = b"".join([piece async for piece in archive.bytes_of(Span(directory - 20, directory - 1))])
    assert last == whole[-20:]
    assert store.reads.count(order.sources[0].result.training_data_key) == 1
