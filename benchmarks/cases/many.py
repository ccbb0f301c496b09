"""A thousand datasets of ten segments, and one of a hundred thousand: segments a second, and who used the time."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from benchmarks import inputs, machine, table
from benchmarks.inputs import Recording
from benchmarks.ours import ReceivedEvent, RunFailed, User, Watch, user_of
from benchmarks.session import Session, pids
from benchmarks.table import Figure
from contracts import subjects
from tests.stacks import RunningStack

# Which part a process belongs to, by words of its command line.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "segmenter": ("-m segmenter", "import_module"),
    "bus": ("nats-server",),
    "storage": ("rclone",),
    "database, with the catalog": ("postgres", "-m catalog"),
    "gateway": ("-m gateway",),
    "manifest": ("-m manifest",),
}
_CONCURRENT: Final = 8
_SEGMENTS: Final = 10  # of a small dataset
_RATE_HZ: Final = 8_000


async def small_ones(session: Session) -> list[Figure]:
    """Not a round, but all datasets concurrently, once: their number is what averages."""
    count = 100 if session.quick else 1_000
    recording = inputs.wav(session.folder / "ten.wav", _SEGMENTS, rate_hz=_RATE_HZ, every_ms=500)
    with session.stack() as stack:
        async with user_of(stack) as user:
            session.say(f"uploading {count} datasets")
            ids = await _upload(user, recording, count)
            before, started = _used(stack), time.perf_counter()
            await _all_ready(user, ids)
            seconds = time.perf_counter() - started
            return [
                Figure(f"{count} datasets of {_SEGMENTS} segments", "segments/s", (count * _SEGMENTS / seconds,)),
                *_shares(before, _used(stack), f"{count} datasets"),
            ]


async def large_one(session: Session) -> list[Figure]:
    """Cues of a tenth of a second."""
    count = 5_000 if session.quick else 100_000
    recording = inputs.wav(session.folder / f"large-{count}.wav", count, rate_hz=_RATE_HZ, every_ms=100)
    with session.stack() as stack:
        async with user_of(stack) as user:
            dataset_id = await user.upload(recording)
            async with user.watching(subjects.life(dataset_id)) as life:
                before, started = _used(stack), time.perf_counter()
                await user.process(dataset_id)
                ready = await _whole(life, count)
            joined = ready.stored - await _last_span_done(user, ready)
            return [
                Figure(f"{count} segments in one dataset", "segments/s", (count / (ready.at - started),)),
                table.seconds(f"{count} segments: last span done → ready", [joined.total_seconds()], "≤ 5"),
                *_shares(before, _used(stack), f"{count} segments"),
            ]


async def _whole(lives: Watch, count: int) -> ReceivedEvent:
    """The next DatasetReady. Raises: RunFailed unless it has `count` segments."""
    ready = await lives.next("DatasetReady")
    if ready.body["result"]["segment_count"] != count:
        raise RunFailed(f"{ready.body['result']['segment_count']} segments of {count}")
    return ready


async def _last_span_done(user: User, ready: ReceivedEvent) -> datetime:
    """When the server stored it. Asked for, because nothing says that it is pushed before the end is."""
    done = subjects.done(ready.body["dataset_id"], ready.body["run"], "*")
    message = await user.nats.jetstream().get_last_msg(subjects.STREAM, done)
    assert message.time is not None
    return message.time


def _used(stack: RunningStack) -> dict[str, float]:
    return {part: machine.cpu_seconds(pids(stack, *words)) for part, words in PARTS.items()}


def _shares(before: Mapping[str, float], after: Mapping[str, float], what: str) -> list[Figure]:
    used = {part: after[part] - before[part] for part in PARTS}
    return [
        Figure(f"{what}: processor time of the {part}", "%", (100 * seconds / sum(used.values()),))
        for part, seconds in used.items()
    ]


async def _upload(user: User, recording: Recording, count: int) -> set[str]:
    left, ids = iter(range(count)), set[str]()

    async def one_after_another() -> None:
        for _ in left:
            ids.add(await user.upload(recording))

    async with asyncio.TaskGroup() as group:
        for _ in range(_CONCURRENT):
            group.create_task(one_after_another())
    return ids


async def _all_ready(user: User, ids: set[str]) -> None:
    async with user.watching() as lives:
        left = iter(ids)

        async def one_after_another() -> None:
            for dataset_id in left:
                await user.process(dataset_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(_CONCURRENT):
                group.create_task(one_after_another())
            waiting = set(ids)
            while waiting:
                waiting.discard((await _whole(lives, _SEGMENTS)).body["dataset_id"])
