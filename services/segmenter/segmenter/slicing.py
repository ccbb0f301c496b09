"""SpanPlanned → slices on S3 and their facts in the stream, batch by batch, in segment order.

Slices are stored many at a time and told of in order; what is told is stored. A worker that comes after a crash goes
on behind the last batch; one that wakes too late is refused by the server and stops. The batch that ends a span also
orders the next one that may join the queue (`domain/spans.py`), so none is lost.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from bus.messages import Message, MessageFactory
from bus.run_writer import Outcome, RunWriter
from bus.stream import Stream
from contracts import envelope, events, keys, plan_lines, subjects
from contracts.events import MAX_TEXT_CHARS, SegmentRow, SpanPlanned
from contracts.plan_lines import PlannedSegment
from objects import ObjectStore
from segmenter import metrics
from segmenter.audio.recording import Recordings
from segmenter.audio.slices import SliceStore
from segmenter.domain.spans import order_for

# While one span begins or ends, or is decoded for minutes, the others keep the store busy.
SPANS_AT_ONCE: Final = 3
SLICES_IN_FLIGHT: Final = 6  # of a span; measured: more gains nothing against one store and costs memory
FRAMES_IN_FLIGHT: Final = 60 * 48_000  # of the source, of a span: six slices of a minute would be 300 MB to resample
BATCH_SEGMENTS: Final = 400  # below the server's 1,000 messages, far below its 1 MiB for the rows
BATCH_SECONDS: Final = 0.5  # so that progress is seen, and little is done twice after a crash


class PlanDamaged(Exception):
    """plan.jsonl is not what the order says it is."""


@dataclass(frozen=True, slots=True)
class Slicer:
    stream: Stream
    factory: MessageFactory
    store: ObjectStore
    recordings: Recordings
    worker: str

    async def cut(self, order: SpanPlanned, cause: str) -> Outcome:
        """Cuts what is not told yet of the span.

        Raises: AudioError when the source is not what the plan saw; PlanDamaged; StoreError and BusError while a
        dependency is away.
        """
        written, segments, then = await asyncio.gather(self._written(order), self._segments(order), self._next(order))
        left = segments[written:]
        facts = _Facts(self.stream, self.factory, order, then, cause, self.worker, written)
        async with self.recordings.open(order, frames_of(left)) as recording:
            slices = SliceStore(self.store, recording, order)
            return await _Run(slices, facts, left).go()

    async def _written(self, order: SpanPlanned) -> int:
        assert order.run is not None
        stored = await self.stream.last(subjects.progress(order.dataset_id, order.run, order.span))
        progress = envelope.decode(stored.body) if stored else None
        return progress.written if isinstance(progress, events.SpanProgressed) else 0

    async def _next(self, order: SpanPlanned) -> SpanPlanned | None:
        """The order that follows this one, by the plan."""
        if order.then is None or order.run is None:
            return None
        stored = await self.stream.last(subjects.plan(order.dataset_id, order.run))
        plan = envelope.decode(stored.body) if stored else None
        if not isinstance(plan, events.SegmentationPlanned):
            raise PlanDamaged(f"the plan of run {order.run} is gone")
        return order_for(order.then, plan.spans, order)

    async def _segments(self, order: SpanPlanned) -> list[PlannedSegment]:
        data = await self.store.get_range(order.plan_key, order.lines_offset, order.lines_bytes)
        if hashlib.sha256(data).hexdigest() != order.lines_sha256:
            raise PlanDamaged(f"{order.plan_key} differs from the plan's sha256")
        return [line for line in plan_lines.decode_lines(data) if isinstance(line, PlannedSegment)]


def frames_of(segments: Sequence[PlannedSegment]) -> range:
    """From the first frame of any of them to the last."""
    first = min((segment.first_frame for segment in segments), default=0)
    return range(first, max((segment.last_frame for segment in segments), default=first))


@dataclass(slots=True)
class _Run:
    """One pass over the segments: slices under way in `flying`, told of from the left."""

    slices: SliceStore
    facts: "_Facts"
    segments: Sequence[PlannedSegment]
    flying: deque[tuple[PlannedSegment, asyncio.Task[SegmentRow]]] = field(default_factory=deque)
    landed: bool = False

    async def go(self) -> Outcome:
        try:
            for segment in self.segments:
                await self._make_room(segment)
                # Told before the next begins, so that the last slice is left for the batch that ends the span.
                outcome = await self.facts.tell_if_due()
                if outcome is not Outcome.STORED:
                    return outcome
                self.flying.append((segment, await self.slices.begin(segment)))
            await self._land(len(self.flying))
            return await self.facts.tell(last=True)
        finally:
            await self._abandon()

    async def _make_room(self, following: PlannedSegment) -> None:
        # A run opens with one slice of each span: its first is told of at once, and should not wait for a crowd.
        most = 1 if self.facts.opening and not self.landed else SLICES_IN_FLIGHT
        await self._land(len(self.flying) - most + 1)
        while self.flying and self._frames_flying() + _frames(following) > FRAMES_IN_FLIGHT:
            await self._land(1)

    def _frames_flying(self) -> int:
        return sum(_frames(segment) for segment, _ in self.flying)

    async def _land(self, at_least: int) -> None:
        """Takes every slice that is stored from the left, and waits for the first `at_least`."""
        while self.flying and (at_least > 0 or self.flying[0][1].done()):
            segment, task = self.flying[0]
            self.facts.add(segment, await task)
            self.landed = True
            self.flying.popleft()
            at_least -= 1

    async def _abandon(self) -> None:
        left = [task for _, task in self.flying]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@dataclass(slots=True)
class _Facts:
    """What is stored and not told yet, and the batches that tell it."""

    stream: Stream
    factory: MessageFactory
    order: SpanPlanned
    then: SpanPlanned | None
    cause: str
    worker: str
    written: int
    rows: list[tuple[PlannedSegment, SegmentRow]] = field(default_factory=list)
    told_at: float = field(default_factory=monotonic)

    def add(self, segment: PlannedSegment, row: SegmentRow) -> None:
        self.rows.append((segment, row))

    @property
    def opening(self) -> bool:
        """Whether the span is one of those that a run begins with, side by side."""
        return self.order.span < SPANS_AT_ONCE

    @property
    def first(self) -> bool:
        """Whether nothing of the run is told of yet, as far as this span knows."""
        return self.order.span == 0 and self.written == 0

    async def tell_if_due(self) -> Outcome:
        """The run's first slice is told at once, so that whoever watches sees it begin."""
        late = monotonic() - self.told_at >= BATCH_SECONDS
        if not self.rows or not (self.first or late or len(self.rows) >= BATCH_SEGMENTS):
            return Outcome.STORED
        return await self.tell(last=False)

    async def tell(self, *, last: bool) -> Outcome:
        """One fenced batch: progress, a fact for each slice; with `last` that the span is done, and the next order."""
        messages = self._messages(last)
        writer = RunWriter(self.stream, self.order.dataset_id, self._run)
        outcome = await writer.write(messages, probe=messages[1])
        if outcome is Outcome.STORED:
            metrics.count([row for _, row in self.rows], self.order.sample_rate)
        self.written += len(self.rows)
        self.rows.clear()
        self.told_at = monotonic()
        return outcome

    def _messages(self, last: bool) -> list[Message]:
        order, message = self.order, self.factory
        progress = events.SpanProgressed(
            **self._told(),
            span=order.span,
            worker=self.worker,
            written=self.written + len(self.rows),
            added=len(self.rows),
            rows=tuple(row for _, row in self.rows),
        )
        messages = [message.fenced(subjects.progress(order.dataset_id, self._run, order.span), progress, run=self._run)]
        for segment, row in self.rows:
            messages.append(
                message.once(subjects.segment(order.dataset_id, self._run, row.n), self._written(segment, row))
            )
        if last:
            done = events.SpanWritten(**self._told(), span=order.span, segment_count=order.segment_count)
            messages.append(message.once(subjects.done(order.dataset_id, self._run, order.span), done))
        if last and self.then is not None:
            messages.append(message.once(subjects.span(order.dataset_id, self._run, self.then.span), self.then))
        return messages

    def _written(self, segment: PlannedSegment, row: SegmentRow) -> events.SegmentWritten:
        order, rate = self.order, self.order.audio.rate_hz
        return events.SegmentWritten(
            **self._told(),
            n=row.n,
            key=keys.segment(order.prefix, row.n),
            text=segment.text[:MAX_TEXT_CHARS],
            text_truncated=len(segment.text) > MAX_TEXT_CHARS,
            duration=row.frames / order.sample_rate,
            start=segment.first_frame / rate,
            end=(segment.last_frame - row.short) / rate,
            frames=row.frames,
            sample_rate=order.sample_rate,
            sha256=row.sha256,
        )

    @property
    def _run(self) -> int:
        assert self.order.run is not None
        return self.order.run

    def _told(self) -> dict[str, Any]:
        return {
            "dataset_id": self.order.dataset_id,
            "user_id": self.order.user_id,
            "run": self.order.run,
            "correlation_id": self.order.correlation_id,
            "cause": self.cause,
        }


def _frames(segment: PlannedSegment) -> int:
    return segment.last_frame - segment.first_frame
