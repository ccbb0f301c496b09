"""Slicing on real servers: every slice stored before it is told, once; a second worker continues, a late one stops."""

import asyncio
import hashlib
import zlib
from typing import Any

import pytest

from bus.deliveries import Ack, NoAck
from contracts import envelope, keys, subjects
from contracts.events import SpanProgressed
from objects import ObjectStore
from segmenter import planning, reporting
from segmenter.domain import spans
from segmenter.domain.plan import PLAN_VERSION
from tests.integration.segmenter.conftest import RATE, World, again

pytestmark = pytest.mark.asyncio

COUNT = 60


def srt(count: int = COUNT) -> bytes:
    times = [(n * 400, n * 400 + 300) for n in range(count)]
    return "\n".join(
        f"{n}\n00:00:{a // 1000:02},{a % 1000:03} --> 00:00:{b // 1000:02},{b % 1000:03}\ncue {n}\n"
        for n, (a, b) in enumerate(times)
    ).encode()


class Broken:
    """A store that breaks at the PUT of one segment, as a worker does that is killed there."""

    def __init__(self, store: ObjectStore, at: int) -> None:
        self._store, self._at = store, at
        self.puts: list[str] = []

    async def put(self, key: str, *rest: Any) -> None:
        if key.endswith(keys.segment_path(self._at)):
            raise RuntimeError("killed")
        await self._store.put(key, *rest)
        self.puts.append(key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Held:
    """A store that holds the PUT of one segment until it is let go."""

    def __init__(self, store: ObjectStore, at: int) -> None:
        self._store, self._at = store, at
        self.reached, self.release = asyncio.Event(), asyncio.Event()

    async def put(self, key: str, *rest: Any) -> None:
        if key.endswith(keys.segment_path(self._at)):
            self.reached.set()
            await self.release.wait()
        await self._store.put(key, *rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def planned(world: World, transcript: bytes) -> int:
    await world.upload(transcript)
    request = await world.request()
    await world.handlers().on_process_requested(request)
    return request.seq


async def test_every_segment_is_stored_with_the_sources_own_bytes_and_told_once(world: World) -> None:
    run = await planned(world, srt())
    assert await world.run_all(run) == [Ack("stored")]
    assert await world.segments(run) == list(range(COUNT))
    prefix = keys.dataset_prefix("u", world.dataset_id)
    for n in (0, 17, COUNT - 1):
        first = n * 400 * RATE // 1000
        body = await world.store.get(keys.segment(prefix, n))
        assert body[44:] == world.samples[first : first + 300 * RATE // 1000].tobytes()


async def test_the_same_order_again_does_nothing(world: World) -> None:
    run = await planned(world, srt())
    await world.run_all(run)
    [order] = await world.orders(run)
    assert await world.handlers().on_span_planned(again(order)) == Ack("span is done")
    assert await world.segments(run) == list(range(COUNT))


async def test_a_second_worker_continues_behind_the_last_batch_of_one_that_died(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "BATCH_SEGMENTS", 5)
    run = await planned(world, srt())
    [order] = await world.orders(run)
    dying = Broken(world.store, at=40)
    with pytest.raises(RuntimeError, match="killed"):
        await world.handlers(dying).on_span_planned(order)  # type: ignore[arg-type]
    told = len(await world.segments(run))
    assert 20 <= told <= 40

    second = Broken(world.store, at=-1)
    assert await world.handlers(second, worker="second").on_span_planned(again(order)) == Ack("stored")  # type: ignore[arg-type]
    assert len([key for key in second.puts if "/segments/" in key]) == COUNT - told, "nothing told is done again"
    assert await world.segments(run) == list(range(COUNT))
    rows = [row async for row in _rows(world, run)]
    assert sorted(rows) == list(range(COUNT))


async def _rows(world: World, run: int) -> Any:
    async for stored in world.stream.every(subjects.progress(world.dataset_id, run, "*")):
        progress = envelope.decode(stored.body)
        assert isinstance(progress, SpanProgressed)
        for row in progress.rows:
            body = await world.store.get(keys.segment(keys.dataset_prefix("u", world.dataset_id), row.n))
            assert hashlib.sha256(body).hexdigest() == row.sha256
            assert (row.size, row.crc32) == (len(body), zlib.crc32(body))
            yield row.n


async def test_two_workers_on_one_order_tell_every_segment_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "BATCH_SEGMENTS", 4)
    run = await planned(world, srt())
    [order] = await world.orders(run)
    outcomes = await asyncio.gather(*(world.handlers(worker=name).on_span_planned(order) for name in ("a", "b", "c")))
    assert await world.segments(run) == list(range(COUNT))
    assert outcomes.count(Ack("stored")) == 1
    assert set(outcomes) <= {Ack("stored"), Ack("span is done"), NoAck()}


async def test_a_worker_whose_run_is_cancelled_under_way_stops_without_another_fact(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "BATCH_SEGMENTS", 3)
    run = await planned(world, srt())
    [order] = await world.orders(run)
    held = Held(world.store, at=40)
    cutting = asyncio.create_task(world.handlers(held).on_span_planned(order))  # type: ignore[arg-type]
    async with asyncio.timeout(20):
        await held.reached.wait()
    cancelled = await world.cancel()
    held.release.set()
    assert await cutting == Ack("run over")
    facts = [stored.seq async for stored in world.stream.every(subjects.segment(world.dataset_id, run, "*"))]  # type: ignore[arg-type]
    assert facts
    assert max(facts) < cancelled


async def test_an_order_of_another_version_is_handed_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await planned(world, srt())
    [order] = await world.orders(run)
    monkeypatch.setattr("segmenter.domain.plan.PLAN_VERSION", "another")
    outcome = await world.handlers().on_span_planned(order)
    assert outcome.why.startswith(f"job of plan version {PLAN_VERSION}+")
    assert await world.segments(run) == []


async def test_the_batch_that_ends_a_span_orders_the_next_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "SPAN_SEGMENTS", 4)
    monkeypatch.setattr(spans, "JOBS_QUEUED", 2)
    monkeypatch.setattr(planning, "JOBS_QUEUED", 2)
    run = await planned(world, srt())
    plan, handlers = await world.plan(run), world.handlers()
    assert plan.span_count > 3
    for k in range(plan.span_count):
        out = await world.orders(run)
        assert [order.event.span for order in out] == list(range(min(k + 2, plan.span_count)))
        assert await handlers.on_span_planned(out[k]) == Ack("stored")
        assert await handlers.on_span_planned(again(out[k])) == Ack("span is done")
    assert await world.segments(run) == list(range(plan.segment_count))


async def test_a_segment_of_more_than_a_minute_is_streamed_with_the_same_bytes(world: World) -> None:
    world.samples = world.samples.repeat(3)
    run = await planned(world, b"1\n00:00:01,000 --> 00:01:29,000\nlong\n\n2\n00:01:00,000 --> 00:01:10,000\nshort\n")
    assert await world.run_all(run) == [Ack("stored")]
    prefix = keys.dataset_prefix("u", world.dataset_id)
    long = await world.store.get(keys.segment(prefix, 0))
    assert long[44:] == world.samples[RATE : 89 * RATE].tobytes()
    assert int.from_bytes(long[40:44], "little") == 88 * RATE * 2
    short = await world.store.get(keys.segment(prefix, 1))
    assert short[44:] == world.samples[60 * RATE : 70 * RATE].tobytes()
