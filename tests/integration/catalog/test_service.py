"""`python -m catalog` as a process: ready when all is there, saying what is missing until then, gone when asked."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bus import connection as line
from contracts import queries, subjects
from contracts.queries import GetDataset, Rows
from migrations import steps
from tests.integration.catalog.world import Author, World, declared, until

pytestmark = pytest.mark.asyncio


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    async def ready(self) -> tuple[int, list[str]]:
        """Status and what is missing; 0 while nothing listens."""
        return await asyncio.to_thread(self._ready)

    def _ready(self) -> tuple[int, list[str]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
                return answer.status, json.load(answer)["missing"]
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)["missing"]
        except OSError:
            return 0, []

    async def is_ready(self) -> bool:
        return (await self.ready())[0] == 200

    async def says(self, words: str) -> bool:
        return any(words in missing for missing in (await self.ready())[1])

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.log.read_text().splitlines()]


@contextmanager
def running(database_url: str, nats_url: str, log: Path) -> Iterator[Service]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": database_url, "NATS_URL": nats_url, "HTTP_PORT": str(port)}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "catalog"], env=env, stdout=out, stderr=out)
    try:
        yield Service(process, port, log)
    finally:
        process.kill()
        process.wait()


async def test_it_waits_for_topology_and_schema_and_says_so(
    nats_server: Any, database_url: str, tmp_path: Path
) -> None:
    with running(database_url, nats_server.url("catalog"), tmp_path / "log") as service:
        await until(lambda: service.says("stream TTS is missing; run `python -m migrations`"))
        admin = await declared(nats_server.url("topology"))
        await until(lambda: service.says("database: the database's schema is missing"))
        await asyncio.to_thread(steps.postgres, database_url)
        await until(service.is_ready)
        await line.close(admin)
        service.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(service.process.wait, 10) in (0, -signal.SIGTERM)
        assert [entry for entry in service.logged() if "trace" in entry] == []


async def test_it_answers_with_what_the_stream_says_and_logs_one_line_a_batch(world: World, tmp_path: Path) -> None:
    with running(world.database_url, world.nats_server.url("catalog"), tmp_path / "log") as service:
        await until(service.is_ready)
        dataset_id = await world.author.uploaded()
        gateway = await line.connect(world.nats_server.url("gateway"), "gateway")
        question = msgspec.json.encode(GetDataset(dataset_id=dataset_id, at_least=1))
        answer = queries.decode_reply((await gateway.request(subjects.CATALOG_GET, question, timeout=2.5)).data)
        await gateway.close()
        assert isinstance(answer, Rows)
        assert [row.id for row in answer.rows] == [dataset_id]

        async def logged() -> bool:
            return any(entry["event"] == "projected" for entry in service.logged())

        await until(logged)
        projected = [entry for entry in service.logged() if entry["event"] == "projected"]
    assert [(entry["from"], entry["to"], entry["saved"], entry["service"]) for entry in projected] == [
        (0, 1, 1, "catalog")
    ]


async def test_when_the_leader_is_killed_another_goes_on(world: World, tmp_path: Path) -> None:
    nats_url = world.nats_server.url("catalog")
    with running(world.database_url, nats_url, tmp_path / "one") as one:
        await until(one.is_ready)
        await world.reached(await world.author.requested(await world.author.uploaded()))
        with running(world.database_url, nats_url, tmp_path / "two") as two:
            await until(two.is_ready)
            one.process.kill()
            last = await world.author.uploaded()
            await world.reached(3)
            assert await world.row(last) is not None
            assert "leading" in [entry["event"] for entry in two.logged()]


async def test_without_nats_it_is_not_ready_and_recovers(world: World, tmp_path: Path) -> None:
    with running(world.database_url, world.nats_server.url("catalog"), tmp_path / "log") as service:
        await until(service.is_ready)
        world.nats_server.kill()
        await until(lambda: service.says("nats"))
        await asyncio.to_thread(world.nats_server.start)
        await until(service.is_ready)
        author: Author = await world.author_anew()
        await world.reached(await author.requested(await author.uploaded()))
        assert service.process.poll() is None
