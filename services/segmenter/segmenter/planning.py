"""ProcessRequested → plan.jsonl and the first jobs for its spans, or the reason why there is no plan.

The root folder is claimed before the first object is written under it: a PUT of a frozen planner may land any time
later, so a key must belong to one plan before it is first written (rule 4).
"""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from msgspec import structs

from bus.errors import ConditionFailed
from bus.messages import Message, MessageFactory
from bus.run_writer import Outcome, RunWriter
from bus.stream import Stream
from contracts import envelope, events, keys, subjects
from contracts.events import AnyEvent, AudioFacts, ProcessRequested
from contracts.failure import RunFailure
from contracts.rows import ROWS_VERSION
from objects import ObjectStore
from segmenter.audio.recording import Recordings
from segmenter.domain.errors import AudioError
from segmenter.domain.failures import audio_failure, transcript_failure
from segmenter.domain.plan import Plan, make_plan
from segmenter.domain.selection import Selection
from segmenter.domain.spans import JOBS_QUEUED, job_for, make_spans
from transcripts import TranscriptError, TranscriptKind, read

MAX_TRANSCRIPT_BYTES: Final = 64 * 2**20  # above any limit of the gateway's; a guard, not a rule


@dataclass(frozen=True, slots=True)
class Planner:
    stream: Stream
    factory: MessageFactory
    store: ObjectStore
    recordings: Recordings

    async def plan(self, request: ProcessRequested, run: int, cause: str) -> Outcome | RunFailure:
        """Plans the run and queues its first jobs; the worker that finishes one of them queues another.

        Raises: StoreError, BusError while a dependency is unavailable.
        """
        planned = await self._make_plan(request)
        if isinstance(planned, RunFailure):
            return planned
        audio, plan = planned
        prefix = await self._claim_folder(request, run, cause, plan.plan_id)
        body = b"".join(plan.lines)
        await self.store.put(keys.plan(prefix), body, "application/x-ndjson")
        spans = make_spans(plan.segments, plan.lines, rate_hz=audio.rate_hz, random_access=audio.kind == "wav")
        messages = _PlanBatch(request, run, cause, plan, audio, prefix, body, spans).messages(self.factory)
        return await RunWriter(self.stream, request.dataset_id, run).write(messages, probe=messages[1])

    async def _make_plan(self, request: ProcessRequested) -> tuple[AudioFacts, Plan] | RunFailure:
        source = request.source
        try:
            audio, data = await asyncio.gather(
                self.recordings.probe(source.audio_key, source.audio_bytes, Selection.of(request.options)),
                self.store.get(source.transcript_key, max_bytes=MAX_TRANSCRIPT_BYTES),
            )
            kind = TranscriptKind(source.transcript_type.value)
            transcript = await asyncio.to_thread(read, data, kind, source.transcript_encoding, request.options.tier)
        except AudioError as exc:
            return audio_failure(exc)
        except TranscriptError as exc:
            return transcript_failure(exc)
        plan = await asyncio.to_thread(make_plan, source, request.options, audio, transcript)
        return plan if isinstance(plan, RunFailure) else (audio, plan)

    async def _claim_folder(self, request: ProcessRequested, run: int, cause: str, plan_id: str) -> str:
        """The folder this plan writes to: the root if it is the first plan or the same one, else the run's own.

        A root that is retired before this run was requested is nobody's. None is retired while the run is current.
        """
        root = await self._root(request.dataset_id) or await self._claim_root(request, run, cause, plan_id)
        if isinstance(root, events.RootClaimed) and root.plan_id == plan_id:
            return keys.dataset_prefix(request.user_id, request.dataset_id)
        return keys.run_prefix(request.user_id, request.dataset_id, run)

    async def _claim_root(self, request: ProcessRequested, run: int, cause: str, plan_id: str) -> AnyEvent | None:
        claim = events.RootClaimed(**request.identity(cause=cause), run=run, plan_id=plan_id)
        try:
            await self.stream.publish(self.factory.once(subjects.root(request.dataset_id), claim, ttl=False))
        except ConditionFailed:
            return await self._root(request.dataset_id)
        return claim

    async def _root(self, dataset_id: str) -> AnyEvent | None:
        """Who owns the root folder (RootClaimed), or that nobody does any more (RootRetired); None before the first."""
        stored = await self.stream.last(subjects.root(dataset_id))
        return envelope.decode(stored.body) if stored else None


@dataclass(frozen=True, slots=True)
class _PlanBatch:
    """The plan and its first jobs as events; all of them one batch."""

    request: ProcessRequested
    run: int
    cause: str
    plan: Plan
    audio: AudioFacts
    prefix: str
    body: bytes
    spans: tuple[events.Span, ...]

    def messages(self, factory: MessageFactory) -> list[Message]:
        dataset_id = self.request.dataset_id
        plan = factory.fenced(subjects.plan(dataset_id, self.run), self._planned(), run=self.run)
        first = self._first_job()
        jobs = [job_for(k, self.spans, first) for k in range(min(JOBS_QUEUED, len(self.spans)))]
        return [plan, *(factory.once(subjects.span(dataset_id, self.run, job.span), job) for job in jobs)]

    def _planned(self) -> events.SegmentationPlanned:
        return events.SegmentationPlanned(
            **self._shared(),
            plan_sha256=hashlib.sha256(self.body).hexdigest(),
            plan_bytes=len(self.body),
            segment_count=len(self.plan.segments),
            span_count=len(self.spans),
            dropped_count=len(self.plan.drops),
            source_rate_hz=self.audio.rate_hz,
            warnings=self.plan.warnings(),
            spans=self.spans,
            rows_version=ROWS_VERSION,
        )

    def _first_job(self) -> events.SpanPlanned:
        span = self.spans[0]
        return events.SpanPlanned(
            **self._shared(),
            span=0,
            lines_offset=span.lines_offset,
            lines_bytes=span.lines_bytes,
            lines_sha256=span.lines_sha256,
            first_segment=span.first,
            segment_count=span.count,
            audio_key=self.request.source.audio_key,
            audio_bytes=self.request.source.audio_bytes,
            audio=structs.replace(self.audio, notes=()),  # the plan has them
        )

    def _shared(self) -> dict[str, Any]:
        return {
            **self.request.identity(cause=self.cause),
            "run": self.run,
            "plan_id": self.plan.plan_id,
            "plan_version": self.plan.plan_version,
            "prefix": self.prefix,
            "plan_key": keys.plan(self.prefix),
            "sample_rate": self.plan.sample_rate,
            "options": self.request.options,
        }
