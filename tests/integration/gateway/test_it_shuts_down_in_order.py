"""SIGTERM: not ready first, then not listening, then gone; no request is lost, and another gateway takes over."""

import asyncio
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from objects import ObjectStore
from tests.integration.gateway.forms import END, part, send
from tests.integration.gateway.running import SRT, WAV, CatalogPlayer, as_user, until
from tests.integration.gateway.test_the_process_runs import GatewayProcess, started
from tests.integration.gateway.test_uploads_are_refused import objects_in

DRAIN_SECONDS = 1.0


class Fleet:
    """Gateways behind a balancer of few words: it looks at `/readyz` all the time and takes the ready ones in turn."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self._env, self._folder = env | {"DRAIN_SECONDS": f"{DRAIN_SECONDS}"}, folder
        self.members: list[GatewayProcess] = []
        self.ready: list[str] = []

    async def start(self) -> GatewayProcess:
        member = started(self._env, self._folder / f"gateway-{len(self.members)}.log")
        self.members.append(member)
        await until(lambda: is_ready(member.url))
        return member

    async def watch(self) -> None:
        while True:
            self.ready = [member.url for member in self.members if await is_ready(member.url)]
            await asyncio.sleep(0.05)

    def end(self) -> None:
        for member in self.members:
            member.process.kill()
            member.process.wait()


async def is_ready(url: str) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            return (await client.get(f"{url}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
async def fleet(gateway_env: dict[str, str], catalog: CatalogPlayer, tmp_path: Path) -> AsyncIterator[Fleet]:
    fleet = Fleet(gateway_env, tmp_path)
    yield fleet
    fleet.end()


async def ended(member: GatewayProcess) -> None:
    await until(lambda: member.process.poll() is not None, seconds=15)


@pytest.mark.alone
async def test_it_says_that_it_is_not_ready_before_it_stops_to_listen(fleet: Fleet) -> None:
    gateway = await fleet.start()
    os.kill(gateway.process.pid, signal.SIGTERM)
    asked = time.monotonic()
    await until(lambda: not_ready(gateway.url))
    seen: Counter[int] = Counter()
    while (status := await listed(gateway.url)) is not None:
        seen[status] += 1
    assert time.monotonic() - asked >= DRAIN_SECONDS
    assert seen[200] > 1
    assert set(seen) == {200}
    await ended(gateway)
    print(f"SIGTERM to exit of an idle gateway: {time.monotonic() - asked:.2f} s, {DRAIN_SECONDS:g} s of it draining")


async def listed(url: str) -> int | None:
    """The status of a list; None where it does not listen any more."""
    try:
        async with as_user(url, "alice") as client:
            return (await client.get("/tts/datasets")).status_code
    except httpx.ConnectError:
        return None


async def not_ready(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{url}/readyz")
    return answer.status_code == 503 and answer.json()["missing"] == ["leaving: it has been asked to stop"]


async def test_an_upload_in_progress_is_completed_while_the_gateway_drains(fleet: Fleet, store: ObjectStore) -> None:
    gateway = await fleet.start()

    async def body() -> AsyncIterator[bytes]:
        yield part("audio", WAV)[:-2]
        os.kill(gateway.process.pid, signal.SIGTERM)
        async with asyncio.timeout(10):
            while await listens(gateway.url):
                await asyncio.sleep(0.05)
        yield bytes(100_000) + b"\r\n" + part("transcript", SRT) + part("name", "n") + END

    async with as_user(gateway.url, "alice") as client:
        answer = await send(client, body())
    assert answer.status_code == 201, answer.text
    await ended(gateway)
    assert len(await objects_in(store)) == 2


async def test_a_request_whose_connection_was_open_already_is_answered(fleet: Fleet) -> None:
    gateway = await fleet.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(gateway.url).port)
    await asyncio.sleep(0.1)  # accepted by now, not only connected
    os.kill(gateway.process.pid, signal.SIGTERM)
    async with asyncio.timeout(10):
        while await listens(gateway.url):
            await asyncio.sleep(0.01)
    writer.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    writer.close()
    await ended(gateway)


async def listens(url: str) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.mark.alone
async def test_gateways_replaced_one_after_the_other_lose_no_request(fleet: Fleet) -> None:
    await fleet.start()
    await fleet.start()
    watching = asyncio.create_task(fleet.watch())
    await until(lambda: len(fleet.ready) == 2)
    answers: Counter[int] = Counter()
    asking = [asyncio.create_task(keep_asking(fleet, answers, first)) for first in range(2)]
    for old in fleet.members[:2]:
        os.kill(old.process.pid, signal.SIGTERM)
        await ended(old)
        await fleet.start()
        await until(lambda: len(fleet.ready) == 2)
    for task in (*asking, watching):
        assert not task.done(), task.exception()
        task.cancel()
    print(f"requests answered while both gateways were replaced: {dict(answers)}")
    assert set(answers) == {200, 201}
    assert answers[200] > 20


async def keep_asking(fleet: Fleet, answers: Counter[int], first: int) -> None:
    """A list and an upload in turn, each on a connection of its own; a request that is not answered ends this."""
    for n in itertools.count(first):
        url = fleet.ready[n % len(fleet.ready)]
        async with as_user(url, "alice") as client:
            if n % 10:
                answer = await client.get("/tts/datasets?limit=1")
            else:
                files = {"audio": ("a.wav", WAV), "transcript": ("t.srt", SRT)}
                answer = await client.post("/tts/datasets", data={"name": "n"}, files=files)
        answers[answer.status_code] += 1
