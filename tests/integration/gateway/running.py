"""A gateway of the test's own, in the test's event loop, behind a real uvicorn on a free port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx
import msgspec
import uvicorn
from nats.aio.client import Client

from bus.connection import flush
from bus.stream import Stream
from contracts import envelope, life, queries, subjects, view
from gateway.app import build
from gateway.server.protocol import HttpProtocol
from gateway.settings import load
from stack import tokens

SECRET = "a-secret-of-the-tests-that-is-long-enough"
START_SECONDS = 60.0

WAV = b"RIFF" + (36 + 32_000).to_bytes(4, "little") + b"WAVEfmt " + bytes(20) + b"data" + bytes(4) + bytes(32_000)
SRT = b"1\n00:00:00,000 --> 00:00:01,000\nIt was late.\n"


class QuietServer(uvicorn.Server):
    """Leaves the signals to the test runner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(env: Mapping[str, str]) -> AsyncIterator[str]:
    """The base URL of a gateway with the settings `env`."""
    app = build(load({"JWT_SECRET_KEY": SECRET, **env}))
    config = uvicorn.Config(
        app, port=0, http=HttpProtocol, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5
    )
    server = QuietServer(config)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


async def until(condition: Any, *, seconds: float = START_SECONDS) -> None:
    """Waits for a condition, which may be awaitable, and fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            met = condition()
            if await met if asyncio.iscoroutine(met) else met:
                return
            await asyncio.sleep(0.01)


def as_user(url: str, user: str, **settings: Any) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {tokens.issue(user, SECRET, lifetime_seconds=600)}"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False, **settings)


async def until_connected(url: str) -> None:
    """Waits until the gateway has reached NATS."""
    async with as_user(url, "nobody") as client:

        async def connected() -> bool:
            return not any("nats" in line for line in (await client.get("/readyz")).json()["missing"])

        await until(connected)


async def create(client: httpx.AsyncClient, *, name: str = "one", **fields: str) -> dict[str, Any]:
    """A new dataset with a second of silence."""
    files = {"audio": ("a.wav", WAV), "transcript": ("t.srt", SRT)}
    answer = await client.post("/tts/datasets", data={"name": name, **fields}, files=files)
    assert answer.status_code == 201, answer.text
    dataset: dict[str, Any] = answer.json()
    return dataset


class CatalogPlayer:
    """Plays the catalog by its own protocol: answers from the lives themselves, so it never lags."""

    def __init__(self, client: Client) -> None:
        self._client, self._stream = client, Stream(client)
        self.unavailable = False
        self.asked: list[queries.GetDataset | queries.ListDatasets] = []

    async def start(self) -> None:
        await self._client.subscribe(subjects.CATALOG_GET, cb=self._on_get)
        await self._client.subscribe(subjects.CATALOG_LIST, cb=self._on_list)
        await flush(self._client)

    async def _on_get(self, message: Any) -> None:
        question = queries.get_decoder.decode(message.data)
        self.asked.append(question)
        rows = [row for row in await self._rows() if row.id == question.dataset_id]
        await self._answer(message, queries.Rows(rows=tuple(rows)))

    async def _on_list(self, message: Any) -> None:
        question = queries.list_decoder.decode(message.data)
        self.asked.append(question)
        rows = [row for row in await self._rows() if _wanted(row, question)]
        page = tuple(rows[: question.limit])
        await self._answer(message, queries.Rows(rows=page, more=len(rows) > len(page)))

    async def _answer(self, message: Any, answer: queries.Reply) -> None:
        reply = queries.Unavailable(reason="the database is unavailable") if self.unavailable else answer
        await message.respond(msgspec.json.encode(reply))

    async def _rows(self) -> list[queries.DatasetRow]:
        rows: dict[str, queries.DatasetRow | None] = {}
        created: dict[str, int] = {}
        async for stored in self._stream.every(subjects.ALL_LIVES):
            event = envelope.decode_life(stored.body)
            state = life.state_of(event, stored.seq)
            first = created.setdefault(event.dataset_id, stored.seq)
            shown = view.row_of(state, at=event.at, created_seq=first) if isinstance(state, life.Alive) else None
            rows[event.dataset_id] = shown
        return sorted((row for row in rows.values() if row), key=lambda row: -row.created_seq)


def _wanted(row: queries.DatasetRow, question: queries.ListDatasets) -> bool:
    return (
        question.user_id in (None, row.user_id)
        and question.status in (None, row.status)
        and (question.before is None or row.created_seq < question.before)
    )
