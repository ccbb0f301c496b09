"""Rules 2 and 3 on a real server: a run that is over writes nothing, and each fact is stored once."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from nats.aio.client import Client

from bus.connection import connect
from bus.errors import BusUnavailable, ConditionFailed
from bus.life_log import Appended, LifeLog
from bus.messages import Message, MessageFactory
from bus.run_writer import Outcome, RunWriter
from bus.stream import MAX_BATCH, Stream
from contracts import commands, events, subjects
from contracts.events import SegmentRow
from tests.lives import told, upload

pytestmark = pytest.mark.asyncio
DRAFTER = MessageFactory("segmenter")


class Run:
    """A dataset with a run under way, and batches as its segmenter would write them."""

    def __init__(self, gateway: Client, segmenter: Client) -> None:
        self.lives = LifeLog(Stream(gateway), MessageFactory("gateway"))
        self.stream = Stream(segmenter)
        self.dataset_id = str(uuid4())
        self.run = 0

    async def begin(self) -> "Run":
        request = commands.RequestProcess(**told(self.dataset_id))
        appended = await self.lives.submit_upload(upload(self.dataset_id), request)
        assert isinstance(appended, Appended)
        self.run = appended.seq
        return self

    def told(self) -> dict[str, Any]:
        return {
            "dataset_id": self.dataset_id,
            "user_id": "u",
            "run": self.run,
            "correlation_id": "co",
            "cause": "ca",
        }

    def batch(self, first: int, count: int) -> list[Message]:
        rows = tuple(SegmentRow(n, 1, "ab") for n in range(first, first + count))
        progress = events.SpanProgressed(
            **self.told(), span=0, worker="w", written=first + count, added=count, rows=rows
        )
        fence = DRAFTER.fenced(subjects.progress(self.dataset_id, self.run, 0), progress, run=self.run)
        return [fence, *(self.segment(n) for n in range(first, first + count))]

    def segment(self, n: int) -> Message:
        fact = events.SegmentWritten(
            **self.told(),
            n=n,
            key="k",
            text="t",
            duration=1.0,
            start=0.0,
            end=1.0,
            frames=1,
            sample_rate=1,
            sha256="ab",
        )
        return DRAFTER.once(subjects.segment(self.dataset_id, self.run, n), fact)

    async def write(self, batch: list[Message], stream: Stream | None = None) -> Outcome:
        return await RunWriter(stream or self.stream, self.dataset_id, self.run, 3).write(batch, probe=batch[1])

    async def segments(self) -> int:
        return await self.stream.count(subjects.segment(self.dataset_id, self.run, "*"))  # type: ignore[arg-type]


@pytest.fixture
async def run(client: Client, nats_server: Any) -> Any:
    segmenter = await connect(nats_server.url("segmenter"), "segmenter")
    yield await Run(client, segmenter).begin()
    await segmenter.close()


async def test_a_batch_of_a_standing_run_is_stored_whole(run: Run) -> None:
    assert await run.write(run.batch(0, 100)) is Outcome.STORED
    assert await run.segments() == 100


async def test_the_same_batch_again_is_recognised_as_stored(run: Run) -> None:
    batch = run.batch(0, 3)
    assert await run.write(batch) is Outcome.STORED
    assert await run.write(batch) is Outcome.STORED
    assert len([m async for m in run.stream.every(subjects.progress(run.dataset_id, run.run, 0))]) == 1


async def test_two_workers_with_the_same_segments_store_them_once(run: Run) -> None:
    outcomes = await asyncio.gather(*(run.write(run.batch(0, 50)) for _ in range(4)))
    assert sorted(o.value for o in outcomes).count("stored") == 1
    assert set(outcomes) == {Outcome.STORED, Outcome.AHEAD}
    assert await run.segments() == 50


@pytest.mark.parametrize("ending", [commands.CancelProcess, commands.DeleteDataset])
async def test_a_run_that_is_over_writes_nothing(run: Run, ending: type) -> None:
    await run.write(run.batch(0, 2))
    await run.lives.submit(ending(**told(run.dataset_id)))
    assert await run.write(run.batch(2, 2)) is Outcome.RUN_OVER
    assert await run.segments() == 2


async def test_a_run_that_was_replaced_writes_nothing_although_a_new_run_stands(run: Run) -> None:
    await run.lives.submit(commands.CancelProcess(**told(run.dataset_id)))
    await run.lives.submit(commands.RequestProcess(**told(run.dataset_id)))
    assert await run.write(run.batch(0, 2)) is Outcome.RUN_OVER
    assert await run.segments() == 0


async def test_a_cancel_racing_batches_leaves_no_fact_behind_the_cancel(run: Run) -> None:
    batches = [run.write(run.batch(n * 10, 10)) for n in range(20)]
    cancel = run.lives.submit(commands.CancelProcess(**told(run.dataset_id)))
    *_, cancelled = await asyncio.gather(*batches, cancel)
    assert isinstance(cancelled, Appended)
    late = await run.stream.following(subjects.work(run.dataset_id), cancelled.seq)
    assert late is None


async def test_a_batch_whose_answer_was_lost_counts_as_stored(run: Run) -> None:
    class AckLost(Stream):
        async def commit(self, messages: Any) -> int:
            await super().commit(messages)
            raise BusUnavailable("the answer was lost")

    assert await run.write(run.batch(0, 2), AckLost(run.stream._client)) is Outcome.STORED
    assert await run.segments() == 2


async def test_a_batch_is_all_or_nothing(run: Run) -> None:
    await run.write(run.batch(5, 1))
    with pytest.raises(ConditionFailed):
        await run.stream.commit(run.batch(0, 10))
    assert await run.segments() == 1


async def test_the_largest_batch_is_stored_and_a_larger_one_is_refused_before_it_is_sent(run: Run) -> None:
    assert await run.write(run.batch(0, MAX_BATCH - 1)) is Outcome.STORED
    with pytest.raises(ValueError, match="1000"):
        await run.stream.commit(run.batch(2000, MAX_BATCH))


async def test_without_the_fence_a_cancelled_run_would_still_write(run: Run) -> None:
    """The control: the same facts without the fence are stored, so the tests above do bite."""
    await run.lives.submit(commands.CancelProcess(**told(run.dataset_id)))
    await run.stream.commit([run.segment(0), run.segment(1)])
    assert await run.segments() == 2
