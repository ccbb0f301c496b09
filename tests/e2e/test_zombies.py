"""Workers that freeze and wake too late, and workers that are replaced under load: nothing wrong, nothing lost."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from stack import environment, ports
from stack import state as states
from stack.children import inherited
from tests.e2e.conftest import Trainer, User, noise, srt, wav
from tests.e2e.test_life import MANY, begun
from tests.stacks import RunningStack, processes_of

pytestmark = pytest.mark.asyncio

FROZEN_SECONDS = 15
PURGED_SECONDS = 35


def workers(stack: RunningStack, service: str) -> list[int]:
    return [pid for pid, line in processes_of(stack.folder).items() if line.endswith(f"-m {service}")]


async def ready(port: int) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def until_ready(port: int) -> None:
    async with asyncio.timeout(60):
        while not await ready(port):
            await asyncio.sleep(0.05)


def segmenter(stack: RunningStack, port: int) -> subprocess.Popen[bytes]:
    env = environment.everything(states.load(stack.folder), "segmenter")
    arguments = [sys.executable, "-m", "segmenter"]
    env = {**inherited(os.environ), **env, "HTTP_PORT": str(port)}
    return subprocess.Popen(arguments, env=env, stderr=subprocess.DEVNULL)


@pytest.fixture
async def second_segmenter(running_stack: RunningStack) -> AsyncIterator[None]:
    """One more, which goes on while the stack's own is frozen."""
    port = ports.choose()
    process = segmenter(running_stack, port)
    try:
        await until_ready(port)
        yield
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


class Frozen:
    """The stack's own segmenter, stopped as a machine stops that sleeps, until it is thawed."""

    def __init__(self, stack: RunningStack) -> None:
        [self._pid] = workers(stack, "segmenter")

    def __enter__(self) -> "Frozen":
        os.kill(self._pid, signal.SIGSTOP)
        return self

    def __exit__(self, *_: object) -> None:
        self.thaw()

    def thaw(self) -> None:
        os.kill(self._pid, signal.SIGCONT)


async def test_a_worker_that_wakes_after_a_deletion_leaves_no_object_and_no_text(
    alice: User, trainer: Trainer, running_stack: RunningStack, second_segmenter: None
) -> None:
    dataset = await begun(alice)
    prefix = f"users/alice/datasets/{dataset['id']}/"
    with Frozen(running_stack):
        began = time.monotonic()
        assert (await alice.http.delete(f"/tts/datasets/{dataset['id']}")).status_code == 204
        answered = time.monotonic() - began
        assert (await alice.http.get(f"/tts/datasets/{dataset['id']}")).status_code == 404
        await asyncio.sleep(FROZEN_SECONDS)  # the fault itself, not a wait for something
    async with asyncio.timeout(PURGED_SECONDS - FROZEN_SECONDS):
        while await trainer.keys(prefix):
            await asyncio.sleep(0.5)
    emptied = time.monotonic() - began
    # The order to purge may have gone to the frozen worker itself, whose four rounds then begin when it wakes.
    async with asyncio.timeout(PURGED_SECONDS):
        while len(await trainer.events(dataset["id"])) > 1:
            await asyncio.sleep(0.5)
    forgotten = time.monotonic() - began
    assert await trainer.keys(prefix) == []
    [(_, body)] = await trainer.events(dataset["id"])
    assert body["type"] == "DatasetDeleted"
    assert "cue 1" not in str(body)
    print(
        f"204 after {answered * 1000:.0f} ms; no object {emptied:.1f} s, no text {forgotten:.1f} s after the deletion"
    )


async def test_a_run_frozen_while_it_cuts_changes_nothing_of_the_next_nor_of_the_last_result(
    alice: User, trainer: Trainer, running_stack: RunningStack, second_segmenter: None
) -> None:
    dataset = await begun(alice)
    first = await alice.until(dataset["id"], "ready", "failed")
    assert first["status"] == "ready", first
    await cutting(alice, dataset["id"], sample_rate=8_000)
    with Frozen(running_stack):
        assert (await alice.http.post(f"/tts/datasets/{dataset['id']}/cancel")).status_code == 202
        await alice.process(dataset["id"], sample_rate=12_000)
        second = await alice.until(dataset["id"], "ready", "failed", seconds=100)
        assert second["status"] == "ready", second
    await asyncio.sleep(2)  # the zombie has its chance
    for made in (first, second):
        lines = await trainer.manifest(made)
        assert len(lines) == MANY
        for line in lines[::50]:
            assert hashlib.sha256(await trainer.slice(made, line)).hexdigest() == line["sha256"]
    assert (await alice.get(dataset["id"]))["training_data_s3_key"] == second["training_data_s3_key"]


async def cutting(user: User, dataset_id: str, **options: Any) -> None:
    await user.process(dataset_id, **options)
    async with asyncio.timeout(30):
        while not ((await user.get(dataset_id))["progress"] or {}).get("segments"):
            await asyncio.sleep(0.01)


async def test_every_worker_replaced_in_turn_under_load_loses_no_dataset(
    alice: User, running_stack: RunningStack
) -> None:
    made: list[str] = []
    asking = asyncio.create_task(keep_uploading(alice, made))
    seconds = {service: await replaced(running_stack, service) for service in ("segmenter", "manifest", "catalog")}
    asking.cancel()
    print("SIGTERM to exit under load: " + ", ".join(f"{name} {took:.2f} s" for name, took in seconds.items()))
    assert max(seconds.values()) <= 15
    assert made
    for dataset_id in made:
        dataset = await alice.until(dataset_id, "ready", "failed")
        assert dataset["status"] == "ready", dataset


async def keep_uploading(user: User, made: list[str]) -> None:
    audio, transcript = wav(noise(20)), srt(*((n * 100, n * 100 + 90, f"cue {n}") for n in range(200)))
    while True:
        made.append((await user.upload(audio, transcript, auto_process="true"))["id"])
        await asyncio.sleep(0.2)


async def replaced(stack: RunningStack, service: str) -> float:
    """Seconds from SIGTERM to the end of the process; returns once the next one is ready."""
    [old] = workers(stack, service)
    os.kill(old, signal.SIGTERM)
    began = time.monotonic()
    async with asyncio.timeout(20):
        while old in workers(stack, service):
            await asyncio.sleep(0.02)
    took = time.monotonic() - began
    await until_ready(states.load(stack.folder).ports[service])
    return took
