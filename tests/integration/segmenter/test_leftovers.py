"""Objects of datasets that were deleted or never began, and uploads that nobody finishes: what the sweeper removes."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from contracts import commands, keys
from segmenter.sweeping import sweeper
from tests.integration.segmenter.conftest import World
from tests.integration.segmenter.test_superseded_results import IN_ROOT, found, made, places

pytestmark = pytest.mark.asyncio

SRT = b"1\n00:00:00,000 --> 00:00:01,000\none\n"


async def test_what_comes_late_into_a_deleted_dataset_is_removed(world: World) -> None:
    await world.upload(SRT)
    await world.lives.submit(commands.DeleteDataset(**world.told()))
    [place] = places(world, "")
    assert await world.swept(dry_run=True) == [place]
    assert len(await found(world)) == 2
    assert await world.swept() == [place]
    assert await found(world) == set()


async def test_an_upload_that_never_became_a_dataset_is_removed_when_it_is_old(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"{keys.dataset_prefix('u', '6f1c0f1e-0000-4000-8000-000000000000')}source_audio.wav"
    await world.store.put(key, b"half")
    assert await world.swept() == []
    monkeypatch.setattr(sweeper, "UPLOAD_ENDS", timedelta(0))
    assert await world.swept() == [key.removesuffix("source_audio.wav")]
    assert [info.key async for info in world.store.list("")] == []


async def test_an_open_upload_is_aborted_when_it_is_old(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.upload(SRT)
    [key] = places(world, "segments/segment_00000.wav")
    connection = world.store._connection
    await connection.client.create_multipart_upload(Bucket=connection.bucket, Key=key)
    assert await world.swept() == []
    monkeypatch.setattr(sweeper, "MULTIPART_ENDS", timedelta(0))
    assert await world.swept(dry_run=True) == [key]
    assert await world.swept() == [key]
    assert await world.swept() == []


async def test_the_command_tells_each_place_with_its_size_and_removes_it(
    world: World, s3_env: dict[str, str], nats_server: Any
) -> None:
    await world.upload(SRT)
    await made(world)
    await made(world, 8_000)
    env = {**os.environ, **s3_env, "NATS_URL": nats_server.url("topology")}

    kept = swept(env, "--dry-run")
    assert kept == ["would remove 0 places: 0 objects, 0 bytes"], "a day is the default"
    env["KEEP_SUPERSEDED_SECONDS"] = "0"
    told = swept(env, "--dry-run")
    assert [line.split()[0] for line in told[:-2]] == ["superseded"] * 3
    assert sorted(line.rsplit(maxsplit=1)[-1] for line in told[:-2]) == sorted(places(world, *IN_ROOT))
    assert told[-1] == "next: python -m segmenter sweep"
    assert swept(env) == [*told[:-2], told[-2].replace("would remove", "removed")]
    assert swept(env, "--dry-run") == ["would remove 0 places: 0 objects, 0 bytes"]


def swept(env: dict[str, str], *arguments: str) -> list[str]:
    command = [sys.executable, "-m", "segmenter", "sweep", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
