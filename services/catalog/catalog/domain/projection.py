"""How each event changes the row of its dataset. Pure, so a replay of the same events gives the same rows.

A life event makes the whole row again, whatever it was before: after it the row depends on life events only. Work
counts only for the run that the row shows.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

import msgspec
from msgspec import Struct

from contracts import events, life
from contracts.events import AnyEvent
from contracts.queries import DatasetRow, Progress
from contracts.view import row_of


class Fact(Struct, frozen=True):
    """An event with its stream sequence and the time at which the server stored it."""

    event: AnyEvent
    seq: int
    stored_at: datetime


Rows = dict[str, DatasetRow | None]  # by dataset id; None: there is no row (any more)

_Work = events.SegmentationPlanned | events.SpanProgressed | events.SpanWritten


def project(row: DatasetRow | None, fact: Fact) -> DatasetRow | None:
    """The row after `fact`; None where the dataset has none. Returns `row` itself when nothing changes."""
    event = fact.event
    match event:
        case events.LifeEvent():
            return _after_life(row, event, fact.seq)
        case events.SegmentationPlanned() | events.SpanProgressed() | events.SpanWritten():
            return _after_work(row, event, fact.stored_at)
        case events.RootClaimed() | events.RootRetired() | events.SpanPlanned() | events.SegmentWritten():
            return row
        case _:
            assert_never(event)


def fold(rows: Mapping[str, DatasetRow | None], facts: Iterable[Fact]) -> Rows:
    """The rows that `facts`, in stream order, change; `rows` are the current ones of the datasets that they concern."""
    now = dict(rows)
    for fact in facts:
        dataset_id = fact.event.dataset_id
        now[dataset_id] = project(now.get(dataset_id), fact)
    return {dataset_id: row for dataset_id, row in now.items() if row is not rows.get(dataset_id)}


def _after_life(row: DatasetRow | None, event: events.Life, seq: int) -> DatasetRow | None:
    state = life.state_of(event, seq)
    if isinstance(state, life.Absent | life.Deleted):
        return None
    return row_of(state, at=event.at, created_seq=row.created_seq if row else seq)


def _after_work(row: DatasetRow | None, event: _Work, stored_at: datetime) -> DatasetRow | None:
    if row is None or row.progress is None or row.run != event.run:
        return row
    progress = row.progress
    if isinstance(event, events.SegmentationPlanned):
        progress = Progress(segments=progress.segments, of=event.segment_count)
    elif isinstance(event, events.SpanProgressed):
        progress = Progress(segments=progress.segments + event.added, of=progress.of)
    return msgspec.structs.replace(row, progress=progress, fact_at=stored_at)
