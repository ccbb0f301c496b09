"""What earlier runs left behind is removed, and nothing else ever, whoever wakes late and in whichever order."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bus.deliveries import Ack
from bus.errors import BusUnavailable
from bus.life_log import Appended
from bus.stream import Stream
from contracts import commands, envelope, events, keys, subjects
from contracts.dataset import Result
from segmenter.sweeping.removal import Remover
from tests.integration.segmenter.conftest import World
from tests.integration.segmenter.test_planning import FrozenPut

pytestmark = pytest.mark.asyncio

SRT = b"1\n00:00:00,000 --> 00:00:01,000\none\n\n2\n00:00:01,000 --> 00:00:02,500\ntwo\n"
SOURCES = {"source_audio.wav", "transcript.srt"}
RESULT = {"plan.jsonl", "segments/segment_00000.wav", "segments/segment_00001.wav", "training_data.jsonl"}


async def made(world: World, sample_rate: int | None = None) -> int:
    """A run from its request to its result, as manifest's service would end it."""
    run = await cut(world, sample_rate)
    plan = await world.plan(run)
    key = keys.manifest(plan.prefix)
    await world.store.put(key, b"lines\n")
    result = Result(
        run=run,
        options=plan.options,
        plan_id=plan.plan_id,
        prefix=plan.prefix,
        training_data_key=key,
        training_data_sha256="",
        segment_count=plan.segment_count,
        total_frames=1,
        sample_rate=plan.sample_rate,
        warnings=plan.warnings,
    )
    appended = await world.lives.submit(commands.FinishRun(**world.told(), run=run, result=result))
    assert isinstance(appended, Appended), appended
    return run


async def cut(world: World, sample_rate: int | None = None) -> int:
    request = await world.request(sample_rate=sample_rate)
    assert await world.handlers().on_process_requested(request) == Ack("stored")
    assert await world.run_all(request.seq) == [Ack("stored")]
    return request.seq


async def found(world: World) -> set[str]:
    root = keys.dataset_prefix("u", world.dataset_id)
    return {info.key.removeprefix(root) async for info in world.store.list(root)}


def under(run: int) -> set[str]:
    return {f"runs/{run}/{name}" for name in RESULT}


def places(world: World, *names: str) -> list[str]:
    return [keys.dataset_prefix("u", world.dataset_id) + name for name in names]


IN_ROOT = ("plan.jsonl", "training_data.jsonl", "segments/")


async def retirements(world: World) -> list[events.AnyEvent]:
    told = [envelope.decode(stored.body) async for stored in world.stream.every(subjects.root(world.dataset_id))]
    return [event for event in told if isinstance(event, events.RootRetired)]


async def test_after_reruns_only_the_current_result_is_there(world: World) -> None:
    await world.upload(SRT)
    first = await made(world)
    second, third = await made(world, 8_000), await made(world, 12_000)
    assert await found(world) == SOURCES | RESULT | under(second) | under(third)

    removed = await world.swept()
    assert sorted(removed) == sorted(places(world, f"runs/{second}/", *IN_ROOT))
    assert await found(world) == SOURCES | under(third)
    assert await world.swept() == [], "a second sweep found something"
    [retired] = await retirements(world)
    assert (retired.run, first < third) == (third, True)


