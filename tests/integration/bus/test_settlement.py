"""Settlement on a real server: done is acked, trouble comes back later, poison becomes a dead letter."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import Any

import pytest
from nats.aio.client import Client

from bus import settlement, topology
from bus.connection import close, connect, make_broker
from bus.consumer import subscribe
from bus.deliveries import Ack, Delivery, NoAck, Retry, Route, Settlement
from bus.errors import BusUnavailable
from bus.messages import MessageFactory
from bus.settlement import Settler
from bus.stream import Stream
from contracts import envelope, subjects
from contracts.events import SpanPlanned
from tests.lives import span_order

pytestmark = pytest.mark.asyncio


class Away(Exception):
    """A dependency that is away."""


class Desk:
    """A segmenter with one route whose handler the test chooses; it remembers what came."""

    def __init__(self, url: str, admin: Client) -> None:
        self.broker = make_broker(url, "segmenter")
        self.admin = admin
        self.seen: list[int] = []
        self.poisoned: list[str] = []

    async def start(self, handler: Callable[[Delivery[Any]], Settlement]) -> None:
        async def handle(delivery: Delivery[Any]) -> Settlement:
            self.seen.append(delivery.attempt)
            return handler(delivery)

        async def on_give_up(delivery: Delivery[Any], reason: str) -> None:
            self.poisoned.append(reason)

        await self.broker.connect()
        settler = Settler("segmenter", self.broker.connection, (Away,), on_give_up)
        subscribe(self.broker, [Route(subjects.DURABLE_SPAN, SpanPlanned, handle)], settler)
        await self.broker.start()

    async def send(self, body: bytes | None = None, *, span: int = 0) -> None:
        order = span_order("d", run=1)
        message = MessageFactory("segmenter").once(subjects.span("d", 1, span), order)
        await self.admin.jetstream().publish(message.subject, body or message.body, headers=message.headers)

    async def declare_anew(self, *, ack_wait_seconds: float) -> None:
        for durable in topology.DURABLES:
            await self.admin.jetstream().delete_consumer(subjects.STREAM, durable.name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(topology, "ACK_WAIT_SECONDS", ack_wait_seconds)
            await topology.declare(self.admin)

    async def vanish(self) -> None:
        """A worker takes the message and is never heard of again."""
        worker = await self.admin.jetstream().pull_subscribe_bind(subjects.DURABLE_SPAN, subjects.STREAM)
        await worker.fetch(1, timeout=10)
        await worker.unsubscribe()

    async def pending(self) -> tuple[int, int]:
        info = await self.admin.jetstream().consumer_info(subjects.STREAM, subjects.DURABLE_SPAN)
        return info.num_ack_pending or 0, info.num_pending or 0

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(15):
            while not holds():
                await asyncio.sleep(0.01)

    async def settled(self) -> None:
        async with asyncio.timeout(15):
            while await self.pending() != (0, 0):
                await asyncio.sleep(0.01)


@pytest.fixture
async def desk(nats_server: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    # The pauses are the subject of a unit test; here they only cost time.
    monkeypatch.setattr(settlement, "_PAUSES_SECONDS", (0.01,))
    admin = await connect(nats_server.url("topology"), "topology")
    await topology.declare(admin)
    desk = Desk(nats_server.url("segmenter"), admin)
    yield desk
    await desk.broker.stop()
    await close(admin)


async def test_a_handled_message_is_acknowledged(desk: Desk) -> None:
    await desk.start(lambda delivery: Ack())
    await desk.send()
    await desk.until(lambda: bool(desk.seen))
    await desk.settled()
    assert desk.seen == [1]


async def line_of(desk: Desk, body: bytes | None, caplog: pytest.LogCaptureFixture) -> list[Any]:
    caplog.set_level("INFO", "bus.settlement")
    await desk.start(lambda delivery: Ack("well"))
    await desk.send(body)
    await desk.until(lambda: bool(caplog.records))
    [record] = caplog.records
    named = ("durable", "type", "outcome", "dataset_id", "run", "correlation_id")
    return [record.__dict__["fields"].get(name) for name in named]


async def test_a_message_is_one_line_that_says_whose_it_is(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    told = await line_of(desk, None, caplog)
    assert told == ["segmenter-span", "tts.span.planned.v1", "well", "d", 1, "co"]


async def test_the_line_of_an_unreadable_message_names_its_dataset(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    told = await line_of(desk, b"{}", caplog)
    assert told[2].startswith("dead letter: undecodable")
    assert told[3:] == ["d", None, None]


async def test_a_message_to_come_again_comes_again(desk: Desk) -> None:
    await desk.start(lambda delivery: Ack() if delivery.attempt == 3 else Retry(0.01))
    await desk.send()
    await desk.until(lambda: len(desk.seen) == 3)
    await desk.settled()
    assert desk.seen == [1, 2, 3]


async def test_a_message_left_to_another_worker_is_neither_acked_nor_redelivered_now(desk: Desk) -> None:
    await desk.start(lambda delivery: NoAck())
    await desk.send()
    await desk.until(lambda: bool(desk.seen))
    assert await desk.pending() == (1, 0)


@pytest.mark.parametrize("error", [Away("s3"), BusUnavailable("nats")])
async def test_a_dependency_that_is_away_never_makes_a_dead_letter(desk: Desk, error: Exception) -> None:
    def handler(delivery: Delivery[Any]) -> Settlement:
        if delivery.attempt <= settlement.MAX_FAILURES + 4:
            raise error
        return Ack()

    await desk.start(handler)
    await desk.send()
    await desk.until(lambda: len(desk.seen) == settlement.MAX_FAILURES + 5)
    await desk.settled()
    assert desk.poisoned == []
    assert await Stream(desk.admin, subjects.DEAD_STREAM).last(subjects.dead("segmenter")) is None


async def test_a_failure_nobody_foresaw_is_tried_again_then_buried_with_its_reason(desk: Desk) -> None:
    def handler(delivery: Delivery[Any]) -> Settlement:
        raise ZeroDivisionError("a bug")

    await desk.start(handler)
    await desk.send()
    await desk.until(lambda: bool(desk.poisoned))
    await desk.settled()
    assert desk.seen == list(range(1, settlement.MAX_FAILURES + 1))
    assert desk.poisoned == ["ZeroDivisionError: a bug"]
    letter = await desk.admin.jetstream().get_last_msg(subjects.DEAD_STREAM, subjects.dead("segmenter"))
    assert letter.headers is not None
    assert letter.headers["x-original-subject"] == "tts.dataset.d.run.1.span.0"
    assert letter.headers["x-reason"] == "ZeroDivisionError: a bug"
    assert letter.headers["x-attempts"] == str(settlement.MAX_FAILURES)


async def test_an_outage_before_a_failure_nobody_foresaw_is_not_counted_among_its_tries(desk: Desk) -> None:
    def handler(delivery: Delivery[Any]) -> Settlement:
        raise Away("s3") if delivery.attempt <= 12 else ZeroDivisionError("a bug")

    await desk.start(handler)
    await desk.send()
    await desk.until(lambda: bool(desk.poisoned))
    await desk.settled()
    assert len(desk.seen) == 12 + settlement.MAX_FAILURES


async def test_a_message_that_ends_its_process_each_time_is_buried_before_it_is_handled_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement, "MAX_CRASHES", 2)
    await desk.declare_anew(ack_wait_seconds=0.5)
    await desk.send()
    await desk.vanish()
    await desk.vanish()
    await desk.start(lambda delivery: Ack())
    await desk.until(lambda: bool(desk.poisoned))
    await desk.settled()
    assert desk.seen == [], "the handler ran, and would have ended this process too"
    assert desk.poisoned == ["WorkerLost: 2 workers did not survive it"]
    letter = await desk.admin.jetstream().get_last_msg(subjects.DEAD_STREAM, subjects.dead("segmenter"))
    assert (letter.headers or {})["x-attempts"] == "3"


async def test_a_message_put_off_or_handed_back_many_times_has_not_vanished(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement, "MAX_CRASHES", 1)
    await desk.start(lambda delivery: Ack() if delivery.attempt == 6 else Retry(0.01))
    await desk.send()
    await desk.until(lambda: len(desk.seen) == 6)
    await desk.settled()
    assert desk.poisoned == []


@pytest.mark.alone
async def test_one_message_after_another_that_fails_holds_up_none_of_the_others(desk: Desk) -> None:
    def handler(delivery: Delivery[Any]) -> Settlement:
        if delivery.subject.endswith(".0"):
            raise ZeroDivisionError("a bug")
        return Ack()

    monotonic = asyncio.get_running_loop().time
    await desk.start(handler)
    for k in range(20):
        await desk.send(span=k)
    began = monotonic()
    await desk.until(lambda: len([attempt for attempt in desk.seen if attempt == 1]) == 20)
    assert monotonic() - began < 2
    await desk.until(lambda: bool(desk.poisoned))
    await desk.settled()
    assert len(desk.seen) == 19 + settlement.MAX_FAILURES


async def test_a_body_that_is_no_event_is_buried_at_once_and_blocks_nobody(desk: Desk) -> None:
    await desk.start(lambda delivery: Ack())
    await desk.send(b"not json")
    await desk.settled()
    assert desk.seen == []
    letter = await desk.admin.jetstream().get_last_msg(subjects.DEAD_STREAM, subjects.dead("segmenter"))
    assert letter.data == b"not json"


NEWER = b'{"type":"SpanPlannedV2","dataset_id":"d","run":1}'


async def test_an_event_of_a_newer_version_is_left_to_a_newer_worker(desk: Desk, nats_server: Any) -> None:
    await desk.start(lambda delivery: Ack())
    await desk.send(NEWER)
    async with asyncio.timeout(15):
        while not ((await desk.pending())[0] == 1 and await _redelivered(desk) >= 3):
            await asyncio.sleep(0.01)
    await desk.broker.stop()
    # The newer worker reads the same durable and knows the type.
    newer = await connect(nats_server.url("segmenter"), "segmenter")
    pull = await newer.jetstream().pull_subscribe_bind(durable=subjects.DURABLE_SPAN, stream=subjects.STREAM)
    # What was being handed over when the worker stopped comes again only after the ack wait of 30 s.
    (message,) = await pull.fetch(1, timeout=45)
    assert message.data == NEWER
    await message.ack_sync()
    await close(newer)
    assert await desk.pending() == (0, 0)
    assert desk.seen == []
    assert await Stream(desk.admin, subjects.DEAD_STREAM).last(subjects.dead("segmenter")) is None


@pytest.mark.parametrize("stage", ["the message itself", "what its handler reads"])
async def test_what_no_newer_worker_takes_is_buried_in_the_end_and_no_run_is_ended_for_it(
    desk: Desk, stage: str
) -> None:
    def handler(delivery: Delivery[Any]) -> Settlement:
        raise envelope.NewerEvent("'SegmentationPlannedV2': a plan of a newer version")

    await desk.start(handler)
    await desk.send(NEWER if stage == "the message itself" else None)
    await desk.settled()
    letter = await desk.admin.jetstream().get_last_msg(subjects.DEAD_STREAM, subjects.dead("segmenter"))
    assert letter.headers is not None
    assert letter.headers["x-reason"].startswith("written by a newer version: ")
    assert letter.headers["x-attempts"] == str(settlement.NEWER_ATTEMPTS)
    assert desk.poisoned == []


async def _redelivered(desk: Desk) -> int:
    info = await desk.admin.jetstream().consumer_info(subjects.STREAM, subjects.DURABLE_SPAN)
    return info.delivered.consumer_seq if info.delivered else 0


async def test_a_worker_that_is_stopped_hands_its_message_back(desk: Desk, nats_server: Any) -> None:
    started, second = asyncio.Event(), Desk(nats_server.url("segmenter"), desk.admin)

    async def slow(delivery: Delivery[Any]) -> Settlement:
        started.set()
        await asyncio.sleep(60)
        return Ack()

    await desk.broker.connect()
    settler = Settler("segmenter", desk.broker.connection, (), lambda *_: asyncio.sleep(0))
    subscribe(desk.broker, [Route(subjects.DURABLE_SPAN, SpanPlanned, slow)], settler)
    await desk.broker.start()
    await desk.send()
    await started.wait()
    await second.start(lambda delivery: Ack())
    before = asyncio.get_running_loop().time()
    await desk.broker.stop()
    await desk.until(lambda: second.seen == [2])
    took = asyncio.get_running_loop().time() - before
    print(f"from the stop to the other worker: {took:.2f} s")
    assert took <= 2
    await second.broker.stop()


@pytest.mark.alone
@pytest.mark.parametrize("beating", [True, False])
async def test_a_message_worked_on_for_longer_than_the_ack_wait_stays_with_its_worker_while_its_heart_beats(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, beating: bool
) -> None:
    js, wait_seconds = desk.admin.jetstream(), 1.0
    await js.delete_consumer(subjects.STREAM, subjects.DURABLE_SPAN)
    quick = topology.Durable(subjects.DURABLE_SPAN, subjects.ALL_SPANS).config().evolve(ack_wait=wait_seconds)
    await js.add_consumer(subjects.STREAM, quick)
    monkeypatch.setattr(settlement, "ACK_WAIT_SECONDS", wait_seconds if beating else 60)

    begun = asyncio.Event()

    async def long_work(delivery: Delivery[Any]) -> Settlement:
        begun.set()
        await asyncio.to_thread(_compute, 4 * wait_seconds)
        return Ack()

    await desk.broker.connect()
    settler = Settler("segmenter", desk.broker.connection, (), lambda *_: asyncio.sleep(0))
    subscribe(desk.broker, [Route(subjects.DURABLE_SPAN, SpanPlanned, long_work)], settler)
    await desk.broker.start()
    other = await js.pull_subscribe_bind(subjects.DURABLE_SPAN, subjects.STREAM)
    await desk.send()
    await begun.wait()
    try:
        [taken] = await other.fetch(1, timeout=3 * wait_seconds)
    except TimeoutError:
        assert beating
    else:
        assert not beating
        await taken.ack()
    await desk.settled()


def _compute(seconds: float) -> None:
    """Pure Python, which shares the interpreter with the event loop."""
    until = monotonic() + seconds
    while monotonic() < until:
        sum(range(1000))
