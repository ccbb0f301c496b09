"""The batches in which a span's stored slices are told of, each fenced by its run.

The batch that ends a span also queues the next job of the run (`domain/spans.py`), so none is lost.
"""

from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from bus.messages import Message, MessageFactory
from bus.run_writer import Outcome, RunWriter
from bus.stream import Stream
from contracts import events, keys, subjects
from contracts.events import MAX_TEXT_CHARS, SegmentRow, SpanPlanned
from contracts.plan_lines import PlannedSegment
from segmenter import metrics
from segmenter.domain.spans import SPANS_AT_ONCE

BATCH_SEGMENTS: Final = 400  # below the server's 1,000 messages, far below its 1 MiB for the rows
BATCH_SECONDS: Final = 0.5  # so that progress is seen, and little is done twice after a crash


@dataclass(slots=True)
class SpanReporter:
    """What is stored of one span and not told of yet. `written` segments of it are told of already."""

    stream: Stream
    factory: MessageFactory
    job: SpanPlanned
    following: SpanPlanned | None
    cause: str
    worker: str
    written: int
    rows: list[tuple[PlannedSegment, SegmentRow]] = field(default_factory=list)
    reported_at: float = field(default_factory=monotonic)

    def add(self, segment: PlannedSegment, row: SegmentRow) -> None:
        self.rows.append((segment, row))

    @property
    def opens_run(self) -> bool:
        """Whether the span is one of those that a run begins with, concurrently."""
        return self.job.span < SPANS_AT_ONCE

    async def report_if_due(self) -> Outcome:
        """The run's first slice is reported at once, so that its user sees it begin."""
        first = self.job.span == 0 and self.written == 0
        late = monotonic() - self.reported_at >= BATCH_SECONDS
        if not self.rows or not (first or late or len(self.rows) >= BATCH_SEGMENTS):
            return Outcome.STORED
        return await self.report(last=False)

    async def report(self, *, last: bool) -> Outcome:
        """One fenced batch: progress, an event for each slice; with `last` that the span is done, and the next job.

        Raises: BusUnavailable.
        """
        messages = self._messages(last)
        outcome = await RunWriter(self.stream, self.job.dataset_id, self.job.run).write(messages, probe=messages[1])
        if outcome is Outcome.STORED:
            metrics.count([row for _, row in self.rows], self.job.sample_rate)
        self.written += len(self.rows)
        self.rows.clear()
        self.reported_at = monotonic()
        return outcome

    def _messages(self, last: bool) -> list[Message]:
        dataset_id, run, span = self.job.dataset_id, self.job.run, self.job.span
        once = self.factory.once
        messages = [self.factory.fenced(subjects.progress(dataset_id, run, span), self._progress(), run=run)]
        messages += [once(subjects.segment(dataset_id, run, row.n), self._segment(s, row)) for s, row in self.rows]
        if last:
            messages.append(once(subjects.done(dataset_id, run, span), self._done()))
        if last and self.following is not None:
            messages.append(once(subjects.span(dataset_id, run, self.following.span), self.following))
        return messages

    def _progress(self) -> events.SpanProgressed:
        return events.SpanProgressed(
            **self.job.identity(cause=self.cause),
            run=self.job.run,
            span=self.job.span,
            worker=self.worker,
            written=self.written + len(self.rows),
            added=len(self.rows),
            rows=tuple(row for _, row in self.rows),
        )

    def _segment(self, segment: PlannedSegment, row: SegmentRow) -> events.SegmentWritten:
        job, rate_hz = self.job, self.job.audio.rate_hz
        return events.SegmentWritten(
            **job.identity(cause=self.cause),
            run=job.run,
            n=row.n,
            key=keys.segment(job.prefix, row.n),
            text=segment.text[:MAX_TEXT_CHARS],
            text_truncated=len(segment.text) > MAX_TEXT_CHARS,
            duration=row.frames / job.sample_rate,
            start=segment.first_frame / rate_hz,
            end=(segment.last_frame - row.short) / rate_hz,
            frames=row.frames,
            sample_rate=job.sample_rate,
            sha256=row.sha256,
        )

    def _done(self) -> events.SpanWritten:
        return events.SpanWritten(
            **self.job.identity(cause=self.cause),
            run=self.job.run,
            span=self.job.span,
            segment_count=self.job.segment_count,
        )
