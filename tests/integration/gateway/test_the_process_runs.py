"""`python -m gateway` as it is started: its memory, its log, its end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from objects import ObjectStore
from stack import ports
from tests.integration.gateway.forms import END, part, send
from tests.integration.gateway.running import SRT, WAV, as_user, until
from tests.integration.gateway.test_uploads_are_refused import BIG, head, objects_in, open_uploads_in

MEBIBYTE = 1024 * 1024


@dataclass
class GatewayProcess:
    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def peak_bytes(self) -> int:
        """The most memory it has had since the start, or since the last `forget_peak`."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")

    def requests(self) -> dict[str, dict[str, object]]:
        """The lines of requests so far, by correlation id. A line is written after its answer, so it may come late."""
        whole, _, _ = self.log.read_text(encoding="utf-8").rpartition("\n")
        lines: list[dict[str, object]] = [json.loads(line) for line in whole.splitlines()]
        return {str(line["correlation_id"]): line for line in lines if line["event"] == "request"}


def started(env: dict[str, str], log: Path) -> GatewayProcess:
    port = ports.choose()
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "gateway"], env=env | {"HTTP_PORT": str(port)}, stderr=output)
    return GatewayProcess(process, f"http://127.0.0.1:{port}", log)


@pytest.fixture
async def gateway(declared: None, gateway_env: dict[str, str], tmp_path: Path) -> AsyncIterator[GatewayProcess]:
    running = started(gateway_env, tmp_path / "gateway.log")
    async with httpx.AsyncClient(base_url=running.url, trust_env=False) as client:

        async def ready() -> bool:
            assert running.process.poll() is None, running.log.read_text(encoding="utf-8")
            try:
                return "nats" not in (await client.get("/readyz")).text
            except httpx.TransportError:
                return False

        try:
            await until(ready)
            yield running
        finally:
            running.process.kill()
            running.process.wait()


@pytest.mark.alone
async def test_a_large_upload_needs_no_memory_of_its_size(gateway: GatewayProcess, store: ObjectStore) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield part("audio", WAV)[:-2]
        for _ in range(300):
            yield bytes(MEBIBYTE)
        yield b"\r\n" + part("transcript", SRT) + part("name", "n") + END

    async with as_user(gateway.url, "alice") as client:
        await send(client, part("audio", WAV) + END)  # what the first request loads is not what an upload needs
        gateway.forget_peak()
        before = gateway.peak_bytes()
        answer = await send(client, body())
        grown = gateway.peak_bytes() - before
    assert answer.status_code == 201
    assert await store.size(answer.json()["audio_s3_key"]) == 300 * MEBIBYTE + len(WAV)
    print(f"300 MiB uploaded; memory grew by {grown / MEBIBYTE:.0f} MiB")
    assert grown < 80 * MEBIBYTE


async def test_every_request_is_one_line_without_what_is_secret(gateway: GatewayProcess) -> None:
    async with as_user(gateway.url, "alice") as client:
        await client.get("/tts/datasets/0b0e7d3c-0000-4000-8000-000000000000?secret=1", headers={"x-request-id": "r1"})
        await client.get("/secret/path", headers={"x-request-id": "r2"})
        await client.get("/tts/datasets", headers={"x-request-id": "r3", "authorization": "Bearer secret"})

    async def told() -> bool:
        return {"r1", "r2", "r3"} <= gateway.requests().keys()

    await until(told)
    lines = gateway.requests()
    keys = ("method", "path", "status", "user", "dataset_id", "run")
    assert {name: [lines[name][key] for key in keys] for name in ("r1", "r2", "r3")} == {
        "r1": ["GET", "/tts/datasets/{dataset_id}", 400, "alice", "0b0e7d3c-0000-4000-8000-000000000000", None],
        "r2": ["GET", "-", 404, "alice", None, None],
        "r3": ["GET", "-", 401, None, None, None],
    }
    assert all(isinstance(line["ms"], float) for line in lines.values())
    assert "secret" not in gateway.log.read_text(encoding="utf-8")
    assert "Bearer" not in gateway.log.read_text(encoding="utf-8")


async def test_an_upload_that_is_aborted_by_the_shutdown_is_answered_and_leaves_nothing(
    gateway: GatewayProcess, store: ObjectStore
) -> None:
    where = urlsplit(gateway.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(head(100_000_000) + BIG[:12_000_000])
    await writer.drain()
    await until(lambda: open_uploads_in(store))
    os.kill(gateway.process.pid, signal.SIGTERM)
    answer = await asyncio.wait_for(reader.read(), 30)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"code":"stopping"' in answer
    await until(lambda: gateway.process.poll() is not None, seconds=30)
    writer.close()
    assert await objects_in(store) == []
    assert await open_uploads_in(store) == []
    assert "Traceback" not in gateway.log.read_text(encoding="utf-8")
