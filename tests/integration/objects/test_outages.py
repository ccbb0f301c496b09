"""Stores that die, hang or stammer: every call ends with an error of ours, in bounded time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from objects import ObjectStore, StoreUnavailable, Timeouts, UploadLost, open_store
from stack import ports
from tests.integration.objects.access import MIB, SOMEWHERE, at_port, settings_of
from tests.integration.objects.bad_networks import answering, deaf, mute, serving, slow_to_store

PART = 5 * MIB


async def _write_parts(store: ObjectStore) -> None:
    async with store.writer("k", part_bytes=PART) as writer:
        await writer.write(bytes(2 * PART))


async def _list(store: ObjectStore) -> None:
    [info async for info in store.list("")]


CALLS: dict[str, Callable[[ObjectStore], Awaitable[object]]] = {
    "check": lambda store: store.check(),
    "put": lambda store: store.put("k", b"small"),
    "put large": lambda store: store.put("k", bytes(20 * MIB)),
    "get": lambda store: store.get("k", max_bytes=1),
    "get_range": lambda store: store.get_range("k", 0, 1),
    "size": lambda store: store.size("k"),
    "delete": lambda store: store.delete(["k"]),
    "list": _list,
    "writer": _write_parts,
}


@pytest.fixture(params=sorted(CALLS))
def call(request: pytest.FixtureRequest) -> Callable[[ObjectStore], Awaitable[object]]:
    return CALLS[request.param]


async def _assert_unavailable_within(
    seconds: float, port: int, timeouts: Timeouts, call: Callable[[ObjectStore], Awaitable[object]]
) -> None:
    begun = time.monotonic()
    async with open_store(at_port(SOMEWHERE, port), timeouts) as store:
        with pytest.raises(StoreUnavailable):
            await call(store)
    assert time.monotonic() - begun < seconds


async def test_a_port_where_nobody_listens_is_unavailable(
    quick: Timeouts, call: Callable[[ObjectStore], Awaitable[object]]
) -> None:
    await _assert_unavailable_within(20, ports.choose(), quick, call)


async def test_a_store_that_never_answers_is_unavailable_in_time(
    call: Callable[[ObjectStore], Awaitable[object]],
) -> None:
    half_a_second = Timeouts(read_seconds=0.5, call_seconds=2.0, attempts=2)
    async with serving(mute) as port:
        await _assert_unavailable_within(20, port, half_a_second, call)


async def test_a_store_that_stops_reading_is_unavailable_in_time() -> None:
    in_two_seconds = Timeouts(read_seconds=0.5, call_seconds=1.0, slowest_bytes_per_second=20 * MIB)
    async with serving(deaf) as port:
        await _assert_unavailable_within(20, port, in_two_seconds, CALLS["put large"])


@pytest.mark.alone
async def test_a_store_that_hangs_is_given_up_long_before_a_call_may_last() -> None:
    quickly = Timeouts(silence_seconds=0.3, abort_seconds=0.3)
    async with serving(mute) as port:
        await asyncio.gather(*(_assert_unavailable_within(3, port, quickly, call) for call in CALLS.values()))


@pytest.mark.alone
async def test_a_store_that_is_slow_but_answers_is_waited_for() -> None:
    async with (
        serving(slow_to_store(1.5)) as port,
        open_store(at_port(SOMEWHERE, port), Timeouts(silence_seconds=0.2)) as store,
    ):
        begun = time.monotonic()
        await store.put("k", b"small")
        assert time.monotonic() - begun >= 1.5


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("503 Slow Down", b"<Error><Code>SlowDown</Code></Error>"),
        ("500 Internal Server Error", b"<Error><Code>InternalError</Code></Error>"),
        ("502 Bad Gateway", b"<html>a proxy says no</html>"),
        ("200 OK", b"<ListBucketResult><Contents><Key>trunc"),
    ],
)
async def test_a_store_that_stammers_is_unavailable(quick: Timeouts, status: str, body: bytes) -> None:
    async with serving(answering(status, body)) as port:
        await _assert_unavailable_within(20, port, quick, _list)


async def test_an_upload_is_lost_when_the_store_restarts(mortal_server: Any) -> None:
    def restart() -> None:
        mortal_server.kill()
        mortal_server.start()

    async with open_store(settings_of(mortal_server.environment("bucket"))) as store:
        await store.ensure_bucket()
        with pytest.raises(UploadLost):
            await _write_around(restart, store)

        await _write_parts(store)
        assert await store.size("k") == 2 * PART


async def test_an_upload_ends_when_the_store_is_gone(mortal_server: Any, quick: Timeouts) -> None:
    async with open_store(settings_of(mortal_server.environment("bucket")), quick) as store:
        await store.ensure_bucket()
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await _write_around(mortal_server.kill, store)
        assert time.monotonic() - begun < 30


async def test_a_store_that_comes_back_is_found_again(mortal_server: Any) -> None:
    async with open_store(settings_of(mortal_server.environment("bucket"))) as store:
        await store.ensure_bucket()
        await store.put("k", b"kept")
        mortal_server.kill()
        with pytest.raises(StoreUnavailable):
            await store.check()
        mortal_server.start()

        assert await store.get("k") == b"kept"


async def _write_around(outage: Callable[[], None], store: ObjectStore) -> None:
    async with store.writer("k", part_bytes=PART) as writer:
        await writer.write(bytes(2 * PART))
        async with asyncio.timeout(20):
            while not [upload async for upload in store.list_open_uploads("")]:
                pass
        outage()
        await writer.write(bytes(4 * PART))
