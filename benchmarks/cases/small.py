"""A dataset of three cues: the time from `process` to ready against the requests to the store alone."""

import asyncio
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from benchmarks import inputs
from benchmarks.inputs import Recording
from benchmarks.ours import ReceivedEvent, User, user_of
from benchmarks.session import Session
from benchmarks.table import Figure
from contracts import subjects

CUES: Final = 3
_RUNS: Final = 10  # a round is their median, because one takes too short a time to say much

# From the event before to this one: (name, type of the event that ends it).
STEPS: Final = (
    ("plan", "SegmentationPlanned"),
    ("cut", "SpanWritten"),
    ("manifest", "DatasetReady"),
)


async def run(session: Session) -> list[Figure]:
    recording = inputs.wav(session.folder / "three.wav", CUES)
    with session.stack() as stack:
        async with user_of(stack) as user:
            dataset_id = await user.upload(recording)
            await user.processed(dataset_id)
            whole, store, steps = [], [], []
            for _ in session.each_round():
                runs = [await _run(user, dataset_id) for _ in range(_RUNS)]
                whole.append(_median([sum(run) for run in runs]))
                steps.append([_median(step) for step in zip(*runs, strict=True)])
                store.append(_median([await _store_alone(user, dataset_id, recording) for _ in range(_RUNS)]))
    return _figures(whole, store, steps)


def _figures(whole: Sequence[float], store: Sequence[float], steps: Sequence[Sequence[float]]) -> list[Figure]:
    bus = [(w - s) * 1000 for w, s in zip(whole, store, strict=True)]
    names = ("request", *(name for name, _ in STEPS), "notice")
    parts = zip(names, zip(*steps, strict=True), strict=True)
    return [
        Figure("three cues: process → ready, less the store's time", "ms", tuple(bus), "≤ 60"),
        Figure("three cues: process → ready", "ms", tuple(seconds * 1000 for seconds in whole)),
        Figure("three cues: the same requests to the store alone", "ms", tuple(seconds * 1000 for seconds in store)),
        *(Figure(f"three cues: of it {name}", "ms", tuple(s * 1000 for s in rounds)) for name, rounds in parts),
    ]


async def _run(user: User, dataset_id: str) -> list[float]:
    """Seconds until the request is stored, of each step, and until the last event is here."""
    async with user.watching(f"tts.dataset.{dataset_id}.>") as work, user.watching(subjects.life(dataset_id)) as life:
        wall, started = time.time(), time.perf_counter()
        await user.process(dataset_id)
        events = [await life.next("ProcessRequested")]
        for _, kind in STEPS:
            events.append(await (life if kind == "DatasetReady" else work).next(kind))
    stored = [event.stored.timestamp() for event in events]
    between = [after - before for before, after in pairwise(stored)]
    return [stored[0] - wall, *between, _noticed(events[-1], wall, started)]


def _noticed(last: ReceivedEvent, wall: float, started: float) -> float:
    return (last.at - started) - (last.stored.timestamp() - wall)


async def _store_alone(user: User, dataset_id: str, recording: Recording) -> float:
    """The requests of one run, in its order and with its bytes; the slices concurrently."""
    dataset, store = await user.dataset(dataset_id), user.store
    folder = dataset["training_data_s3_key"].rpartition("/")[0]
    names = [line["audio_filepath"] for line in await user.manifest(dataset_id)]
    bodies = {name: await store.get(f"{folder}/{name}") for name in names}
    plan, manifest = await store.get(f"{folder}/plan.jsonl"), await store.get(dataset["training_data_s3_key"])
    size = recording.path.stat().st_size
    started = time.perf_counter()
    await store.get_range(dataset["audio_s3_key"], 0, 64 << 10)
    await store.get(dataset["transcript_s3_key"])
    await store.put("floor/plan.jsonl", plan)
    await store.get_range(f"{folder}/plan.jsonl", 0, len(plan))
    await store.get_range(dataset["audio_s3_key"], 44, size - 44)
    async with asyncio.TaskGroup() as group:
        for name, body in bodies.items():
            group.create_task(store.put(f"floor/{name}", body, "audio/wav"))
    await store.get(f"{folder}/plan.jsonl")
    await store.put("floor/training_data.jsonl", manifest)
    return time.perf_counter() - started


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
