"""Starts a stack of real servers and dummy services, and speaks to all of them."""

import asyncio
import json
import signal
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import nats
from aiobotocore.session import get_session
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from stack import state
from stack.ports import HOST
from tests.stacks import StackProcess, processes_of, wait_until

ENTRY = ("-m", "tests.integration.stack.dummy_stack")


def start(folder: Path, env: Mapping[str, str] = {}, command: str = "run") -> StackProcess:
    return StackProcess(folder, env, (*ENTRY, command))


def saved(folder: Path) -> state.State:
    return msgspec.json.decode((folder / state.FILE).read_bytes(), type=state.State)


def pid_of(folder: Path, words: str) -> int | None:
    """The process whose command line has these words; the first one, for a program with children."""
    found = sorted(pid for pid, line in processes_of(folder).items() if words in line)
    return found[0] if found else None


def environment_seen_by(port: int) -> dict[str, str]:
    """What the dummy service on this port got."""
    connection = HTTPConnection(HOST, port, timeout=5)
    connection.request("GET", "/")
    seen: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return seen


def kill(process: StackProcess) -> None:
    """kill -9 of the supervisor, and nothing may be left of it soon."""
    process.end(signal.SIGKILL)
    wait_until(lambda: not processes_of(process.folder), seconds=5, what=f"{processes_of(process.folder)} to be gone")


def s3_client(env: Mapping[str, str]) -> Any:
    names = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}
    keys: dict[str, Any] = {option: env[name] for option, name in names.items()}
    place: dict[str, Any] = {"endpoint_url": env["AWS_ENDPOINT_URL_S3"], "region_name": env["AWS_REGION"]}
    return get_session().create_client("s3", **keys, **place)


async def store(env: Mapping[str, str]) -> None:
    """One row, one object, one message, with what admin.env says and nothing else."""
    database = await asyncpg.connect(env["DATABASE_URL"])
    await database.execute("CREATE TABLE kept (text text)")
    await database.execute("INSERT INTO kept VALUES ('a row')")
    await database.close()
    async with s3_client(env) as client:
        await client.put_object(Bucket=env["S3_BUCKET_NAME"], Key="a/b", Body=b"an object")
    connection = await nats.connect(env["NATS_URL"])
    await connection.jetstream().publish("tts.dataset.1", b"a message")
    await connection.close()


async def stored(env: Mapping[str, str]) -> tuple[str, bytes, bytes]:
    """What `store` stored, read the same way."""
    database = await asyncpg.connect(env["DATABASE_URL"])
    row: str = await database.fetchval("SELECT text FROM kept")
    await database.close()
    async with s3_client(env) as client:
        answer = await client.get_object(Bucket=env["S3_BUCKET_NAME"], Key="a/b")
        body: bytes = await answer["Body"].read()
    connection = await nats.connect(env["NATS_URL"])
    message = await _mirrored(connection.jetstream())
    await connection.close()
    return row, body, message.data or b""


async def _mirrored(js: JetStreamContext) -> RawStreamMsg:
    async with asyncio.timeout(10):
        while True:
            try:
                return await js.get_last_msg("TTS", "tts.dataset.1")
            except NotFoundError:
                await asyncio.sleep(0.05)
