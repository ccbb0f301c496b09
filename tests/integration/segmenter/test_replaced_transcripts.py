"""Transcripts that were replaced stay as long as their dataset, and the run after it reads the new one."""

from datetime import timedelta

import pytest

from contracts import commands, keys
from contracts.dataset import TranscriptFile, TranscriptType
from contracts.plan_lines import PlannedDrop, PlannedSegment, decode_lines
from segmenter.sweeping import sweeper
from tests.integration.segmenter.conftest import World
from transcripts import CorrectedCue, write_corrected

pytestmark = pytest.mark.asyncio

UPLOADED = b"1\n00:00:00,000 --> 00:00:01,000\nOne\n"
CORRECTED = write_corrected(
    [
        CorrectedCue(1_250_125, 2_000_000, "Two,\n\nin lines", speaker="Ann"),
        CorrectedCue(3_000_000, None, "Left out", excluded=True),
        CorrectedCue(29_500_000, 31_000_000, "Over the end", fixed=True),
    ]
)


async def correct(world: World) -> str:
    """The key of the corrected cues, which the dataset has from here on."""
    key = keys.replaced_transcript(keys.dataset_prefix("u", world.dataset_id), "ab", "json")
    await world.store.put(key, CORRECTED, "application/json")
    given = TranscriptFile(key=key, size_bytes=len(CORRECTED), sha256="ab", type=TranscriptType.CUES, encoding="utf-8")
    await world.lives.submit(commands.ReplaceTranscript(**world.told(), transcript=given))
    return key


async def test_the_sweeper_leaves_the_transcripts_of_a_living_dataset(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "UPLOAD_ENDS", timedelta(0))
    await world.upload(UPLOADED)
    key = await correct(world)
    assert await world.swept() == []
    assert await world.store.get(key) == CORRECTED
    await world.lives.submit(commands.DeleteDataset(**world.told()))
    prefix = keys.dataset_prefix("u", world.dataset_id)
    assert await world.swept() == [prefix]
    assert [found.key async for found in world.store.list(prefix)] == []


async def test_a_run_is_planned_from_the_corrected_cues(world: World) -> None:
    await world.upload(UPLOADED)
    await correct(world)
    request = await world.request()
    await world.handlers().on_process_requested(request)
    plan = await world.plan(request.seq)
    lines = list(decode_lines(await world.store.get(plan.plan_key)))
    assert lines[:2] == [
        PlannedSegment(
            n=0,
            first_frame=20_002,
            last_frame=32_000,
            text="Two, in lines",
            cue=0,
            line=2,
            cues=(0,),
            speaker="Ann",
        ),
        PlannedSegment(n=1, first_frame=472_000, last_frame=480_000, text="Over the end", cue=2, line=4, cues=(2,)),
    ]
    assert lines[2] == PlannedDrop(cue=1, line=3, code="excluded", detail="left out by hand")
    assert plan.warnings.counts == {"excluded": 1, "clamped": 1}
