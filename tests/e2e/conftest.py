"""A user of the running stack: uploads over HTTP, waits for the status, reads objects and events as a trainer would."""

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest

from bus.connection import close, connect
from bus.stream import Stream
from objects import ObjectStore, S3Settings, open_store
from tests.stacks import RunningStack

RATE = 16_000


def noise(seconds: float, *, rate: int = RATE, seed: int = 1) -> np.ndarray:
    """Deterministic int16 samples in which no two places are alike."""
    return np.random.default_rng(seed).integers(-20_000, 20_000, int(seconds * rate), dtype=np.int16)


def wav(samples: np.ndarray, *, rate: int = RATE) -> bytes:
    """16-bit PCM; one channel, or one a column."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def srt(*cues: tuple[int, int, str]) -> bytes:
    """Cues as (start, end, text), in milliseconds."""
    blocks = [f"{n}\n{clock(a)} --> {clock(b)}\n{text}\n" for n, (a, b, text) in enumerate(cues, start=1)]
    return "\n".join(blocks).encode()


class User:
    """One user of the REST API."""

    def __init__(self, stack: RunningStack, name: str) -> None:
        self.name, self.stack = name, stack
        self.http = httpx.AsyncClient(
            base_url=stack.env["GATEWAY_URL"],
            headers={"Authorization": f"Bearer {stack.token(name)}"},
            timeout=60,
        )

    async def upload(self, audio: bytes, transcript: bytes, **fields: str) -> dict[str, Any]:
        answer = await self.http.post(
            "/tts/datasets",
            files={"audio": ("../../etc/passwd", audio), "transcript": ("x", transcript)},
            data={"name": "test", **fields},
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def get(self, dataset_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/tts/datasets/{dataset_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def process(self, dataset_id: str, **options: Any) -> dict[str, Any]:
        body = {"options": options} if options else None
        answer = await self.http.post(f"/tts/datasets/{dataset_id}/process", json=body)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def until(self, dataset_id: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            while (dataset := await self.get(dataset_id))["status"] not in statuses:
                await asyncio.sleep(0.05)
        return dataset

    async def until_listed(self, dataset: dict[str, Any], seconds: float = 10) -> None:
        """Waits until the list shows just this of the dataset."""
        async with asyncio.timeout(seconds):
            while dataset not in (await self.http.get("/tts/datasets")).json():
                await asyncio.sleep(0.05)

    async def made(self, audio: bytes, transcript: bytes, **fields: str) -> dict[str, Any]:
        """Uploads, processes and waits for the end, whichever it is."""
        dataset = await self.upload(audio, transcript, auto_process="true", **fields)
        return await self.until(dataset["id"], "ready", "failed")


class Trainer:
    """Reads what was made, from S3 and from the stream, without a word of ours in between."""

    def __init__(self, stack: RunningStack, store: ObjectStore) -> None:
        self.stack, self.store = stack, store

    async def manifest(self, dataset: dict[str, Any]) -> list[dict[str, Any]]:
        body = await self.store.get(dataset["training_data_s3_key"])
        return [json.loads(line) for line in body.decode().splitlines()]

    async def slice(self, dataset: dict[str, Any], line: dict[str, Any]) -> bytes:
        folder = dataset["training_data_s3_key"].rsplit("/", 1)[0]
        return await self.store.get(f"{folder}/{line['audio_filepath']}")

    async def until_gone(self, prefix: str, seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while await self.keys(prefix):
                await asyncio.sleep(0.2)

    async def keys(self, prefix: str) -> list[str]:
        return [found.key async for found in self.store.list(prefix)]

    async def events(self, dataset_id: str, reader: str = "topology") -> list[tuple[str, dict[str, Any]]]:
        """Everything the stream holds of a dataset, in order: (subject, body). `observer` reads the mirror."""
        client = await connect(self.stack.nats_url(reader), "trainer")
        try:
            stream, life = Stream(client), f"tts.dataset.{dataset_id}"
            stored = [message for filter in (life, f"{life}.>") async for message in stream.every(filter)]
        finally:
            await close(client)
        return [(message.subject, json.loads(message.body)) for message in sorted(stored, key=lambda m: m.seq)]


@pytest.fixture
async def alice(running_stack: RunningStack) -> AsyncIterator[User]:
    user = User(running_stack, "alice")
    yield user
    await user.http.aclose()


@pytest.fixture
async def bob(running_stack: RunningStack) -> AsyncIterator[User]:
    user = User(running_stack, "bob@example.org")
    yield user
    await user.http.aclose()


@pytest.fixture
async def trainer(running_stack: RunningStack) -> AsyncIterator[Trainer]:
    env = running_stack.admin
    settings = S3Settings(
        endpoint_url=env["AWS_ENDPOINT_URL_S3"],
        region=env["AWS_REGION"],
        access_key_id=env["AWS_ACCESS_KEY_ID"],
        secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        session_token=None,
        bucket=env["S3_BUCKET_NAME"],
    )
    async with open_store(settings) as store:
        yield Trainer(running_stack, store)
