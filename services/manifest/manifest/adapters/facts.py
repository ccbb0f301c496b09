"""A run's facts as the stream holds them: its plan, how many spans are done, and a row for each stored slice."""

import hashlib
from dataclasses import dataclass

from bus.stream import Stream
from contracts import envelope, plan_lines, subjects
from contracts.events import SegmentationPlanned, SegmentRow, SpanProgressed
from contracts.plan_lines import PlannedSegment
from manifest.errors import PlanDamaged
from objects import ObjectStore


@dataclass(frozen=True, slots=True)
class Facts:
    stream: Stream
    store: ObjectStore

    async def plan(self, dataset_id: str, run: int) -> SegmentationPlanned | None:
        """Raises: BusUnavailable."""
        stored = await self.stream.last(subjects.plan(dataset_id, run))
        plan = envelope.decode(stored.body) if stored else None
        return plan if isinstance(plan, SegmentationPlanned) else None

    async def all_done(self, plan: SegmentationPlanned, run: int) -> bool:
        """Raises: BusUnavailable."""
        return await self.stream.count(subjects.done(plan.dataset_id, run, "*")) == plan.span_count

    async def rows(self, dataset_id: str, run: int) -> dict[int, SegmentRow]:
        """By segment number; each stands in exactly one batch, because batches are atomic and facts written once.

        Raises: BusUnavailable.
        """
        rows: dict[int, SegmentRow] = {}
        async for stored in self.stream.every(subjects.progress(dataset_id, run, "*")):
            progress = envelope.decode(stored.body)
            if isinstance(progress, SpanProgressed):
                rows.update((row.n, row) for row in progress.rows)
        return rows

    async def segments(self, plan: SegmentationPlanned) -> list[PlannedSegment]:
        """Raises: PlanDamaged when the object differs from the plan's sha256; StoreError."""
        data = await self.store.get(plan.plan_key, max_bytes=plan.plan_bytes)
        if hashlib.sha256(data).hexdigest() != plan.plan_sha256:
            raise PlanDamaged(f"{plan.plan_key} differs from the plan's sha256")
        return [line for line in plan_lines.decode_lines(data) if isinstance(line, PlannedSegment)]
