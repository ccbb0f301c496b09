"""A stack that sweeps every second: after re-runs there is one copy of everything, and what went is 410."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts import keys
from objects import S3Environment, open_store
from runtime.settings import load
from stack import state
from tests.e2e.conftest import Trainer, User, noise, srt, wav
from tests.stacks import RunningStack, StackProcess

KEEP_SECONDS = 2
SOURCES = {"source_audio.wav", "transcript.srt"}
CUES = srt(*((at, at + 900, f"word {at}") for at in range(0, 10_000, 1_000)))


@pytest.fixture
async def sweeping_stack(server_folder: Path) -> AsyncIterator[RunningStack]:
    env = {"SWEEP_SECONDS": "1", "KEEP_SUPERSEDED_SECONDS": str(KEEP_SECONDS)}
    process = await asyncio.to_thread(StackProcess, server_folder / "sweeping", env)
    try:
        yield await asyncio.to_thread(process.wait_running)
    finally:
        assert await asyncio.to_thread(process.end) == 0, process.output


async def rerun(user: User, dataset: dict[str, Any], rate: int) -> dict[str, Any]:
    await user.process(dataset["id"], sample_rate=rate)
    return await user.until(dataset["id"], "ready", "failed")


async def test_one_copy_is_left_of_four_and_what_was_removed_is_gone_by_name(sweeping_stack: RunningStack) -> None:
    user = User(sweeping_stack, "alice")
    async with open_store(load(sweeping_stack.admin, S3Environment).s3()) as store:
        trainer = Trainer(sweeping_stack, store)
        dataset = await user.made(wav(noise(10)), CUES)
        prefix = keys.dataset_prefix("alice", dataset["id"])
        pinned = (await user.http.get(f"/tts/datasets/{dataset['id']}/archive?format=jsonl")).headers["location"]
        assert (await user.http.get(pinned)).status_code == 200
        for rate in (8_000, 12_000, 15_000):
            dataset = await rerun(user, dataset, rate)
        current = dataset["training_data_s3_key"].removesuffix("training_data.jsonl").removeprefix(prefix)
        await until_left(trainer, prefix, SOURCES, current)

        gone = await user.http.get(pinned)
        assert (gone.status_code, gone.json()["code"]) == (410, "result-removed")
        for line in await trainer.manifest(dataset):
            assert len(await trainer.slice(dataset, line)) == line["size"]
        told = [body["type"] for _, body in await trainer.events(dataset["id"])]
        assert (told.count("RootClaimed"), told.count("RootRetired")) == (1, 1)
        assert await metric(sweeping_stack, 'cuecutter_swept_objects_total{reason="superseded"}') == 3 * 13
        assert await metric(sweeping_stack, "cuecutter_roots_retired_total") == 1

        again = await rerun(user, dataset, 16_000)
        assert again["training_data_s3_key"].startswith(f"{prefix}runs/")
        assert (await user.http.delete(f"/tts/datasets/{dataset['id']}")).status_code == 204
        await trainer.until_gone(prefix)
    await user.http.aclose()


async def until_left(trainer: Trainer, prefix: str, others: set[str], current: str) -> None:
    """Waits until there is nothing but the sources and what is in the folder `current`."""
    async with asyncio.timeout(30):
        while True:
            names = {key.removeprefix(prefix) for key in await trainer.keys(prefix)}
            if others == {name for name in names if not name.startswith(current)}:
                return
            await asyncio.sleep(0.2)


async def metric(stack: RunningStack, name: str) -> float:
    port = state.load(stack.folder).ports["segmenter"]
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"{name} "))
