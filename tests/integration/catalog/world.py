"""A stream that tests fill as the services do, and the catalog beside it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import uuid4

from nats.aio.client import Client

from bus import connection as line
from bus import topology
from bus.life_log import Appended, LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from catalog.adapters.database import Database
from catalog.adapters.reader import Reader
from catalog.projector import Projector
from contracts import commands, events, subjects
from contracts.dataset import Options, Result
from contracts.failure import RunFailure
from contracts.queries import DatasetRow, ListDatasets
from contracts.warnings import WarningSummary
from runtime import tasks
from tests.lives import upload

PATIENCE_SECONDS = 30.0


class Author:
    """Writes lives and work to the stream, as gateway, segmenter and manifest together."""

    def __init__(self, client: Client) -> None:
        self.stream = Stream(client)
        self.factory = MessageFactory("test")
        self.lives = LifeLog(self.stream, self.factory)

    async def uploaded(self, user_id: str = "u", **changes: Any) -> str:
        dataset_id = str(uuid4())
        await self._submit(upload(dataset_id), user_id=user_id, **changes)
        return dataset_id

    async def requested(self, dataset_id: str, user_id: str = "u") -> int:
        told = self._told(dataset_id, user_id)
        return (await self._submit(commands.RequestProcess(**told))).seq

    async def cancelled(self, dataset_id: str) -> int:
        return (await self._submit(commands.CancelProcess(**self._told(dataset_id)))).seq

    async def deleted(self, dataset_id: str) -> int:
        return (await self._submit(commands.DeleteDataset(**self._told(dataset_id)))).seq

    async def failed(self, dataset_id: str, run: int) -> int:
        problem = RunFailure(code="no-usable-cue", title="No usable cue", detail="every cue is empty", stage="plan")
        return (await self._submit(commands.FailRun(**self._told(dataset_id), run=run, error=problem))).seq

    async def ready(self, dataset_id: str, run: int, segments: int = 3) -> int:
        command = commands.FinishRun(**self._told(dataset_id), run=run, result=result(run, segments))
        return (await self._submit(command)).seq

    async def planned(self, dataset_id: str, run: int, segments: int) -> int:
        event = events.SegmentationPlanned(
            **self._work(dataset_id, run),
            plan_id="p",
            plan_version="1",
            prefix="x/",
            plan_key="x/plan.jsonl",
            plan_sha256="00",
            plan_bytes=1,
            segment_count=segments,
            span_count=1,
            dropped_count=0,
            source_rate_hz=16_000,
            sample_rate=16_000,
            options=Options(),
            warnings=WarningSummary(),
        )
        return await self.stream.publish(self.factory.once(subjects.plan(dataset_id, run), event))

    async def progressed(self, dataset_id: str, run: int, added: int, span: int = 0) -> int:
        event = events.SpanProgressed(
            **self._work(dataset_id, run), span=span, worker="w", written=added, added=added, rows=()
        )
        message = self.factory.fenced(subjects.progress(dataset_id, run, span), event, run=run)
        return await self.stream.publish(message)

    async def progressed_late(self, dataset_id: str, run: int, added: int) -> int:
        """Without the fence, which would refuse a run that is over: what a lost order of things would look like."""
        event = events.SpanProgressed(
            **self._work(dataset_id, run), span=0, worker="w", written=added, added=added, rows=()
        )
        return await self.stream.publish(self.factory.once(subjects.progress(dataset_id, run, "late"), event))

    async def span_done(self, dataset_id: str, run: int, span: int = 0) -> int:
        event = events.SpanWritten(**self._work(dataset_id, run), span=span, segment_count=1)
        return await self.stream.publish(self.factory.once(subjects.done(dataset_id, run, span), event))

    async def _submit(self, command: commands.AnyCommand, **changes: Any) -> Appended:
        from_now = {name: getattr(command, name) for name in command.__struct_fields__} | changes
        appended = await self.lives.submit(type(command)(**from_now))
        assert isinstance(appended, Appended), appended
        return appended

    def _told(self, dataset_id: str, user_id: str = "u") -> dict[str, Any]:
        who = {"dataset_id": dataset_id, "user_id": user_id, "correlation_id": "co", "cause": "ca"}
        return {**who, "at": datetime.now(UTC)}

    def _work(self, dataset_id: str, run: int) -> dict[str, Any]:
        return {"dataset_id": dataset_id, "user_id": "u", "run": run, "correlation_id": "co", "cause": "ca"}


def result(run: int, segments: int) -> Result:
    return Result(
        run=run,
        options=Options(),
        plan_id="p",
        prefix="x/",
        training_data_key="x/training_data.jsonl",
        training_data_sha256="00",
        segment_count=segments,
        total_frames=16_000 * segments,
        sample_rate=16_000,
        warnings=WarningSummary({"empty": 1}),
    )


class World:
    """One stream, one database; `author` writes, `projecting` projects, `rows` looks."""

    def __init__(self, nats_server: Any, database_url: str, admin: Client, catalog: Client) -> None:
        self.nats_server, self.database_url = nats_server, database_url
        self.admin, self.client = admin, catalog
        self.author = Author(admin)
        self.database = Database(database_url)
        self.reader = Reader(self.database)

    async def author_anew(self) -> Author:
        """After the server was killed: on a connection that is known to work."""
        await line.close(self.admin)
        self.admin = await line.connect(self.nats_server.url("topology"), "topology")
        return Author(self.admin)

    @asynccontextmanager
    async def projecting(self, replicas: int = 1) -> AsyncIterator[list[Projector]]:
        """Projectors as separate processes would run them: each with its own connections."""
        async with AsyncExitStack() as stack:
            projectors = [await stack.enter_async_context(self._replica()) for _ in range(replicas)]
            yield projectors

    @asynccontextmanager
    async def _replica(self) -> AsyncIterator[Projector]:
        database, client = Database(self.database_url), await line.connect(self.nats_server.url("catalog"), "catalog")
        projector = Projector(database, client)
        task = asyncio.create_task(projector.run())
        try:
            yield projector
        finally:
            assert not task.done(), task
            await tasks.cancel_and_wait(task)
            await line.close(client)
            await database.close()

    async def rows(self, **question: Any) -> list[DatasetRow]:
        """Newest first."""
        return await self.reader.page(ListDatasets(**{"user_id": None, "limit": 900} | question))

    async def row(self, dataset_id: str) -> DatasetRow | None:
        return (await self.reader.get(dataset_id)).row

    async def reached(self, seq: int) -> None:
        async def there() -> bool:
            return await self.reader.position() >= seq

        await until(there)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = monotonic() + seconds
    while not await condition():
        assert monotonic() < deadline, "it did not come to pass in time"
        await asyncio.sleep(0.01)


async def declared(url: str) -> Client:
    admin = await line.connect(url, "topology")
    await topology.declare(admin)
    return admin
