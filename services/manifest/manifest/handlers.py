"""When the last span of a run is done: join the facts, store the manifest, and end the run.

Any replica may come to the same run at the same time: they write the same bytes, and one DatasetReady wins (rule 1).
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bus.deliveries import Ack, Delivery, Route, Settlement
from bus.life_log import LifeLog, fail_run
from bus.metrics import runs_ended
from contracts import commands, keys, life, manifest_index, subjects
from contracts.dataset import Result
from contracts.events import SegmentationPlanned, SpanWritten
from contracts.failure import RunFailure
from contracts.queries import DatasetRow
from manifest.adapters.facts import Facts
from manifest.domain.join import Incomplete, Joined, join
from manifest.domain.watch import stalled
from manifest.errors import ManifestError, RowsMissing
from objects import ObjectStore

SPANS_LEFT: Final = "spans are left"


@dataclass(frozen=True, slots=True)
class Handlers:
    lives: LifeLog
    facts: Facts
    store: ObjectStore

    def routes(self) -> tuple[Route[Any], ...]:
        """The manifest service's table: durable, subject, handler."""
        return (Route(subjects.DURABLE_DONE, SpanWritten, self.on_span_written),)

    async def on_span_written(self, delivery: Delivery[SpanWritten]) -> Settlement:
        done = delivery.event
        return Ack(await self.finish_if_done(done.dataset_id, done.run, delivery.event_id))

    async def finish_if_done(self, dataset_id: str, run: int, cause: str) -> str:
        """Ends the run if all its spans are done; returns what it found, for the log.

        Raises: RowsMissing, PlanDamaged; StoreError, BusError while a dependency is unavailable.
        """
        if not await self.lives.run_is_current(dataset_id, run):
            return "run is over"
        plan = await self.facts.plan(dataset_id, run)
        if plan is None or not await self.facts.all_done(plan, run):
            return SPANS_LEFT
        segments, rows = await asyncio.gather(self.facts.segments(plan), self.facts.rows(plan, run))
        joined = await asyncio.to_thread(join, plan, segments, rows)
        if isinstance(joined, Incomplete):
            raise RowsMissing(f"segments without a row: {joined.missing[:10]}")
        return await self._finish(plan, run, cause, joined)

    async def on_quiet_run(self, row: DatasetRow) -> str:
        """The watchdog's check of one dataset that is processing.

        Raises: as `finish_if_done`.
        """
        if row.run is None:
            return "not processing"
        stalled_run = stalled(row, datetime.now(UTC))
        try:
            found = await self.finish_if_done(row.id, row.run, "watchdog")
        except ManifestError:
            # Facts that don't fit together never will; they must not keep a run from ending.
            if stalled_run is None:
                raise
        else:
            if found != SPANS_LEFT or stalled_run is None:
                return found
        requested = (await self.lives.head(row.id)).event
        if requested is None:
            return "run is over"
        await fail_run(self.lives, requested, row.run, stalled_run, cause="watchdog")
        return stalled_run.code

    async def on_give_up(self, delivery: Delivery[Any], reason: str) -> None:
        """Ends the run of a message that could not be handled, so that its dataset does not stay `processing`."""
        event = delivery.event
        if event.run is not None:
            await fail_run(self.lives, event, event.run, _run_failure(reason), cause=delivery.event_id)

    async def _finish(self, plan: SegmentationPlanned, run: int, cause: str, joined: Joined) -> str:
        key = keys.manifest(plan.prefix)
        async with self.store.writer(key, "application/x-ndjson") as writer:
            await writer.write(joined.body)
        await self._store_index(plan.prefix, joined.body, writer.sha256)
        result = Result(
            run=run,
            options=plan.options,
            plan_id=plan.plan_id,
            prefix=plan.prefix,
            training_data_key=key,
            training_data_sha256=writer.sha256,
            segment_count=plan.segment_count,
            total_frames=joined.total_frames,
            sample_rate=plan.sample_rate,
            warnings=joined.warnings,
        )
        outcome = await self.lives.submit(
            commands.FinishRun(
                **plan.identity(cause=cause),
                at=datetime.now(UTC),
                run=run,
                result=result,
            )
        )
        if isinstance(outcome, life.Refused):
            return outcome.code
        runs_ended.labels("ready").inc()
        return "ready"

    async def _store_index(self, prefix: str, manifest: bytes, sha256: str) -> None:
        """For those who read pages of the manifest. There before the dataset is ready, so that no page waits for it."""
        index = await asyncio.to_thread(manifest_index.index_of, manifest, sha256)
        await self.store.put(keys.manifest_index(prefix), manifest_index.encode(index), "application/json")


def _run_failure(reason: str) -> RunFailure:
    return RunFailure(
        code="internal-error",
        title="The manifest could not be written",
        detail=f"Joining the run's segments failed repeatedly: {reason.split(':', 1)[0]}.",
        stage="manifest",
        remedy="Process the dataset again; if it fails again, give the operator the dataset's id.",
        retryable=True,
    )
