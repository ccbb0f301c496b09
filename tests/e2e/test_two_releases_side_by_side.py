"""During an upgrade a segmenter of the old and one of the new plan version share the durables: every dataset ends."""

import asyncio
import functools
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stack import environment, ports, probes
from stack import state as states
from stack.children import Child, Spec
from tests.e2e.conftest import RATE, Trainer, User, noise, srt, wav
from tests.stacks import ROOT, RunningStack, wait_until

SECONDS = 300  # two spans
CUES = srt(*((n * 5_000, n * 5_000 + 4_500, f"line {n}") for n in range(SECONDS // 5)))
DATASETS = 4


@pytest.fixture
def newer_segmenter(running_stack: RunningStack, tmp_path: Path) -> Iterator[None]:
    state, port = states.load(running_stack.folder), ports.choose()
    env = environment.everything(state, "segmenter") | {"HTTP_PORT": str(port)}
    argv = (sys.executable, str(Path(__file__).with_name("newer_segmenter.py")))
    ready = functools.partial(probes.http, port, "/readyz", 200)
    child = Child(Spec("newer", argv, env, ready, cwd=ROOT), tmp_path / "newer.log", str(running_stack.folder))
    try:
        wait_until(ready, seconds=30, what="the newer segmenter is ready")
        yield
    finally:
        child.ask_to_stop()
        wait_until(child.has_ended, seconds=15, what="the newer segmenter has ended")


@pytest.mark.usefixtures("newer_segmenter")
async def test_every_dataset_ends_with_the_same_bytes_whoever_planned_it(alice: User, trainer: Trainer) -> None:
    workers: dict[str, set[str]] = {}
    for attempt in range(10):
        recordings = [noise(SECONDS, seed=attempt * DATASETS + n) for n in range(DATASETS)]
        made = await asyncio.gather(*(alice.made(wav(samples), CUES) for samples in recordings))
        for dataset, samples in zip(made, recordings, strict=True):
            assert dataset["status"] == "ready", dataset
            await check_slices(trainer, dataset, samples)
            version, cutters = await who_made(trainer, dataset)
            workers.setdefault(version, set()).update(cutters)
        if len(workers) == 2:
            break
    old, new = workers.values()  # both releases have planned, or there is nothing to see here
    assert (len(old), len(new)) == (1, 1)
    assert old.isdisjoint(new), "an order was cut by a worker of another version"


async def check_slices(trainer: Trainer, dataset: dict[str, Any], samples: np.ndarray) -> None:
    lines = await trainer.manifest(dataset)
    assert len(lines) == SECONDS // 5
    for line in lines:
        first, last = round(line["start"] * RATE), round(line["end"] * RATE)
        expected = wav(samples[first:last])
        assert line["sha256"] == hashlib.sha256(expected).hexdigest()
    assert await trainer.slice(dataset, lines[-1]) == expected


async def who_made(trainer: Trainer, dataset: dict[str, Any]) -> tuple[str, set[str]]:
    """The version of its plan, and the workers that cut it."""
    told = [body for _, body in await trainer.events(dataset["id"])]
    (version,) = {body["plan_version"] for body in told if body["type"] == "SegmentationPlanned"}
    assert sum(body["type"] == "SpanWritten" for body in told) == 2
    return version, {body["worker"] for body in told if body["type"] == "SpanProgressed"}
