"""Reading parts of objects, on a real store and through connections that break."""

import pytest

from objects import ObjectStore, S3Settings, StoreError, StoreUnavailable, open_store
from tests.integration.objects.access import MIB, SOMEWHERE, at_port, bytes_that_differ
from tests.integration.objects.bad_networks import answering, relay, serving


@pytest.mark.parametrize(
    ("first", "count", "expected"),
    [
        (0, 1, b"0"),
        (0, 10, b"0123456789"),
        (3, 4, b"3456"),
        (9, 1, b"9"),
        (8, 5, b"89"),
        (0, 1_000_000, b"0123456789"),
        (10, 1, b""),
        (11, 5, b""),
    ],
)
async def test_a_range_holds_the_bytes_that_are_there(
    store: ObjectStore, first: int, count: int, expected: bytes
) -> None:
    await store.put("digits", b"0123456789")

    assert await store.get_range("digits", first, count) == expected


async def test_an_empty_object_has_no_range(store: ObjectStore) -> None:
    await store.put("empty", b"")

    assert await store.get_range("empty", 0, 10) == b""


@pytest.mark.parametrize(("first", "count"), [(-1, 5), (0, 0), (0, -3)])
async def test_what_is_no_range_is_refused(store: ObjectStore, first: int, count: int) -> None:
    with pytest.raises(ValueError, match="not a byte range"):
        await store.get_range("k", first, count)


async def test_a_range_that_breaks_off_is_asked_for_again(store: ObjectStore, settings: S3Settings) -> None:
    body = bytes_that_differ(3 * MIB)
    await store.put("k", body)
    cuts = iter([True])

    def cut_once(data: bytes) -> bytes | None:
        return None if b"000000000100000" in data and next(cuts, False) else data

    async with (
        relay(settings.endpoint_url, from_store=cut_once) as port,
        open_store(at_port(settings, port)) as shaky,
    ):
        assert await shaky.get_range("k", 100, 2 * MIB) == body[100 : 2 * MIB + 100]
    assert next(cuts, None) is None


async def test_a_range_that_breaks_off_twice_is_unavailable(store: ObjectStore, settings: S3Settings) -> None:
    await store.put("k", bytes_that_differ(3 * MIB))

    def cut(data: bytes) -> bytes | None:
        return None if b"000000000100000" in data else data

    async with (
        relay(settings.endpoint_url, from_store=cut) as port,
        open_store(at_port(settings, port)) as broken,
    ):
        with pytest.raises(StoreUnavailable, match="broke off"):
            await broken.get_range("k", 100, 2 * MIB)


async def test_a_range_shorter_than_the_object_allows_is_unavailable() -> None:
    short = answering("206 Partial Content", b"0123", "Content-Range: bytes 0-3/10")
    async with serving(short) as port, open_store(at_port(SOMEWHERE, port)) as store:
        with pytest.raises(StoreUnavailable, match="got bytes 0-3"):
            await store.get_range("k", 0, 8)


async def test_a_store_that_sends_the_whole_object_instead_is_refused() -> None:
    async with (
        serving(answering("200 OK", b"0123456789")) as port,
        open_store(at_port(SOMEWHERE, port)) as store,
    ):
        with pytest.raises(StoreError, match="byte range"):
            await store.get_range("k", 2, 3)


@pytest.mark.parametrize("size_bytes", [0, 1, 9, 10, 11, 30])
async def test_a_stream_is_the_object_in_chunks(store: ObjectStore, size_bytes: int) -> None:
    body = bytes(range(size_bytes))
    await store.put("k", body)

    chunks = [chunk async for chunk in store.stream("k", chunk_bytes=10)]

    assert b"".join(chunks) == body
    assert all(len(chunk) == 10 for chunk in chunks[:-1])
    assert b"" not in chunks


async def test_a_stream_of_an_object_that_changes_ends_with_an_error(store: ObjectStore) -> None:
    await store.put("k", b"0123456789")
    stream = aiter(store.stream("k", chunk_bytes=4))
    assert await anext(stream) == b"0123"

    await store.put("k", b"another length")

    with pytest.raises(StoreUnavailable, match="changed"):
        await anext(stream)
