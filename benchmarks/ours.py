"""Our own way, as a user sees it: from `POST …/process` until the event is in the stream, pushed by a subscription."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import DeliverPolicy

from benchmarks.inputs import Recording
from benchmarks.uploading import upload
from bus.connection import close, connect
from contracts import subjects
from objects import ObjectStore, S3Settings, open_store
from tests.stacks import RunningStack

LONGEST_SECONDS = 1800.0


class RunFailed(Exception):
    """A run ended otherwise than ready, so there is nothing to measure."""


@dataclass(frozen=True)
class ReceivedEvent:
    """An event as it came: stored by the server at `stored`, here at `at` (of `time.perf_counter`)."""

    subject: str
    body: dict[str, Any]
    stored: datetime
    at: float


class Watch:
    """Every event on one subject from now on, each once, in order."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[ReceivedEvent] = asyncio.Queue()

    async def take(self, message: Msg) -> None:
        at = time.perf_counter()
        self._events.put_nowait(
            ReceivedEvent(message.subject, json.loads(message.data), message.metadata.timestamp, at)
        )

    async def next(self, *types: str, dataset_id: str | None = None, seconds: float = LONGEST_SECONDS) -> ReceivedEvent:
        """The next one of `types`. Raises: RunFailed for a DatasetFailed that is not among them."""
        async with asyncio.timeout(seconds):
            while True:
                event = await self._events.get()
                kind = event.body["type"]
                if kind == "DatasetFailed" and kind not in types:
                    raise RunFailed(json.dumps(event.body["error"]))
                if kind in types and dataset_id in (None, event.body["dataset_id"]):
                    return event

    def come(self) -> list[ReceivedEvent]:
        """All that has come and was not taken."""
        return [self._events.get_nowait() for _ in range(self._events.qsize())]


@dataclass(frozen=True)
class User:
    """Someone who uploads and processes, and watches the stream. Times are in seconds."""

    stack: RunningStack
    name: str
    http: httpx.AsyncClient
    nats: Client
    store: ObjectStore

    @asynccontextmanager
    async def watching(self, subject: str = subjects.ALL_LIVES) -> AsyncIterator[Watch]:
        watch = Watch()
        subscription = await self.nats.jetstream().subscribe(
            subject, stream=subjects.STREAM, ordered_consumer=True, deliver_policy=DeliverPolicy.NEW, cb=watch.take
        )
        try:
            yield watch
        finally:
            await subscription.unsubscribe()

    async def upload(self, recording: Recording, **fields: str) -> str:
        """The new dataset's id."""
        url, token = self.stack.env["GATEWAY_URL"], self.stack.token(self.name)
        return str((await upload(url, token, recording.path, recording.transcript, **fields))["id"])

    async def process(self, dataset_id: str, **options: Any) -> None:
        await self._ask("POST", f"/tts/datasets/{dataset_id}/process", json={"options": options})

    async def cancel(self, dataset_id: str) -> bool:
        """Whether there was a run to end."""
        try:
            await self._ask("POST", f"/tts/datasets/{dataset_id}/cancel")
        except httpx.HTTPStatusError as refused:
            if refused.response.status_code != httpx.codes.CONFLICT:
                raise
            return False
        return True

    async def processed(self, dataset_id: str, **options: Any) -> float:
        """How long it takes from the request until DatasetReady is in the stream."""
        async with self.watching(subjects.life(dataset_id)) as watch:
            started = time.perf_counter()
            await self.process(dataset_id, **options)
            return (await watch.next("DatasetReady")).at - started

    async def dataset(self, dataset_id: str) -> dict[str, Any]:
        return dict((await self._ask("GET", f"/tts/datasets/{dataset_id}")).json())

    async def manifest(self, dataset_id: str) -> list[dict[str, Any]]:
        key = (await self.dataset(dataset_id))["training_data_s3_key"]
        return [json.loads(line) for line in (await self.store.get(key)).splitlines()]

    def as_user(self, name: str) -> "User":
        """Somebody else, on the same connections."""
        return replace(self, name=name)

    async def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        token = self.stack.token(self.name)
        answer = await self.http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **how)
        return answer.raise_for_status()


@asynccontextmanager
async def user_of(stack: RunningStack, name: str = "bench") -> AsyncIterator[User]:
    nats = await connect(stack.env["NATS_URL"], "bench")
    try:
        async with (
            httpx.AsyncClient(base_url=stack.env["GATEWAY_URL"], timeout=60, trust_env=False) as http,
            open_store(s3_settings(stack.admin)) as store,
        ):
            yield User(stack, name, http, nats, store)
    finally:
        await close(nats)


def s3_settings(env: dict[str, str]) -> S3Settings:
    return S3Settings(
        endpoint_url=env["AWS_ENDPOINT_URL_S3"],
        region=env["AWS_REGION"],
        access_key_id=env["AWS_ACCESS_KEY_ID"],
        secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        bucket=env["S3_BUCKET_NAME"],
    )