async def test_what_was_superseded_stays_for_as_long_as_it_is_kept(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    second = await made(world, 8_000)
    assert await world.swept(timedelta(hours=1)) == []
    assert await retirements(world) == []
    assert await found(world) == SOURCES | RESULT | under(second)


async def test_a_dry_run_tells_exactly_what_a_sweep_removes_with_its_size(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    second = await made(world, 8_000)
    await made(world, 12_000)
    before = await found(world)
    sizes = {info.key: info.size_bytes async for info in world.store.list(keys.dataset_prefix("u", world.dataset_id))}

    told = [removed async for removed in world.sweeper().sweep(dry_run=True)]
    assert await found(world) == before
    assert await retirements(world) == []
    [folder] = [removed for removed in told if removed.place.endswith(f"runs/{second}/")]
    inside = [size for key, size in sizes.items() if key.startswith(folder.place)]
    assert (folder.amount.objects, folder.amount.size_bytes) == (4, sum(inside))
    assert told == [removed async for removed in world.sweeper().sweep()]


async def test_a_run_with_the_roots_plan_before_it_is_retired_keeps_it(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    second = await made(world, 8_000)
    await made(world)
    assert await world.swept() == places(world, f"runs/{second}/")
    assert await found(world) == SOURCES | RESULT
    assert await retirements(world) == []


async def test_a_run_with_the_roots_plan_after_it_is_retired_has_a_folder_of_its_own(world: World) -> None:
    await world.upload(SRT)
    first = await made(world)
    slices = [await world.store.get(place) for place in places(world, *sorted(RESULT))]
    second = await made(world, 8_000)
    await world.swept()
    third = await made(world)
    assert (await world.plan(third)).plan_id == (await world.plan(first)).plan_id
    assert await found(world) == SOURCES | under(second) | under(third)
    again = places(world, *(f"runs/{third}/{name}" for name in sorted(RESULT)))
    assert [await world.store.get(place) for place in again] == slices
    assert await world.swept() == places(world, f"runs/{second}/")


async def test_runs_without_a_result_leave_nothing_behind(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    cancelled = await cut(world, 8_000)
    assert await world.swept() == [], "it is in progress"
    await world.cancel()
    assert await world.swept() == places(world, f"runs/{cancelled}/")
    assert await found(world) == SOURCES | RESULT


async def test_what_a_first_run_left_in_the_root_waits_for_a_result(world: World) -> None:
    """The same options again go on there, and a root that is retired early would never be used."""
    await world.upload(SRT)
    await cut(world)
    await world.cancel()
    assert await world.swept() == []
    await made(world, 8_000)
    assert await world.swept() == places(world, "plan.jsonl", "segments/")


class Meanwhile(Stream):
    """A stream on which something happens between a sweep's reading and its retiring the root."""

    happens: Any = None

    async def publish(self, message: Any) -> int:
        if self.happens is not None:
            await self.happens()
        return await super().publish(message)


async def test_a_run_that_was_requested_meanwhile_keeps_the_root_from_being_retired(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    second = await made(world, 8_000)
    stream = Meanwhile(world.stream._client)
    sweeper = replace(world.sweeper(), superseded=replace(world.sweeper().superseded, stream=stream))

    async def rerun() -> None:
        stream.happens = None
        await made(world)

    stream.happens = rerun
    assert [removed.place async for removed in sweeper.sweep()] == []
    assert await found(world) == SOURCES | RESULT | under(second)
    assert await retirements(world) == []
    assert await world.swept() == places(world, f"runs/{second}/")


async def test_a_planner_that_saw_the_claim_and_wakes_late_leaves_nothing_for_long(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    frozen = FrozenPut(world.store)
    asleep_in = await world.request()
    asleep = asyncio.create_task(world.handlers(frozen).on_process_requested(asleep_in))  # type: ignore[arg-type]
    await frozen.reached.wait()
    await world.cancel()
    second = await made(world, 8_000)
    await world.swept()
    assert await found(world) == SOURCES | under(second)

    frozen.thaw.set()
    assert await asleep == Ack("run over")
    assert await found(world) == SOURCES | under(second) | {"plan.jsonl"}
    assert await world.swept() == places(world, "plan.jsonl")
    assert len(await retirements(world)) == 1


async def test_a_run_in_progress_elsewhere_does_not_hide_what_comes_late_into_a_retired_root(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    second = await made(world, 8_000)
    await world.swept()
    third = await cut(world)
    await world.store.put(places(world, "plan.jsonl")[0], b"late")
    assert await world.swept() == places(world, "plan.jsonl")
    assert under(second) <= await found(world), "the current result, while another run is in progress"
    assert {f"runs/{third}/plan.jsonl"} <= await found(world), "the run in progress"


async def test_two_sweeps_at_once_do_the_same(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    second = await made(world, 8_000)
    await asyncio.gather(world.swept(), world.swept(), world.swept())
    assert await found(world) == SOURCES | under(second)
    assert await world.swept() == []


async def test_a_correction_after_the_result_is_no_reason_to_keep_what_is_left(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    second = await made(world, 8_000)
    await world.lives.submit(commands.RenameDataset(**world.told(), name="other", seen_seq=None))
    await world.swept()
    assert await found(world) == SOURCES | under(second)


async def test_nothing_else_under_the_dataset_is_touched(world: World) -> None:
    kept = [
        "notes.txt",
        "runs/abc/x",
        "runs/007/x",
        "envelope/e.bin",
        "transcripts/ab.json",
        "segments.zip",
        "damage/x",
    ]
    await world.upload(SRT)
    first = await made(world)
    second = await made(world, 8_000)
    far = second + 1_000_000
    notes = [f"damage/{first}.json", f"damage/{second}.json", f"damage/{far}.json"]
    for place in places(world, *kept, *notes, f"runs/{far}/plan.jsonl"):
        await world.store.put(place, b"x")
    removed = await world.swept()
    assert sorted(removed) == sorted(places(world, f"damage/{first}.json", *IN_ROOT))
    assert await found(world) == SOURCES | under(second) | {*kept, *notes[1:], f"runs/{far}/plan.jsonl"}


async def purge(world: World, deleted: events.DatasetDeleted, seq: int) -> None:
    """All its rounds; the last waits for the observers' mirror, as its message is delivered again until it is there."""
    purger = world.handlers().purger
    for attempt in range(1, 4):
        await purger.purge(deleted, seq, attempt)
    async with asyncio.timeout(20):
        while True:
            with suppress(BusUnavailable):
                await purger.purge(deleted, seq, 4)
                return
            await asyncio.sleep(0.1)


async def test_a_sweep_that_read_a_life_before_its_deletion_does_not_revive_it(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    await made(world, 8_000)
    root, head = keys.dataset_prefix("u", world.dataset_id), await world.lives.head(world.dataset_id)
    deleted = await world.lives.submit(commands.DeleteDataset(**world.told()))
    assert isinstance(deleted, Appended)
    assert isinstance(deleted.event, events.DatasetDeleted)

    late = world.sweeper().superseded.removed(root, head, Remover(world.store, dry_run=False))
    assert [removed async for removed in late] == []
    await purge(world, deleted.event, deleted.seq)
    assert await found(world) == set()
    assert [stored async for stored in world.stream.every(f"tts.dataset.{world.dataset_id}.>")] == []


async def test_a_dataset_whose_root_is_retired_is_deleted_like_any_other(world: World) -> None:
    await world.upload(SRT)
    await made(world)
    await made(world, 8_000)
    await world.swept()
    deleted = await world.lives.submit(commands.DeleteDataset(**world.told()))
    assert isinstance(deleted, Appended)
    assert isinstance(deleted.event, events.DatasetDeleted)
    await purge(world, deleted.event, deleted.seq)
    assert await found(world) == set()
    assert [stored async for stored in world.stream.every(f"tts.dataset.{world.dataset_id}.>")] == []


async def test_each_place_is_handed_out_before_the_next_is_looked_for(world: World) -> None:
    for _ in range(3):
        await world.upload(SRT)
        await made(world)
        await made(world, 8_000)
    async with aclosing(world.sweeper().sweep()) as sweep:  # type: ignore[type-var]
        await anext(sweep)
    assert len(await world.swept(dry_run=True)) == 3 * len(IN_ROOT) - 1
