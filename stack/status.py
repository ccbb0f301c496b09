"""`make status`: what a running stack is doing: its workers, what waits for them, its runs by age, its dead letters.

Reads as any other system may: readiness over HTTP, the stream as the user `observer`, the rows of Postgres.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import httpx
import nats.js.errors
from nats.aio.client import Client

from bus.connection import connected
from bus.errors import BusError
from bus.topology import DURABLES
from contracts import subjects
from stack import environment
from stack import state as states
from stack.errors import NotRunning, StackError
from stack.ports import HOST
from stack.progress import Progress
from stack.settings import Settings

SHOWN_RUNS: Final = 20
SHOWN_LETTERS: Final = 5
_PATIENCE_SECONDS: Final = 5.0
_SERVERS: Final = ("postgres", "s3", "nats")
_RUNS: Final = """
SELECT id::text, user_id, run, segments_written, segments_planned, updated_at, fact_at, count(*) OVER () AS of
FROM dataset WHERE status = 'processing' ORDER BY updated_at LIMIT $1
"""


def status(settings: Settings, say: Progress) -> None:
    """Raises: NotRunning, and StackError where a part of it does not answer."""
    try:
        env = environment.read(settings.folder)
    except FileNotFoundError as problem:
        raise NotRunning(f"no stack runs on {settings.folder}", remedy="start it with make run") from problem
    try:
        asyncio.run(_tell(settings, env, say))
    except (BusError, OSError, TimeoutError, asyncpg.PostgresError) as problem:
        raise StackError(
            f"a server does not answer: {problem}", remedy=f"look into {settings.folder}/logs"
        ) from problem


async def _tell(settings: Settings, env: dict[str, str], say: Progress) -> None:
    async for line in _workers(settings):
        say.plain(line)
    async with connected(env["NATS_URL"], "status", within_seconds=_PATIENCE_SECONDS) as client:
        async for line in _durables(client):
            say.plain(line)
        async for line in _letters(client):
            say.plain(line)
    async for line in _runs(env["DATABASE_URL"]):
        say.plain(line)


async def _workers(settings: Settings) -> AsyncIterator[str]:
    yield f"{'worker':<16} {'port':>5}  state"
    ports = {name: port for name, port in states.load(settings.folder).ports.items() if name not in _SERVERS}
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_SECONDS) as http:
        for name, port in sorted(ports.items()):
            yield f"{name:<16} {port:>5}  {await _readiness(http, port)}"


async def _readiness(http: httpx.AsyncClient, port: int) -> str:
    try:
        answer = await http.get(f"http://{HOST}:{port}/readyz")
    except httpx.HTTPError:
        return "not running"
    missing = answer.json().get("missing", [])
    return "ready" if answer.status_code == 200 else f"not ready: {'; '.join(missing)}"


async def _durables(client: Client) -> AsyncIterator[str]:
    yield f"\n{'durable':<16} {'waiting':>8} {'under way':>9} {'again':>6}"
    js = client.jetstream(timeout=_PATIENCE_SECONDS)
    for durable in DURABLES:
        try:
            info = await js.consumer_info(subjects.STREAM, durable.name)
        except nats.js.errors.NotFoundError:
            yield f"{durable.name:<16} missing: run python -m migrations"
            continue
        yield f"{durable.name:<16} {info.num_pending:>8} {info.num_ack_pending:>9} {info.num_redelivered:>6}"


async def _letters(client: Client) -> AsyncIterator[str]:
    js = client.jetstream(timeout=_PATIENCE_SECONDS)
    state = (await js.stream_info(subjects.DEAD_STREAM)).state
    yield f"\ndead letters: {state.messages}"
    for seq in range(state.last_seq, max(state.first_seq - 1, state.last_seq - SHOWN_LETTERS, 0), -1):
        try:
            letter = await js.get_msg(subjects.DEAD_STREAM, seq)
        except nats.js.errors.NotFoundError:
            continue
        headers = letter.headers or {}
        yield f"  {seq}: {headers.get('x-original-subject')}, {headers.get('x-reason')}"


async def _runs(database_url: str) -> AsyncIterator[str]:
    connection = await asyncpg.connect(database_url, timeout=_PATIENCE_SECONDS, command_timeout=_PATIENCE_SECONDS)
    try:
        rows = await connection.fetch(_RUNS, SHOWN_RUNS)
    finally:
        await connection.close()
    yield f"\nruns under way: {rows[0]['of'] if rows else 0}, oldest first"
    for row in rows:
        yield _run(row, datetime.now(UTC))


def _run(row: Any, now: datetime) -> str:
    quiet = (now - (row["fact_at"] or row["updated_at"])).total_seconds()
    age = (now - row["updated_at"]).total_seconds()
    planned = "?" if row["segments_planned"] is None else row["segments_planned"]
    progress = f"{row['segments_written']}/{planned} segments"
    return f"  {row['id']} run {row['run']}: {progress}, {age:.0f} s old, quiet {quiet:.0f} s"
