"""Slices are stored many at a time, and never more of them than memory is sized for."""

import asyncio
from typing import Any, cast

import pytest

from bus.run_writer import Outcome
from contracts.events import SegmentRow
from contracts.plan_lines import PlannedSegment
from segmenter.slicing import FRAMES_IN_FLIGHT, SLICES_IN_FLIGHT, Pipeline


class Slices:
    """Stores a slice when nothing else is left to do, and remembers the most that was under way."""

    def __init__(self) -> None:
        self.frames = self.slices = self.most_frames = self.most_slices = 0

    async def begin(self, segment: PlannedSegment) -> "asyncio.Task[SegmentRow]":
        frames = segment.last_frame - segment.first_frame
        self.frames, self.slices = self.frames + frames, self.slices + 1
        self.most_frames, self.most_slices = max(self.most_frames, self.frames), max(self.most_slices, self.slices)
        return asyncio.create_task(self._store(segment.n, frames))

    async def _store(self, n: int, frames: int) -> SegmentRow:
        await asyncio.sleep(0.001)
        self.frames, self.slices = self.frames - frames, self.slices - 1
        return SegmentRow(n, frames, "", 0)


class Facts:
    """With `first` those of a run's first span: nothing of it is told before its first slice."""

    def __init__(self, *, first: bool = False) -> None:
        self.first = self.opens_run = first
        self.added: list[int] = []
        self.told: list[int] = []

    def add(self, segment: PlannedSegment, row: SegmentRow) -> None:
        self.added.append(row.n)

    async def report_if_due(self) -> Outcome:
        if self.first and self.added:
            self.first, self.told = False, self.added.copy()
        return Outcome.STORED

    async def report(self, *, last: bool) -> Outcome:
        return Outcome.STORED


@pytest.mark.parametrize(
    ("frames", "most"),
    [(24_000, SLICES_IN_FLIGHT), (1_000_000, 2), (1_440_000, 2), (1_440_001, 1), (2 * FRAMES_IN_FLIGHT, 1)],
)
async def test_long_slices_wait_for_those_before_them(frames: int, most: int) -> None:
    slices, facts = Slices(), Facts()
    segments = [PlannedSegment(n=n, first_frame=n * frames, last_frame=(n + 1) * frames, text="") for n in range(40)]
    assert await Pipeline(cast(Any, slices), cast(Any, facts), segments).run() is Outcome.STORED
    assert facts.added == list(range(40))
    assert slices.most_slices == most
    assert slices.most_frames <= max(FRAMES_IN_FLIGHT, frames)


async def test_the_first_slice_is_stored_alone_and_that_of_a_run_told_before_the_next_begins() -> None:
    slices, facts = Slices(), Facts(first=True)
    begun: list[list[int]] = []
    begin = slices.begin

    async def noted(segment: PlannedSegment) -> "asyncio.Task[SegmentRow]":
        begun.append(facts.told)
        return await begin(segment)

    slices.begin = noted  # type: ignore[method-assign]
    segments = [PlannedSegment(n=n, first_frame=n * 100, last_frame=(n + 1) * 100, text="") for n in range(20)]
    await Pipeline(cast(Any, slices), cast(Any, facts), segments).run()
    assert begun[:2] == [[], [0]]
    assert slices.most_slices == SLICES_IN_FLIGHT
