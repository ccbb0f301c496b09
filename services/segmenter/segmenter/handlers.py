"""One function per message: is the run still standing? then plan, cut or purge, and tell how it ended."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bus.deliveries import Ack, Delivery, NoAck, Retry, Route, Settlement
from bus.life_log import Appended, LifeLog
from bus.metrics import runs_ended
from bus.run_writer import Outcome
from bus.stream import Stream
from contracts import commands, subjects
from contracts.events import DatasetDeleted, Event, ProcessRequested, SpanPlanned
from contracts.failure import RunFailure
from segmenter.audio.recording import own_plan_version
from segmenter.domain.errors import AudioError
from segmenter.domain.problems import audio_problem, run_failed
from segmenter.planning import Planner
from segmenter.purging import Purger
from segmenter.slicing import SPANS_AT_ONCE, Slicer

# Until a worker of the plan's own version gets the order. It is a coin's toss at each delivery, so many in a row may be
# in vain; a run has few orders out, so that coming back often keeps nobody from work.
OTHER_VERSION_SECONDS = (0.5, 1.0, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Handlers:
    stream: Stream
    lives: LifeLog
    planner: Planner
    slicer: Slicer
    purger: Purger

    def routes(self) -> tuple[Route, ...]:
        """The segmenter's table: durable, subject, handler."""
        return (
            Route(subjects.DURABLE_PLAN, subjects.ALL_LIVES, self.on_process_requested),
            Route(subjects.DURABLE_SPAN, subjects.ALL_SPANS, self.on_span_planned, at_once=SPANS_AT_ONCE),
            Route(subjects.DURABLE_PURGE, subjects.ALL_LIVES, self.on_dataset_deleted),
        )

    async def on_process_requested(self, delivery: Delivery) -> Settlement:
        request, run = delivery.event, delivery.seq
        if not isinstance(request, ProcessRequested):
            return Ack("not a request")
        if not await self.lives.run_stands(request.dataset_id, run):
            return Ack("run is over")
        if await self.stream.last(subjects.plan(request.dataset_id, run)):
            return Ack("planned already")
        outcome = await self.planner.plan(request, run, delivery.event_id)
        if isinstance(outcome, RunFailure):
            return await self._fail(request, run, delivery.event_id, outcome)
        return Ack(outcome.value)

    async def on_span_planned(self, delivery: Delivery) -> Settlement:
        order = delivery.event
        if not isinstance(order, SpanPlanned) or order.run is None:
            return Ack("not an order")
        if not await self.lives.run_stands(order.dataset_id, order.run):
            return Ack("run is over")
        if order.plan_version != own_plan_version(order.audio):
            return Retry(foreign_pause_seconds(delivery.attempt), f"order of plan version {order.plan_version}")
        if await self.stream.last(subjects.done(order.dataset_id, order.run, order.span)):
            return Ack("span is done")
        try:
            outcome = await self.slicer.cut(order, delivery.event_id)
        except AudioError as exc:
            return await self._fail(order, order.run, delivery.event_id, audio_problem(exc))
        return NoAck() if outcome is Outcome.AHEAD else Ack(outcome.value)

    async def on_dataset_deleted(self, delivery: Delivery) -> Settlement:
        if not isinstance(delivery.event, DatasetDeleted):
            return Ack("not a deletion")
        return await self.purger.purge(delivery.event, delivery.attempt)

    async def on_poison(self, delivery: Delivery, reason: str) -> None:
        """Ends the run of a message that could not be handled, so that nobody waits for it."""
        event, run = delivery.event, delivery.run
        if run is not None and isinstance(event, ProcessRequested | SpanPlanned):
            await self._fail(event, run, delivery.event_id, run_failed(reason))

    async def _fail(self, event: Event, run: int, cause: str, problem: RunFailure) -> Settlement:
        answer = await self.lives.submit(
            commands.FailRun(
                dataset_id=event.dataset_id,
                user_id=event.user_id,
                correlation_id=event.correlation_id,
                cause=cause,
                at=datetime.now(UTC),
                run=run,
                error=problem,
            )
        )
        if isinstance(answer, Appended):
            runs_ended.labels(problem.code).inc()
        return Ack(f"failed: {problem.code}")


def foreign_pause_seconds(attempt: int) -> float:
    """How long delivery number `attempt` (from 1) of another version's order is handed back for."""
    return OTHER_VERSION_SECONDS[min(attempt, len(OTHER_VERSION_SECONDS)) - 1]
