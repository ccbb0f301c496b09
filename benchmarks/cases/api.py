"""GET of one dataset and of a page of 20 among 1,000, under 32 connections, against a route with only the bytes."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from benchmarks import inputs, table
from benchmarks.inputs import Recording
from benchmarks.load import Load, load
from benchmarks.ours import User, user_of
from benchmarks.session import Session
from benchmarks.table import Figure
from stack import ports

CONNECTIONS: Final = 32
_CONCURRENT: Final = 4  # as many uploads as the gateway takes from one user at once
_TIMEOUT_SECONDS: Final = 20.0


async def run(session: Session) -> list[Figure]:
    datasets, requests = (200, 500) if session.quick else (1_000, 2_000)
    figures: list[Figure] = []
    with session.stack() as stack:
        async with user_of(stack) as user:
            session.say(f"uploading {datasets} datasets")
            newest = await _fill(user, inputs.wav(session.folder / "second.wav", 1, every_ms=1_000), datasets)
            for name, path, aim in (
                ("GET one", f"/tts/datasets/{newest}", "≥ 0.35"),
                ("list 20", "/tts/datasets?limit=20", ""),
            ):
                figures += await _measure(session, user, name, path, requests, aim)
    return figures


async def _measure(session: Session, user: User, name: str, path: str, requests: int, aim: str) -> list[Figure]:
    url, token = user.stack.env["GATEWAY_URL"], user.stack.token(user.name)

    async def ours() -> Load:
        return await load(url, path, token=token, connections=CONNECTIONS, requests=requests)

    session.say(f"{name}: once, unmeasured")
    async with _bare(session, (await ours()).body) as bare_url:
        mine, bare = [], []
        for _ in session.each_round():
            mine.append(await ours())
            bare.append(await load(bare_url, "/", connections=CONNECTIONS, requests=requests))
    return [
        table.ratio(f"{name}: ours ÷ bare route", [m.per_second for m in mine], [b.per_second for b in bare], aim),
        Figure(f"{name}: ours", "/s", tuple(m.per_second for m in mine)),
        Figure(f"{name}: bare route", "/s", tuple(b.per_second for b in bare)),
        Figure(f"{name}: ours, p50", "ms", tuple(m.percentile_ms(50) for m in mine)),
        Figure(f"{name}: ours, p99", "ms", tuple(m.percentile_ms(99) for m in mine)),
    ]


async def _fill(user: User, recording: Recording, count: int) -> str:
    """Returns the id of the last dataset."""
    left = iter(range(count))
    dataset_id = ""

    async def upload() -> None:
        nonlocal dataset_id
        for n in left:
            dataset_id = await user.upload(recording, name=f"Chapter {n}", description="Read by a woman of forty.")

    async with asyncio.TaskGroup() as group:
        for _ in range(_CONCURRENT):
            group.create_task(upload())
    return dataset_id


@asynccontextmanager
async def _bare(session: Session, body: bytes) -> AsyncIterator[str]:
    file, port = session.folder / "answer.json", ports.choose()
    file.write_bytes(body)
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.bare", str(port), str(file))
    try:
        url = f"http://{ports.HOST}:{port}"
        await _until_it_answers(url)
        yield url
    finally:
        server.terminate()
        await server.wait()


async def _until_it_answers(url: str) -> None:
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        while True:
            try:
                await load(url, "/", connections=1, requests=1)
            except* OSError:
                await asyncio.sleep(0.05)
            else:
                return
