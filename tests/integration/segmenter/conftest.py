"""A segmenter's handlers on real servers, called as its durables would call them, one delivery at a time."""

import io
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from nats.aio.client import Client

from bus import topology
from bus.connection import close, connect
from bus.deliveries import Delivery, Settlement
from bus.life_log import Appended, LifeLog
from bus.messages import MessageFactory
from bus.stored import Stored
from bus.stream import Stream
from contracts import commands, envelope, keys, subjects
from contracts.dataset import Options, Source, TranscriptType
from contracts.events import SegmentationPlanned
from objects import ObjectStore, S3Settings, open_store
from segmenter.audio.recording import Recordings
from segmenter.decoding.process import Decoders
from segmenter.handlers import Handlers
from segmenter.planning import Planner
from segmenter.purging import Purger
from segmenter.slicing import Slicer
from segmenter.sweeping.superseded import Superseded
from segmenter.sweeping.sweeper import Sweeper

RATE = 16_000


@dataclass
class World:
    """One dataset of one user, whose recording and transcript are stored."""

    stream: Stream
    lives: LifeLog
    purging: Client
    store: ObjectStore
    recordings: Recordings
    samples: np.ndarray
    dataset_id: str = ""
    source: Source | None = None

    def handlers(self, store: ObjectStore | None = None, *, worker: str = "w") -> Handlers:
        factory, store = MessageFactory("segmenter"), store or self.store
        return Handlers(
            self.stream,
            self.lives,
            Planner(self.stream, factory, store, self.recordings),
            Slicer(self.stream, factory, store, self.recordings, worker),
            Purger(lambda: self.purging, store),
        )

    def sweeper(self, keep: timedelta = timedelta(0)) -> Sweeper:
        superseded = Superseded(self.stream, MessageFactory("segmenter"), self.lives, keep)
        return Sweeper(self.store, self.lives, superseded)

    async def swept(self, keep: timedelta = timedelta(0), *, dry_run: bool = False) -> list[str]:
        """The places that a sweep removes."""
        return [removed.place async for removed in self.sweeper(keep).sweep(dry_run=dry_run)]

    async def upload(self, transcript: bytes) -> None:
        self.dataset_id = str(uuid4())
        prefix = keys.dataset_prefix("u", self.dataset_id)
        audio = _wav(self.samples)
        await self.store.put(f"{prefix}source_audio.wav", audio, "audio/wav")
        await self.store.put(f"{prefix}transcript.srt", transcript, "text/plain")
        source = Source(
            name="n",
            description="",
            created_at=datetime.now(UTC),
            audio_key=f"{prefix}source_audio.wav",
            audio_bytes=len(audio),
            audio_sha256="00",
            transcript_key=f"{prefix}transcript.srt",
            transcript_bytes=len(transcript),
            transcript_sha256="11",
            transcript_type=TranscriptType.SRT,
            transcript_encoding="utf-8",
        )
        await self.lives.submit(commands.Upload(**self.told(), source=source, options=Options()))

    async def request(self, sample_rate: int | None = None) -> Delivery[Any]:
        """The delivery of a new run's ProcessRequested."""
        command = commands.RequestProcess(**self.told(), options=Options(sample_rate=sample_rate))
        appended = await self.lives.submit(command)
        assert isinstance(appended, Appended), appended
        return Delivery(appended.event, appended.event_id, subjects.life(self.dataset_id), appended.seq, 1)

    async def cancel(self) -> int:
        """The sequence of the RunCancelled."""
        appended = await self.lives.submit(commands.CancelProcess(**self.told()))
        assert isinstance(appended, Appended), appended
        return appended.seq

    def told(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {"dataset_id": self.dataset_id, "user_id": "u", "correlation_id": "c", "cause": "c", "at": now}

    async def plan(self, run: int) -> SegmentationPlanned:
        stored = await self.stream.last(subjects.plan(self.dataset_id, run))
        assert stored is not None
        plan = envelope.decode(stored.body)
        assert isinstance(plan, SegmentationPlanned)
        return plan

    async def orders(self, run: int) -> list[Delivery[Any]]:
        every = self.stream.every(subjects.span(self.dataset_id, run, "*"))  # type: ignore[arg-type]
        return [delivery(stored) async for stored in every]

    async def segments(self, run: int) -> list[int]:
        every = self.stream.every(subjects.segment(self.dataset_id, run, "*"))  # type: ignore[arg-type]
        return [int(stored.subject.rsplit(".", 1)[1]) async for stored in every]

    async def run_all(self, run: int) -> list[Settlement]:
        return [await self.handlers().on_span_planned(order) for order in await self.orders(run)]


def delivery(stored: Stored, attempt: int = 1) -> Delivery[Any]:
    return Delivery(envelope.decode(stored.body), stored.event_id, stored.subject, stored.seq, attempt)


def again(first: Delivery[Any], attempt: int = 2) -> Delivery[Any]:
    return replace(first, attempt=attempt)


def _wav(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


@pytest.fixture
async def decoders() -> AsyncIterator[Decoders]:
    async with Decoders() as decoders:
        yield decoders


@pytest.fixture
async def world(nats_server: Any, s3_env: dict[str, str], decoders: Decoders) -> AsyncIterator[World]:
    admin = await connect(nats_server.url("topology"), "topology")
    await topology.declare(admin)
    client = await connect(nats_server.url("segmenter"), "segmenter")
    purging = await connect(nats_server.url("purger"), "purger")
    settings = S3Settings(
        endpoint_url=s3_env["AWS_ENDPOINT_URL_S3"],
        region=s3_env["AWS_REGION"],
        access_key_id=s3_env["AWS_ACCESS_KEY_ID"],
        secret_access_key=s3_env["AWS_SECRET_ACCESS_KEY"],
        session_token=None,
        bucket=s3_env["S3_BUCKET_NAME"],
    )
    samples = np.random.default_rng(5).integers(-9_000, 9_000, RATE * 30, dtype=np.int16)
    async with open_store(settings) as store:
        lives = LifeLog(Stream(client), MessageFactory("segmenter"))
        yield World(Stream(client), lives, purging, store, Recordings(store, decoders), samples)
    await close(purging)
    await close(client)
    await close(admin)
