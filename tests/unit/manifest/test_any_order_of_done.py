"""Any order and repetition of the spans' done messages, with cancels between them, gives one manifest or none.

The handlers are the real ones and so are the decisions; the stream and the store are values in memory.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bus.deliveries import Delivery
from bus.life_log import Appended
from contracts import commands, events, life, manifest_index, subjects
from contracts.events import SegmentationPlanned, SegmentRow, SpanWritten
from contracts.plan_lines import PlannedSegment
from manifest.domain.join import Joined, join
from manifest.handlers import Handlers
from tests.lives import told, upload
from tests.unit.manifest.test_join import plan, row, segment

RUN = 2


@dataclass
class Life:
    """A life whose decisions are real and whose log is a list."""

    state: life.State = field(default_factory=life.Absent)
    happened: list[events.Life] = field(default_factory=list)

    async def submit(self, command: commands.AnyCommand) -> Appended | life.Refused:
        decision = life.decide(self.state, command)
        if isinstance(decision, life.Refused):
            return decision
        self.happened.append(decision)
        self.state = life.evolve(self.state, decision, len(self.happened))
        return Appended(decision, self.state.seq, self.state, "id")

    async def run_is_current(self, dataset_id: str, run: int) -> bool:
        return self.state.seq == run


@dataclass
class Facts:
    """What the segmenters have stored so far: a span's rows are there before it says it is done."""

    of: SegmentationPlanned
    spans: Sequence[Sequence[int]]
    done: set[int] = field(default_factory=set)

    async def plan(self, dataset_id: str, run: int) -> SegmentationPlanned:
        return self.of

    async def all_done(self, plan: SegmentationPlanned, run: int) -> bool:
        return len(self.done) == plan.span_count

    async def rows(self, dataset_id: str, run: int) -> dict[int, SegmentRow]:
        return {n: row(n) for k in self.done for n in self.spans[k]}

    async def segments(self, plan: SegmentationPlanned) -> list[PlannedSegment]:
        return [segment(n) for n in range(plan.segment_count)]


@dataclass
class Store:
    stored: list[tuple[str, bytes]] = field(default_factory=list)
    indexes: dict[str, bytes] = field(default_factory=dict)

    @asynccontextmanager
    async def writer(self, key: str, content_type: str) -> AsyncIterator[Any]:
        writer = Writer()
        yield writer
        self.stored.append((key, writer.body))

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        self.indexes[key] = body


@dataclass
class Writer:
    body: bytes = b""

    async def write(self, chunk: bytes) -> None:
        self.body += chunk

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def delivery(k: int) -> Delivery[Any]:
    event = SpanWritten(dataset_id="d", user_id="u", run=RUN, correlation_id="co", cause="ca", span=k, segment_count=1)
    return Delivery(event, f"done {k}", subjects.done("d", RUN, k), seq=10 + k, attempt=1)


def planned(spans: Sequence[Sequence[int]]) -> SegmentationPlanned:
    return msgspec.structs.replace(plan(sum(map(len, spans))), span_count=len(spans))


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[list[int]], list[int], int | None]:
    """Spans of a plan, the spans whose done messages come, in this order, and after how many of them a cancel comes."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=6))
    firsts = [sum(sizes[:k]) for k in range(len(sizes))]
    spans = [list(range(first, first + size)) for first, size in zip(firsts, sizes, strict=True)]
    every = draw(st.permutations(range(len(spans))))
    more = draw(st.lists(st.sampled_from(range(len(spans))), max_size=6))
    order = draw(st.permutations([*every, *more]))
    return spans, order, draw(st.none() | st.integers(0, len(order)))


@given(stories())
def test_any_order_and_repetition_of_done_messages_gives_one_manifest(
    story: tuple[list[list[int]], list[int], int | None],
) -> None:
    spans, order, cancelled_after = story
    lives, store, facts = Life(), Store(), Facts(planned(spans), spans)
    asyncio.run(tell(Handlers(lives, facts, store), lives, facts, order, cancelled_after))  # type: ignore[arg-type]
    ready = [event for event in lives.happened if isinstance(event, events.DatasetReady)]
    last_first = max(order.index(k) for k in range(len(spans)))
    in_time = cancelled_after is None or cancelled_after > last_first
    assert len(ready) == (1 if in_time else 0)
    assert len(store.stored) == len(ready), "the manifest was written twice, or for a run that was over"
    if in_time:
        check_manifest(facts, ready[0], *store.stored[0])
        key, manifest = store.stored[0]
        index = manifest_index.decode(store.indexes[key.replace(".jsonl", ".index")])
        assert index == manifest_index.index_of(manifest, hashlib.sha256(manifest).hexdigest())


async def tell(
    handlers: Handlers, lives: Life, facts: Facts, order: Sequence[int], cancelled_after: int | None
) -> None:
    await lives.submit(upload("d"))
    await lives.submit(commands.RequestProcess(**told("d")))
    assert lives.state.seq == RUN
    for n, k in enumerate(order):
        if n == cancelled_after:
            await lives.submit(commands.CancelProcess(**told("d")))
        facts.done.add(k)
        await handlers.on_span_written(delivery(k))


def check_manifest(facts: Facts, ready: events.DatasetReady, key: str, body: bytes) -> None:
    count = facts.of.segment_count
    undisturbed = join(facts.of, [segment(n) for n in range(count)], {n: row(n) for n in range(count)})
    assert isinstance(undisturbed, Joined)
    assert body == undisturbed.body
    assert (ready.result.training_data_key, ready.result.segment_count) == (key, count)
    assert ready.result.training_data_sha256 == hashlib.sha256(body).hexdigest()
