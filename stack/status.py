"""`make status`: what a running stack is doing – workers, queues, dead letters, runs by age – and what to do next.

Reads what the operator may, with `admin.env`: readiness over HTTP, streams and durables, the rows of Postgres.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import httpx
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from bus.connection import connected
from bus.errors import BusError
from bus.topology import DURABLES
from contracts import subjects
from stack import environment, refusals
from stack import state as states
from stack.errors import StackError
from stack.next_steps import QUIET_SECONDS, Findings, next_steps
from stack.ports import HOST
from stack.progress import Progress
from stack.settings import Settings

SHOWN_RUNS: Final = 20
SHOWN_LETTERS: Final = 5
_PATIENCE_SECONDS: Final = 5.0
_READY: Final = "ready"
_RUNS: Final = """
SELECT id::text, user_id, run, segments_written, segments_planned, updated_at, fact_at, count(*) OVER () AS of
FROM dataset WHERE status = 'processing' ORDER BY updated_at LIMIT $1
"""


def status(settings: Settings, say: Progress) -> None:
    """Raises: NotRunning, and StackError where a part of it does not answer."""
    env = environment.read_admin(settings.folder)
    try:
        asyncio.run(_report(settings, env, say))
    except (BusError, OSError, TimeoutError, asyncpg.PostgresError) as exc:
        raise StackError(f"a server does not answer: {exc}", remedy=f"look into {settings.folder}/logs") from exc


async def _report(settings: Settings, env: dict[str, str], say: Progress) -> None:
    found = Findings()
    async for line in _workers(settings, found):
        say.plain(line)
    async with connected(env["NATS_URL"], "status", within_seconds=_PATIENCE_SECONDS) as client:
        async for line in _durables(client, found):
            say.plain(line)
        async for line in _letters(client, found):
            say.plain(line)
    say.plain(_refusals(settings))
    async for line in _runs(env["DATABASE_URL"], found):
        say.plain(line)
    say.plain("\nnext:")
    for step in next_steps(found, f"{settings.folder}/logs"):
        say.plain(f"  {step}")


async def _workers(settings: Settings, found: Findings) -> AsyncIterator[str]:
    yield f"{'worker':<16} {'port':>5}  state"
    state = states.load(settings.folder)
    found.workers = sorted(state.workers)
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_SECONDS) as http:
        for name in found.workers:
            readiness = await _readiness(http, state.ports[name])
            if readiness != _READY:
                found.not_ready.append(name)
            yield f"{name:<16} {state.ports[name]:>5}  {readiness}"


async def _readiness(http: httpx.AsyncClient, port: int) -> str:
    try:
        answer = await http.get(f"http://{HOST}:{port}/readyz")
    except httpx.HTTPError:
        return "not running"
    missing = answer.json().get("missing", [])
    return _READY if answer.status_code == 200 else f"not ready: {'; '.join(missing)}"


async def _durables(client: Client, found: Findings) -> AsyncIterator[str]:
    yield f"\n{'durable':<16} {'waiting':>8} {'unsettled':>9} {'again':>6}"
    js = client.jetstream(timeout=_PATIENCE_SECONDS)
    for durable in DURABLES:
        try:
            info = await js.consumer_info(subjects.STREAM, durable.name)
        except NotFoundError:
            found.missing.append(f"durable {durable.name}")
            yield f"{durable.name:<16} missing"
            continue
        found.waiting[durable.name] = info.num_pending or 0
        yield f"{durable.name:<16} {info.num_pending:>8} {info.num_ack_pending:>9} {info.num_redelivered:>6}"


async def _letters(client: Client, found: Findings) -> AsyncIterator[str]:
    js = client.jetstream(timeout=_PATIENCE_SECONDS)
    try:
        state = (await js.stream_info(subjects.DEAD_STREAM)).state
    except NotFoundError:
        found.missing.append(f"stream {subjects.DEAD_STREAM}")
        yield "\ndead letters: their stream is missing"
        return
    found.letters = state.messages
    yield f"\ndead letters: {state.messages}"
    for seq in range(state.last_seq, max(state.first_seq - 1, state.last_seq - SHOWN_LETTERS, 0), -1):
        try:
            letter = await js.get_msg(subjects.DEAD_STREAM, seq)
        except NotFoundError:
            continue
        headers = letter.headers or {}
        yield f"  {seq}: {headers.get('x-original-subject')}, {headers.get('x-reason')}"


def _refusals(settings: Settings) -> str:
    by_user = refusals.counted(settings.folder / "logs" / "nats.log")
    counts = ", ".join(f"{user} {count}" for user, count in sorted(by_user.items())) or "none"
    return f"\nrefused by NATS, by user: {counts}"


async def _runs(database_url: str, found: Findings) -> AsyncIterator[str]:
    connection = await asyncpg.connect(database_url, timeout=_PATIENCE_SECONDS, command_timeout=_PATIENCE_SECONDS)
    try:
        rows = await connection.fetch(_RUNS, SHOWN_RUNS)
    finally:
        await connection.close()
    yield f"\nruns in progress: {rows[0]['of'] if rows else 0}, oldest first"
    now = datetime.now(UTC)
    for row in rows:
        quiet = (now - (row["fact_at"] or row["updated_at"])).total_seconds()
        if quiet > QUIET_SECONDS:
            found.quiet.append(row["id"])
        yield _run(row, (now - row["updated_at"]).total_seconds(), quiet)


def _run(row: Any, age: float, quiet: float) -> str:
    planned = "?" if row["segments_planned"] is None else row["segments_planned"]
    progress = f"{row['segments_written']}/{planned} segments"
    return f"  {row['id']} run {row['run']}: {progress}, {_time(age)} old, quiet {_time(quiet)}"


def _time(seconds: float) -> str:
    minutes, hours = seconds / 60, seconds / 3600
    return f"{seconds:.0f} s" if minutes < 2 else f"{minutes:.0f} min" if hours < 2 else f"{hours:.1f} h"
