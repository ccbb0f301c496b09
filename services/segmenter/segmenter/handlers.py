"""One function per message: is the run still current? then plan, cut or purge, and tell how it ended."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bus.deliveries import Ack, Delivery, NoAck, Retry, Route, Settlement
from bus.life_log import LifeLog, fail_run
from bus.run_writer import Outcome
from bus.stream import Stream
from contracts import subjects
from contracts.events import DatasetDeleted, ProcessRequested, SpanPlanned
from contracts.failure import RunFailure
from segmenter.audio.recording import own_plan_version
from segmenter.domain.errors import AudioError
from segmenter.domain.failures import audio_failure, run_failure
from segmenter.domain.spans import SPANS_AT_ONCE
from segmenter.planning import Planner
from segmenter.purging import Purger
from segmenter.slicing import Slicer

# Until a worker of the plan's own version gets the job. Each delivery goes to a worker by chance, so many in a row may
# be in vain; a run has few jobs in the queue, so coming back often delays no other work.
OTHER_VERSION_SECONDS = (0.5, 1.0, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Handlers:
    stream: Stream
    lives: LifeLog
    planner: Planner
    slicer: Slicer
    purger: Purger

    def routes(self) -> tuple[Route[Any], ...]:
        """The segmenter's table: durable, message, handler."""
        return (
            Route(subjects.DURABLE_PLAN, ProcessRequested, self.on_process_requested),
            Route(subjects.DURABLE_SPAN, SpanPlanned, self.on_span_planned, concurrency=SPANS_AT_ONCE),
            Route(subjects.DURABLE_PURGE, DatasetDeleted, self.on_dataset_deleted),
        )

    async def on_process_requested(self, delivery: Delivery[ProcessRequested]) -> Settlement:
        request, run = delivery.event, delivery.seq
        if not await self.lives.run_is_current(request.dataset_id, run):
            return Ack("run is over")
        if await self.stream.last(subjects.plan(request.dataset_id, run)):
            return Ack("planned already")
        outcome = await self.planner.plan(request, run, delivery.event_id)
        if isinstance(outcome, RunFailure):
            return await self._fail(delivery, run, outcome)
        return Ack(outcome.value)

    async def on_span_planned(self, delivery: Delivery[SpanPlanned]) -> Settlement:
        job = delivery.event
        if job.plan_version != own_plan_version(job.audio, job.sample_rate):
            return await self._hand_back(delivery)
        current, written = await asyncio.gather(
            self.lives.run_is_current(job.dataset_id, job.run), self.slicer.written(job)
        )
        if not current:
            return Ack("run is over")
        if written == job.segment_count:
            return Ack("span is done")
        try:
            outcome = await self.slicer.cut(job, delivery.event_id, written)
        except AudioError as exc:
            return await self._fail(delivery, job.run, audio_failure(exc))
        return NoAck() if outcome is Outcome.AHEAD else Ack(outcome.value)

    async def _hand_back(self, delivery: Delivery[SpanPlanned]) -> Settlement:
        """For a worker of the job's own plan version, as long as the run needs one."""
        job = delivery.event
        if not await self.lives.run_is_current(job.dataset_id, job.run):
            return Ack("run is over")
        return Retry(foreign_pause_seconds(delivery.attempt), f"job of plan version {job.plan_version}")

    async def on_dataset_deleted(self, delivery: Delivery[DatasetDeleted]) -> Settlement:
        return await self.purger.purge(delivery.event, delivery.seq, delivery.attempt)

    async def on_give_up(self, delivery: Delivery[Any], reason: str) -> None:
        """Ends the run of a message that could not be handled, so that its dataset does not stay `processing`."""
        if delivery.run is not None and isinstance(delivery.event, ProcessRequested | SpanPlanned):
            await self._fail(delivery, delivery.run, run_failure(reason))

    async def _fail(self, delivery: Delivery[Any], run: int, failure: RunFailure) -> Settlement:
        await fail_run(self.lives, delivery.event, run, failure, cause=delivery.event_id)
        return Ack(f"failed: {failure.code}")


def foreign_pause_seconds(attempt: int) -> float:
    """How long delivery number `attempt` (from 1) of another version's job is handed back for."""
    return OTHER_VERSION_SECONDS[min(attempt, len(OTHER_VERSION_SECONDS)) - 1]
