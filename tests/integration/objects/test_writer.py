"""Writing objects of unknown length: whole or not at all, in bounded memory, in ascending parts."""

import asyncio
import hashlib
import re
import tracemalloc
from typing import Any

import pytest

from objects import DigestMismatch, ObjectMissing, ObjectStore, S3Settings, StoreError, open_store
from tests.integration.objects.access import MIB, at_port, bytes_that_differ
from tests.integration.objects.bad_networks import relay

PART = 5 * MIB
ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180, appendix B.1


async def test_an_object_in_chunks_is_the_object(store: ObjectStore) -> None:
    async with store.writer("k") as writer:
        for chunk in (b"a", bytearray(b"b"), memoryview(b"xcx")[1:2]):
            await writer.write(chunk)

    assert await store.get("k") == b"abc"
    assert (writer.size_bytes, writer.sha256) == (3, ABC_SHA256)


@pytest.mark.parametrize("size_bytes", [0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 5])
@pytest.mark.parametrize("chunk_bytes", [700_001, 12 * MIB])
async def test_every_length_arrives_whole(
    store: ObjectStore, bare_client: Any, bucket: str, size_bytes: int, chunk_bytes: int
) -> None:
    body = bytes_that_differ(size_bytes)

    async with store.writer("k", "audio/wav", part_bytes=PART) as writer:
        for first in range(0, size_bytes, chunk_bytes):
            await writer.write(body[first : first + chunk_bytes])

    assert await store.get("k") == body
    assert (writer.size_bytes, writer.sha256) == (size_bytes, hashlib.sha256(body).hexdigest())
    assert (await bare_client.head_object(Bucket=bucket, Key="k"))["ContentType"] == "audio/wav"
    assert [upload async for upload in store.list_open_uploads("")] == []


async def test_a_chunk_may_be_reused_at_once(store: ObjectStore) -> None:
    chunk = bytearray(PART)
    async with store.writer("k", part_bytes=PART) as writer:
        for number in range(3):
            chunk[:] = bytes([number]) * PART
            await writer.write(chunk)

    assert await store.get("k") == b"".join(bytes([number]) * PART for number in range(3))


async def test_parts_start_in_ascending_order(settings: S3Settings) -> None:
    numbers: list[int] = []

    def watch(data: bytes) -> bytes:
        numbers.extend(int(found) for found in re.findall(rb"PUT [^ ]*partNumber=(\d+)", data))
        return data

    async with (
        relay(settings.endpoint_url, to_store=watch) as port,
        open_store(at_port(settings, port)) as store,
        store.writer("k", part_bytes=PART, in_flight=2) as writer,
    ):
        await writer.write(bytes(6 * PART))

    assert numbers == [1, 2, 3, 4, 5, 6]


async def test_nothing_shows_before_the_end(store: ObjectStore) -> None:
    async with store.writer("k", part_bytes=PART) as writer:
        await writer.write(bytes(2 * PART))
        with pytest.raises(ObjectMissing):
            await store.size("k")

    assert await store.size("k") == 2 * PART


@pytest.mark.parametrize("size_bytes", [1, 3 * PART + 5])
async def test_an_exception_leaves_nothing_behind(store: ObjectStore, size_bytes: int) -> None:
    with pytest.raises(LookupError, match="in the middle"):
        await _write_and_fail(store, size_bytes)

    await _assert_nothing_is_left(store)


async def test_an_exception_leaves_the_former_object(store: ObjectStore) -> None:
    await store.put("k", b"former")

    with pytest.raises(LookupError, match="in the middle"):
        await _write_and_fail(store, 2 * PART)

    assert await store.get("k") == b"former"


async def test_a_cancellation_leaves_nothing_behind(store: ObjectStore) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with store.writer("k", part_bytes=PART) as writer:
            await writer.write(bytes(2 * PART + 5))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await _assert_nothing_is_left(store)


async def test_a_second_cancellation_leaves_nothing_behind(store: ObjectStore, settings: S3Settings) -> None:
    cuts = iter([True])

    def cancel_again(data: bytes) -> bytes | None:
        if data.startswith(b"DELETE ") and next(cuts, False):
            task.cancel()
            return None  # the first try to abort never reaches the store
        return data

    async def write(through: ObjectStore) -> None:
        async with through.writer("k", part_bytes=PART) as writer:
            await writer.write(bytes(PART))
            await asyncio.Event().wait()

    async with (
        relay(settings.endpoint_url, to_store=cancel_again) as port,
        open_store(at_port(settings, port)) as watched,
    ):
        task = asyncio.create_task(write(watched))
        await _until_an_upload_is_open(store)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert next(cuts, None) is None
    await _assert_nothing_is_left(store)


