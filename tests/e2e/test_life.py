"""What may happen to a dataset under way: cancel, delete, other users, dying workers, a rebuilt catalog."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.e2e.conftest import RATE, Trainer, User, noise, srt, wav
from tests.stacks import RunningStack, processes_of

pytestmark = pytest.mark.asyncio

MANY = 3_000


def long_recording() -> tuple[bytes, bytes]:
    """Ten minutes in 3,000 cues: several spans, a few seconds of work."""
    return wav(noise(MANY / 5, seed=9)), srt(*((n * 200, n * 200 + 190, f"cue {n}") for n in range(MANY)))


async def begun(user: User) -> dict[str, Any]:
    """A long dataset whose cutting has begun and is far from its end."""
    dataset = await user.upload(*long_recording(), auto_process="true")
    async with asyncio.timeout(30):
        while not (await user.get(dataset["id"]))["progress"]["segments"]:
            await asyncio.sleep(0.01)
    return dataset


async def test_a_run_cancelled_while_cutting_writes_nothing_after_the_cancel(alice: User, trainer: Trainer) -> None:
    dataset = await begun(alice)
    answer = await alice.http.post(f"/tts/datasets/{dataset['id']}/cancel")
    answered = datetime.now(UTC)
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    assert (await alice.http.post(f"/tts/datasets/{dataset['id']}/cancel")).status_code == 409
    subjects = [subject for subject, _ in await trainer.events(dataset["id"])]
    cancelled = len(subjects) - 1 - subjects[::-1].index(f"tts.dataset.{dataset['id']}")
    assert subjects[cancelled + 1 :] == []
    assert 0 < sum(".segment." in subject for subject in subjects) < MANY
    late = await last_put(trainer, f"users/alice/datasets/{dataset['id']}/segments/") - answered
    print(f"from the 202 to the last PUT: {late.total_seconds():.2f} s")
    assert late < timedelta(seconds=3)

    await alice.process(dataset["id"])
    assert (await alice.until(dataset["id"], "ready", "failed"))["segment_count"] == MANY


async def last_put(trainer: Trainer, prefix: str) -> datetime:
    """When the youngest object was stored, once there has been no new one for two seconds."""
    seen: set[datetime] = set()
    while True:
        await asyncio.sleep(2)
        stored = {found.modified async for found in trainer.store.list(prefix)}
        if stored == seen:
            return max(stored)
        seen = stored


async def test_a_segmenter_killed_while_cutting_loses_nothing_and_doubles_nothing(
    alice: User, trainer: Trainer, running_stack: RunningStack
) -> None:
    dataset = await begun(alice)
    workers = [pid for pid, line in processes_of(running_stack.folder).items() if line.endswith("-m segmenter")]
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    ready = await alice.until(dataset["id"], "ready", "failed", seconds=120)
    assert ready["status"] == "ready", ready
    types = Counter(body["type"] for _, body in await trainer.events(dataset["id"]))
    assert (types["SegmentWritten"], types["DatasetReady"]) == (MANY, 1)
    assert len(await trainer.manifest(ready)) == MANY


async def test_a_deleted_dataset_is_gone_at_once_and_its_objects_and_texts_soon(alice: User, trainer: Trainer) -> None:
    dataset = await begun(alice)
    url = f"/tts/datasets/{dataset['id']}"
    answer = await alice.http.delete(url)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await alice.http.get(url)).status_code == 404
    assert (await alice.http.delete(url)).status_code == 404
    assert (await alice.http.post(f"{url}/process")).status_code == 404
    async with asyncio.timeout(45):
        while len(await trainer.events(dataset["id"])) > 1:
            await asyncio.sleep(0.5)
    # An observer reads a mirror in another account, which no purge of the stream reaches by itself.
    async with asyncio.timeout(5):
        while len(await trainer.events(dataset["id"], "observer")) > 1:
            await asyncio.sleep(0.1)
    [(subject, body)] = await trainer.events(dataset["id"], "observer")
    assert (subject, body["type"]) == (f"tts.dataset.{dataset['id']}", "DatasetDeleted")
    assert await trainer.keys(f"users/alice/datasets/{dataset['id']}/") == []


async def _listed(user: User, dataset_id: str) -> None:
    """A list may be a second behind; a single dataset never is."""
    async with asyncio.timeout(10):
        while dataset_id not in [dataset["id"] for dataset in (await user.http.get("/tts/datasets")).json()]:
            await asyncio.sleep(0.02)


async def test_a_list_shows_ones_own_datasets_newest_first_page_by_page(bob: User, alice: User) -> None:
    mine = [(await bob.upload(wav(noise(1)), srt((0, 500, "x")), name=f"n{n}"))["id"] for n in range(5)]
    other = await alice.upload(wav(noise(1)), srt((0, 500, "x")))
    await _listed(bob, mine[-1])
    seen: list[str] = []
    url: str | None = "/tts/datasets?limit=2"
    while url:
        answer = await bob.http.get(url)
        assert answer.status_code == 200, answer.text
        seen += [dataset["id"] for dataset in answer.json()]
        url = answer.links.get("next", {}).get("url")
    assert seen == mine[::-1]
    assert (await bob.http.get(f"/tts/datasets/{other['id']}")).status_code == 404
    assert (await bob.http.get("/tts/datasets?status=ready")).json() == []


async def rows(env: dict[str, str]) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(env["DATABASE_URL"])
    try:
        return [dict(row) for row in await connection.fetch("SELECT * FROM dataset ORDER BY id")]
    finally:
        await connection.close()


async def test_a_catalog_rebuilt_from_the_stream_has_the_same_rows(alice: User, running_stack: RunningStack) -> None:
    await alice.made(wav(noise(2)), srt((0, 1_000, "x")))
    await alice.made(wav(noise(2)), srt((60_000, 61_000, "x")))
    pending = await alice.upload(wav(noise(2, rate=RATE)), srt((0, 1_000, "x")))
    await alice.until(pending["id"], "pending")  # an upload is answered before it is a row; asking for it waits
    before = await rows(running_stack.admin)
    assert {row["status"] for row in before} >= {"ready", "failed", "pending"}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "catalog", "rebuild"],
        env={**os.environ, **running_stack.admin},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert await rows(running_stack.admin) == before
