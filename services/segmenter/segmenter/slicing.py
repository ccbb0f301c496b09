"""SpanPlanned → slices on S3, told of in the stream batch by batch, in segment order.

Many slices are stored at a time; what is told of is stored. A worker that comes after a crash continues after the
last batch; one that wakes too late is refused by the server and stops.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bus.messages import MessageFactory
from bus.run_writer import Outcome
from bus.stream import Stream
from contracts import envelope, events, plan_lines, subjects
from contracts.events import SegmentRow, SpanPlanned
from contracts.plan_lines import PlannedSegment
from objects import ObjectStore
from segmenter.audio.recording import Recordings
from segmenter.audio.slices import SliceStore
from segmenter.domain.spans import job_for
from segmenter.reporting import SpanReporter

SLICES_IN_FLIGHT: Final = 6  # of a span; measured: more gains nothing against one store and costs memory
FRAMES_IN_FLIGHT: Final = 60 * 48_000  # of the source, of a span: six slices of a minute would be 300 MB to resample


class SpanLinesDamaged(Exception):
    """The span's lines in plan.jsonl, or the run's plan, are not what the job says they are."""


@dataclass(frozen=True, slots=True)
class Slicer:
    stream: Stream
    factory: MessageFactory
    store: ObjectStore
    recordings: Recordings
    worker: str

    async def written(self, job: SpanPlanned) -> int:
        """How many of the span's segments are stored and told of; with all of them, the span is done.

        Raises: BusUnavailable.
        """
        stored = await self.stream.last(subjects.progress(job.dataset_id, job.run, job.span))
        progress = envelope.decode(stored.body) if stored else None
        return progress.written if isinstance(progress, events.SpanProgressed) else 0

    async def cut(self, job: SpanPlanned, cause: str, written: int) -> Outcome:
        """Cuts the span's segments from number `written` (0-based in the span) to its end.

        Raises: AudioError when the source is not what the plan saw; SpanLinesDamaged; StoreError and BusError while a
        dependency is unavailable.
        """
        segments, following = await asyncio.gather(self._segments(job), self._following(job))
        left = segments[written:]
        reporter = SpanReporter(self.stream, self.factory, job, following, cause, self.worker, written)
        async with self.recordings.open(job, frames_of(left)) as recording:
            return await Pipeline(SliceStore(self.store, recording, job), reporter, left).run()

    async def _following(self, job: SpanPlanned) -> SpanPlanned | None:
        """The job that is queued when this one is done, by the plan."""
        if job.then is None:
            return None
        stored = await self.stream.last(subjects.plan(job.dataset_id, job.run))
        plan = envelope.decode(stored.body) if stored else None
        if not isinstance(plan, events.SegmentationPlanned):
            raise SpanLinesDamaged(f"the plan of run {job.run} is gone")
        return job_for(job.then, plan.spans, job)

    async def _segments(self, job: SpanPlanned) -> list[PlannedSegment]:
        data = await self.store.get_range(job.plan_key, job.lines_offset, job.lines_bytes)
        if hashlib.sha256(data).hexdigest() != job.lines_sha256:
            raise SpanLinesDamaged(f"{job.plan_key} differs from the plan's sha256")
        return [line for line in plan_lines.decode_lines(data) if isinstance(line, PlannedSegment)]


def frames_of(segments: Sequence[PlannedSegment]) -> range:
    """From the first frame of any of them to the last."""
    first = min((segment.first_frame for segment in segments), default=0)
    return range(first, max((segment.last_frame for segment in segments), default=first))


@dataclass(slots=True)
class Pipeline:
    """One pass over the segments. Slices that are being stored are `in_flight`, and are reported in their order."""

    slices: SliceStore
    reporter: SpanReporter
    segments: Sequence[PlannedSegment]
    in_flight: deque[tuple[PlannedSegment, asyncio.Task[SegmentRow]]] = field(default_factory=deque)
    any_stored: bool = False

    async def run(self) -> Outcome:
        """Raises: AudioEndsEarly; StoreError; BusUnavailable."""
        try:
            for segment in self.segments:
                await self._make_room(segment)
                # Reported before the next begins, so that the last slice is left for the batch that ends the span.
                outcome = await self.reporter.report_if_due()
                if outcome is not Outcome.STORED:
                    return outcome
                self.in_flight.append((segment, await self.slices.begin(segment)))
            await self._drain(len(self.in_flight))
            return await self.reporter.report(last=True)
        finally:
            await self._abandon()

    async def _make_room(self, following: PlannedSegment) -> None:
        # A run opens with one slice of each span, so that its first is reported without waiting for the others.
        most = 1 if self.reporter.opens_run and not self.any_stored else SLICES_IN_FLIGHT
        await self._drain(len(self.in_flight) - most + 1)
        while self.in_flight and self._frames_in_flight() + _frames(following) > FRAMES_IN_FLIGHT:
            await self._drain(1)

    def _frames_in_flight(self) -> int:
        return sum(_frames(segment) for segment, _ in self.in_flight)

    async def _drain(self, at_least: int) -> None:
        """Hands every slice that is stored to the reporter, oldest first, and waits for the first `at_least`."""
        while self.in_flight and (at_least > 0 or self.in_flight[0][1].done()):
            segment, task = self.in_flight[0]
            self.reporter.add(segment, await task)
            self.any_stored = True
            self.in_flight.popleft()
            at_least -= 1

    async def _abandon(self) -> None:
        left = [task for _, task in self.in_flight]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _frames(segment: PlannedSegment) -> int:
    return segment.last_frame - segment.first_frame