async def test_a_cancellation_while_the_upload_is_being_opened_leaves_nothing_behind(
    store: ObjectStore, settings: S3Settings
) -> None:
    opening = asyncio.Event()

    def watch(data: bytes) -> bytes:
        if data.startswith(b"POST "):
            opening.set()
        return data

    async def write(through: ObjectStore) -> None:
        async with through.writer("k", part_bytes=PART) as writer:
            await writer.write(bytes(PART))

    async with (
        relay(settings.endpoint_url, to_store=watch) as port,
        open_store(at_port(settings, port)) as watched,
    ):
        task = asyncio.create_task(write(watched))
        await opening.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    await _assert_nothing_is_left(store)


async def test_a_damaged_part_fails_the_object(store: ObjectStore, settings: S3Settings) -> None:
    def flip(data: bytes) -> bytes:
        return data.replace(b"RIGHT", b"WRONG")

    async with (
        relay(settings.endpoint_url, to_store=flip) as port,
        open_store(at_port(settings, port)) as damaged,
    ):
        with pytest.raises(DigestMismatch):
            async with damaged.writer("k", part_bytes=PART) as writer:
                await writer.write(bytes(PART) + b"RIGHT" + bytes(PART))

    await _assert_nothing_is_left(store)


async def test_a_write_that_failed_unheard_still_fails_the_object(store: ObjectStore) -> None:
    async def write() -> None:
        async with store.writer("k", part_bytes=PART) as writer:
            writing = asyncio.create_task(writer.write(bytes(40 * PART)))
            await _until_an_upload_is_open(store)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            assert writing.cancelled()

    with pytest.raises(StoreError, match="an earlier write failed"):
        await write()

    await _assert_nothing_is_left(store)


async def test_parts_below_the_least_size_of_s3_are_refused(store: ObjectStore) -> None:
    with pytest.raises(ValueError, match="no such upload"):
        async with store.writer("k", part_bytes=PART - 1):
            pass
    with pytest.raises(ValueError, match="no such upload"):
        async with store.writer("k", in_flight=0):
            pass


async def test_memory_does_not_grow_with_the_object(store: ObjectStore) -> None:
    chunk = bytes(MIB // 2)
    async with store.writer("warm", part_bytes=PART) as writer:
        await writer.write(chunk)
    tracemalloc.start()
    try:
        async with store.writer("k", part_bytes=PART, in_flight=2) as writer:
            for _ in range(400):
                await writer.write(chunk)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert await store.size("k") == 200 * MIB
    # Three parts, an eighth more for the growth of a buffer, and what the client itself needs.
    assert peak_bytes < 3 * PART * 9 / 8 + 3 * MIB


async def test_writers_that_share_a_semaphore_send_no_more_parts_than_it_allows(store: ObjectStore) -> None:
    travelling, chunk = asyncio.Semaphore(2), bytes(MIB // 2)

    async def write(key: str) -> None:
        async with store.writer(key, part_bytes=PART, in_flight=2, travelling=travelling) as writer:
            for _ in range(80):
                await writer.write(chunk)

    await write("warm")
    tracemalloc.start()
    try:
        await asyncio.gather(*(write(f"k{n}") for n in range(6)))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    # Six that are filled and two that travel, where each alone would let two travel: eighteen in all.
    assert peak_bytes < 8 * PART * 9 / 8 + 5 * MIB


async def test_a_failed_write_gives_its_turn_back(store: ObjectStore) -> None:
    travelling = asyncio.Semaphore(1)
    for _ in range(3):
        with pytest.raises(LookupError):
            await _write_and_fail(store, 2 * PART, travelling)
    async with asyncio.timeout(20), store.writer("k", part_bytes=PART, travelling=travelling) as writer:
        await writer.write(bytes(2 * PART))

    assert await store.size("k") == 2 * PART


async def _write_and_fail(store: ObjectStore, size_bytes: int, travelling: asyncio.Semaphore | None = None) -> None:
    async with store.writer("k", part_bytes=PART, travelling=travelling) as writer:
        await writer.write(bytes(size_bytes))
        raise LookupError("in the middle")


async def _assert_nothing_is_left(store: ObjectStore) -> None:
    assert [info.key async for info in store.list("")] == []
    assert [upload.key async for upload in store.list_open_uploads("")] == []


async def _until_an_upload_is_open(store: ObjectStore) -> None:
    async with asyncio.timeout(20):
        while not [upload async for upload in store.list_open_uploads("")]:
            pass
