"""A run's facts as the stream holds them: its plan, how many spans are done, and a row for each stored slice."""

import asyncio
import hashlib
from dataclasses import dataclass
from itertools import chain
from typing import Final

from bus.stream import Stream
from contracts import envelope, plan_lines, subjects
from contracts.events import SegmentationPlanned, SegmentRow, SpanProgressed
from contracts.plan_lines import PlannedSegment
from manifest.errors import PlanDamaged
from objects import ObjectStore

SPANS_AT_ONCE: Final = 16  # read concurrently: a message is a round trip, and a run may have a thousand


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

    async def rows(self, plan: SegmentationPlanned, run: int) -> dict[int, SegmentRow]:
        """By segment number; each is in exactly one batch, because batches are atomic and facts written once.

        Raises: BusUnavailable.
        """
        rows: dict[int, SegmentRow] = {}
        for first in range(0, plan.span_count, SPANS_AT_ONCE):
            some = range(first, min(first + SPANS_AT_ONCE, plan.span_count))
            found = await asyncio.gather(*(self._rows_of_span(plan.dataset_id, run, k) for k in some))
            rows.update((row.n, row) for row in chain.from_iterable(found))
        return rows

    async def _rows_of_span(self, dataset_id: str, run: int, k: int) -> list[SegmentRow]:
        rows: list[SegmentRow] = []
        async for stored in self.stream.every(subjects.progress(dataset_id, run, k)):
            progress = envelope.decode(stored.body)
            if isinstance(progress, SpanProgressed):
                rows.extend(progress.rows)
        return rows

    async def segments(self, plan: SegmentationPlanned) -> list[PlannedSegment]:
        """Raises: PlanDamaged when the object differs from the plan's sha256; StoreError."""
        data = await self.store.get(plan.plan_key, max_bytes=plan.plan_bytes)
        return await asyncio.to_thread(_segments, plan, data)


def _segments(plan: SegmentationPlanned, data: bytes) -> list[PlannedSegment]:
    if hashlib.sha256(data).hexdigest() != plan.plan_sha256:
        raise PlanDamaged(f"{plan.plan_key} differs from the plan's sha256")
    return [line for line in plan_lines.decode_lines(data) if isinstance(line, PlannedSegment)]
