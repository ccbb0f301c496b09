"""The four services as processes on real servers: whatever is missing, each says so and which command makes it.

They start before anything is there, become ready when all is, and lose and find one thing after another.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiobotocore.session import AioSession
from nats.aio.client import Client

from bus import topology
from bus.connection import close, connect
from contracts import subjects
from migrations import steps
from stack import ports

SERVICES = ("gateway", "segmenter", "manifest", "catalog")
NATS = "run `python -m migrations`, which declares streams and durables"
BUCKET = "run `python -m migrations`, which makes it"
SCHEMA = "database: the database's schema is missing or older than this version; run `python -m migrations`"
NO_CATALOG = "catalog: CatalogUnavailable"

ReceivedEvent = dict[str, list[str]]


class System:
    """The services, and the hands that take things away and give them back."""

    def __init__(self, admin: Client, s3: Any, bucket: str, database_url: str, addresses: dict[str, int]) -> None:
        self.admin, self.js = admin, admin.jetstream(timeout=5)
        self.s3, self.bucket, self.database_url = s3, bucket, database_url
        self._addresses = addresses

    async def tells(self, expected: ReceivedEvent) -> None:
        """Waits until every service's /readyz says exactly this; services that are not named are ready."""
        wanted = {name: sorted(expected.get(name, [])) for name in SERVICES}
        told: ReceivedEvent = {}
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            for _ in range(300):
                answers = await asyncio.gather(*(self._readiness(http, name) for name in SERVICES))
                told = dict(zip(SERVICES, answers, strict=True))
                if told == wanted:
                    return
                await asyncio.sleep(0.1)
        assert told == wanted

    async def _readiness(self, http: httpx.AsyncClient, name: str) -> list[str]:
        try:
            answer = await http.get(f"http://127.0.0.1:{self._addresses[name]}/readyz")
        except httpx.TransportError:
            return ["does not listen yet"]
        missing: list[str] = answer.json()["missing"]
        assert answer.status_code == (503 if missing else 200)
        return sorted(missing)

    async def sql(self, statement: str) -> None:
        connection = await asyncpg.connect(self.database_url)
        await connection.execute(statement)
        await connection.close()

    async def declare(self) -> None:
        await topology.declare(self.admin)


@contextmanager
def processes(env: dict[str, str], nats_server: Any, logs: Path) -> Iterator[dict[str, int]]:
    addresses, running = {name: ports.choose() for name in SERVICES}, []
    try:
        for name, port in addresses.items():
            own = env | {"NATS_URL": nats_server.url(name), "HTTP_PORT": str(port)}
            with (logs / f"{name}.log").open("wb") as log:
                running.append(subprocess.Popen([sys.executable, "-m", name], env=own, stdout=log, stderr=log))
        yield addresses
    finally:
        for process in running:
            process.kill()
            process.wait()


@pytest.fixture
async def system(
    nats_server: Any, database_url: str, s3_env: dict[str, str], aws_session: AioSession, tmp_path: Path
) -> AsyncIterator[System]:
    purge = {"NATS_PURGE_URL": nats_server.url("purger")}
    env = {**s3_env, **purge, "DATABASE_URL": database_url, "JWT_SECRET_KEY": "k" * 32, "PATH": os.environ["PATH"]}
    admin = await connect(nats_server.url("topology"), "topology")
    store = aws_session.create_client(
        "s3",
        endpoint_url=s3_env["AWS_ENDPOINT_URL_S3"],
        region_name=s3_env["AWS_REGION"],
        aws_access_key_id=s3_env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=s3_env["AWS_SECRET_ACCESS_KEY"],
    )
    async with store as s3:
        with processes(env, nats_server, tmp_path) as addresses:
            yield System(admin, s3, s3_env["S3_BUCKET_NAME"], database_url, addresses)
    await close(admin)


async def test_every_missing_thing_is_named_with_the_command_that_makes_it(system: System) -> None:
    no_stream, no_letters, no_tries = (f"stream {name} is missing; {NATS}" for name in ("TTS", "TTS_DEAD", "TTS_TRIES"))
    durables = {
        "segmenter": [f"durable {name} is missing; {NATS}" for name in sorted(d.name for d in topology.DURABLES[:3])],
        "manifest": [f"durable manifest-done is missing; {NATS}"],
    }
    await system.tells(
        {
            "gateway": [f"nats: {no_stream}", NO_CATALOG],
            "segmenter": [no_stream, no_letters, no_tries],
            "manifest": [no_stream, no_letters, no_tries],
            "catalog": [no_stream],
        }
    )
    await system.declare()
    await system.tells({"gateway": [NO_CATALOG], "catalog": [SCHEMA, f"projector: SchemaMissing: {SCHEMA[10:]}"]})
    await asyncio.to_thread(steps.postgres, system.database_url)
    await system.tells({})

    for service, told in durables.items():
        for line in told:
            await system.js.delete_consumer(subjects.STREAM, line.split()[1])
            await system.tells({service: [f"nats: {line}"]})
            await system.declare()
            await system.tells({})

    await system.js.delete_stream(subjects.DEAD_STREAM)
    await system.tells({"segmenter": [f"nats: {no_letters}"], "manifest": [f"nats: {no_letters}"]})
    await system.declare()
    await system.tells({})

    await system.s3.delete_bucket(Bucket=system.bucket)
    no_bucket = f"s3: bucket {system.bucket} is missing; {BUCKET}"
    gateway = f"storage: the bucket is missing; {BUCKET}"
    await system.tells({"gateway": [gateway], "segmenter": [no_bucket], "manifest": [no_bucket]})
    await system.s3.create_bucket(Bucket=system.bucket)
    await system.tells({})

    await system.sql("ALTER TABLE dataset RENAME TO mislaid")
    await system.tells({"gateway": [NO_CATALOG], "catalog": [SCHEMA]})
    await system.sql("ALTER TABLE mislaid RENAME TO dataset")
    await system.tells({})
