"""`make status` shows a running stack at work."""

import asyncio
import os
import sys
from pathlib import Path

from stack.children import inherited
from tests.e2e.conftest import User, noise, srt, wav
from tests.stacks import ROOT, RunningStack


async def status(folder: Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "stack",
        "status",
        cwd=ROOT,
        env={**inherited(os.environ), "DATA": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()


async def test_workers_queues_runs_and_letters_are_shown(alice: User, running_stack: RunningStack) -> None:
    cues = srt(*((n * 20, n * 20 + 15, "x") for n in range(9_000)))  # more than is cut while a process starts
    dataset = await alice.upload(wav(noise(180)), cues, auto_process="true")
    while (await alice.get(dataset["id"]))["progress"]["of"] is None:
        await asyncio.sleep(0.02)
    code, told = await status(running_stack.folder)
    await alice.http.post(f"/tts/datasets/{dataset['id']}/cancel")
    assert code == 0
    for service in ("gateway", "segmenter", "manifest", "catalog"):
        assert any(line.startswith(service) and line.endswith("ready") for line in told.splitlines()), told
    assert f"{dataset['id']} run" in told
    assert "/9000 segments" in told
    assert "segmenter-span" in told
    assert "dead letters: 0" in told
    assert "next:" in told.splitlines()


async def test_a_folder_where_nothing_runs_is_said_to_be_one(tmp_path: Path) -> None:
    code, told = await status(tmp_path)
    assert code == 1
    assert f"error: no stack runs on {tmp_path}\n" in told
    assert "what to do: start it with make run, or pass DATA= with the folder of one that runs\n" in told


async def test_a_file_where_a_folder_should_be_is_said_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("")
    code, told = await status(file)
    assert code == 1
    assert f"error: DATA='{file}' cannot be used: {file} is a file" in told
