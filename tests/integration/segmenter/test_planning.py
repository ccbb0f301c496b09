"""Planning on real servers: one folder for one plan whoever wakes late, orders stored once, refusals with a reason."""

import asyncio
import hashlib
from typing import Any

import pytest

from bus.deliveries import Ack
from contracts import envelope, keys, subjects
from contracts.events import DatasetFailed, SpanPlanned
from objects import ObjectStore
from tests.integration.segmenter.conftest import World, again

pytestmark = pytest.mark.asyncio

SRT = b"1\n00:00:00,000 --> 00:00:01,000\none\n\n2\n00:00:01,000 --> 00:00:02,500\ntwo\n"


class FrozenPut:
    """A store whose PUTs wait for `thaw`, as those of a worker that was stopped in the middle of one."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.reached, self.thaw = asyncio.Event(), asyncio.Event()

    async def put(self, *arguments: Any) -> None:
        self.reached.set()
        await self.thaw.wait()
        await self._store.put(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def test_a_request_becomes_a_plan_its_object_and_its_orders(world: World) -> None:
    await world.upload(SRT)
    request = await world.request()
    assert await world.handlers().on_process_requested(request) == Ack("stored")
    plan = await world.plan(request.seq)
    body = await world.store.get(plan.plan_key)
    assert hashlib.sha256(body).hexdigest() == plan.plan_sha256
    assert (plan.segment_count, plan.span_count, plan.source_rate_hz) == (2, 1, 16_000)
    [order] = await world.orders(request.seq)
    assert isinstance(order.event, SpanPlanned)
    lines = body[order.event.lines_offset : order.event.lines_offset + order.event.lines_bytes]
    assert hashlib.sha256(lines).hexdigest() == order.event.lines_sha256
    assert b"one" not in order.event.plan_id.encode()


async def test_a_request_delivered_twice_is_planned_once(world: World) -> None:
    await world.upload(SRT)
    request = await world.request()
    await asyncio.gather(*(world.handlers().on_process_requested(request) for _ in range(3)))
    assert await world.handlers().on_process_requested(again(request)) == Ack("planned already")
    assert len(await world.orders(request.seq)) == 1
    assert await world.stream.count(subjects.plan(world.dataset_id, request.seq)) == 1


async def test_a_put_that_lands_after_its_run_was_replaced_changes_nothing_of_the_new_run(world: World) -> None:
    await world.upload(SRT)
    frozen = FrozenPut(world.store)
    first = await world.request()
    asleep = asyncio.create_task(world.handlers(frozen).on_process_requested(first))  # type: ignore[arg-type]
    await frozen.reached.wait()
    await world.cancel()
    second = await world.request(sample_rate=8_000)
    assert await world.handlers().on_process_requested(second) == Ack("stored")

    frozen.thaw.set()
    assert await asleep == Ack("run over")
    plan = await world.plan(second.seq)
    assert hashlib.sha256(await world.store.get(plan.plan_key)).hexdigest() == plan.plan_sha256
    assert plan.prefix == keys.run_prefix("u", world.dataset_id, second.seq)
    assert await world.run_all(second.seq) == [Ack("stored")]
    assert await world.orders(first.seq) == []


async def test_a_run_with_the_first_plan_again_writes_under_the_root_again(world: World) -> None:
    await world.upload(SRT)
    prefixes = []
    for rate in (None, 8_000, 16_000):
        request = await world.request(sample_rate=rate)
        await world.handlers().on_process_requested(request)
        prefixes.append((await world.plan(request.seq)).prefix)
        await world.cancel()
        last = request.seq
    root = keys.dataset_prefix("u", world.dataset_id)
    assert prefixes[0] == prefixes[2] == root
    assert prefixes[1].startswith(f"{root}runs/")
    assert last > 0


async def test_a_request_that_was_cancelled_before_it_was_planned_writes_nothing(world: World) -> None:
    await world.upload(SRT)
    request = await world.request()
    await world.cancel()
    assert await world.handlers().on_process_requested(request) == Ack("run is over")
    assert await world.stream.count(subjects.work(world.dataset_id)) == 0


async def test_a_recording_that_is_none_ends_the_run_with_code_and_remedy(world: World) -> None:
    await world.upload(SRT)
    key = keys.source_audio(keys.dataset_prefix("u", world.dataset_id), "wav")
    await world.store.put(key, b"\0" * (world.samples.nbytes + 44), "audio/wav")
    request = await world.request()
    outcome = await world.handlers().on_process_requested(request)
    assert isinstance(outcome, Ack)
    stored = await world.stream.last(subjects.life(world.dataset_id))
    assert stored is not None
    failed = envelope.decode(stored.body)
    assert isinstance(failed, DatasetFailed)
    assert (failed.error.code, failed.run) == ("not-audio", request.seq)
    assert failed.error.remedy
