"""What docs/operations.md says about backups, done: the copy of a stopped system's folder is the whole system."""

import asyncio
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from stack import state
from tests.e2e.conftest import User, noise, srt, wav
from tests.stacks import RunningStack, StackProcess

LONG = wav(noise(80)), srt(*((at, at + 90, "a word") for at in range(0, 80_000, 100)))


@pytest.fixture
def folder(server_folder: Path) -> Iterator[Path]:
    folder = server_folder / "to-be-moved"
    yield folder
    for left in (folder, folder.with_name("moved")):
        shutil.rmtree(left, ignore_errors=True)


@asynccontextmanager
async def stack(folder: Path) -> Any:
    process = await asyncio.to_thread(StackProcess, folder)
    try:
        yield await asyncio.to_thread(process.wait_running)
    finally:
        exit_code = await asyncio.to_thread(process.end)
    assert exit_code == 0, process.output


async def rows(running: RunningStack) -> list[dict[str, Any]]:
    """Every column of every dataset."""
    connection = await asyncpg.connect(running.admin["DATABASE_URL"])
    found = await connection.fetch("SELECT * FROM dataset ORDER BY id")
    await connection.close()
    return [dict(row) for row in found]


def taken(folder: Path) -> ExitStack:
    """Holds every port of the system that was stopped, as another program on another machine might."""
    held = ExitStack()
    for port in state.load(folder).ports.values():
        listening = held.enter_context(socket.socket())
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
    return held


async def test_a_copy_of_the_folder_goes_on_elsewhere_and_makes_lost_rows_anew(folder: Path) -> None:
    async with stack(folder) as running:
        alice = User(running, "alice")
        done = await alice.made(wav(noise(3)), srt((0, 1000, "a"), (1000, 2000, "b")))
        failed = await alice.made(wav(noise(1)), srt((5000, 6000, "beyond")))
        gone = await alice.upload(wav(noise(1)), srt((0, 1000, "a")))
        await alice.http.delete(f"/tts/datasets/{gone['id']}")
        going = await alice.upload(*LONG, auto_process="true")
        async with asyncio.timeout(30):
            while not (await alice.get(going["id"]))["progress"]["segments"]:
                await asyncio.sleep(0.02)
    moved = folder.with_name("moved")
    shutil.copytree(folder, moved)
    with taken(folder):
        async with stack(moved) as running:
            assert set(state.load(moved).ports.values()).isdisjoint(state.load(folder).ports.values())
            alice = User(running, "alice")
            assert (await alice.until(going["id"], "ready"))["segment_count"] == 800
            assert await alice.get(done["id"]) == done
            again = await alice.made(wav(noise(2)), srt((0, 1000, "new")))
            before = await rows(running)
    # Postgres is lost. What it held is made anew from the stream.
    shutil.rmtree(moved / "postgres")
    async with stack(moved) as running:
        alice = User(running, "alice")
        async with asyncio.timeout(30):
            while await rows(running) != before:
                await asyncio.sleep(0.05)
        assert {row["status"] for row in before} == {"ready", "failed"}
        assert {str(row["id"]) for row in before} == {done["id"], failed["id"], going["id"], again["id"]}
        # And from here on, as ever.
        assert (await alice.process(done["id"]))["status"] == "processing"
        await alice.until(done["id"], "ready")
