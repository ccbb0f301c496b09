"""The observers' mirror follows the stream through restarts, and is made again where it no longer fits."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import pytest
from nats.aio.client import Client

from bus import rights, stream_configs, topology
from bus.connection import close, connect
from bus.erasing import erase_texts
from bus.errors import BusUnavailable, TopologyDrift
from bus.life_log import LifeLog
from bus.messages import Message, MessageFactory
from bus.stream import Stream
from contracts import commands, subjects
from tests.lives import told, upload
from tests.mirror import mirrored

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def admin(nats_server: Any) -> AsyncIterator[Client]:
    admin = await connect(nats_server.url("topology"), "topology")
    await topology.declare(admin)
    yield admin
    await close(admin)


async def lives(admin: Client, *datasets: str) -> None:
    for dataset in datasets:
        await LifeLog(Stream(admin), MessageFactory("gateway")).submit(upload(dataset))


async def seen(admin: Client, subject: str = subjects.ALL_LIVES) -> list[int]:
    return [stored.seq async for stored in Stream(admin, api=rights.OBSERVERS_API).every(subject)]


async def deleted(admin: Client, dataset: str) -> int:
    await lives(admin, dataset)
    await admin.jetstream().publish(subjects.segment(dataset, 1, 0), b"words")
    await admin.jetstream().publish(subjects.root(dataset), b"words")
    await LifeLog(Stream(admin), MessageFactory("gateway")).submit(commands.DeleteDataset(**told(dataset)))
    return await Stream(admin).last_seq()


async def test_it_keeps_up_with_a_crowd_of_workers(admin: Client) -> None:
    """Ten thousand messages in batches; one sync a message would take it half a minute."""
    await lives(admin, "a")
    await mirrored(admin)
    for run in range(10):
        messages = [
            Message(subjects.segment("a", run, n), event_id=f"{run}-{n}", body=b"x" * 500) for n in range(1_000)
        ]
        await Stream(admin).commit(messages)
    begun = monotonic()
    await mirrored(admin)
    assert monotonic() - begun < 5


async def test_it_has_every_message_once_after_kills_of_the_server(nats_server: Any, admin: Client) -> None:
    for n in range(4):
        await lives(admin, *(f"{n}-{m}" for m in range(5)))
        if n % 2:
            await mirrored(admin)
        nats_server.kill()
        nats_server.start()
        await until_connected(admin)
    await mirrored(admin)
    assert await seen(admin) == list(range(1, 21))


async def until_connected(client: Client) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await Stream(client).last_seq()
                return
            except BusUnavailable:
                await asyncio.sleep(0.1)


async def test_the_words_of_a_deleted_dataset_go_from_both(nats_server: Any, admin: Client) -> None:
    await lives(admin, "other")
    at = await deleted(admin, "gone")
    await mirrored(admin)
    assert len(await seen(admin, "tts.dataset.>")) == 5
    purger = await connect(nats_server.url("purger"), "purger")
    await erase_texts(purger, "gone", deleted_at=at)
    await close(purger)
    for api in ("$JS.API", rights.OBSERVERS_API):
        left = [stored.seq async for stored in Stream(admin, api=api).every("tts.dataset.>")]
        assert left == [1, at]


async def test_words_that_the_mirror_is_still_to_bring_are_waited_for(nats_server: Any, admin: Client) -> None:
    """It is told by sequence, so that a purge never comes before what it is to purge."""
    await mirrored(admin)
    at = await deleted(admin, "gone")
    with pytest.raises(BusUnavailable, match="the observers' mirror stands at message"):
        await erase_texts(admin, "gone", deleted_at=at + 1)


async def test_where_there_is_no_mirror_the_stream_alone_is_purged(admin: Client) -> None:
    at = await deleted(admin, "gone")
    await admin.jetstream(prefix=rights.OBSERVERS_API).delete_stream(subjects.STREAM)
    await erase_texts(admin, "gone", deleted_at=at)
    assert [stored.seq async for stored in Stream(admin).every("tts.dataset.>")] == [at]


async def test_one_that_was_removed_is_made_again_from_the_beginning(admin: Client) -> None:
    await lives(admin, "a", "b")
    await mirrored(admin)
    await admin.jetstream(prefix=rights.OBSERVERS_API).delete_stream(subjects.STREAM)
    assert "the observers' mirror: made" in await topology.declare(admin)
    await lives(admin, "c")
    await mirrored(admin)
    assert await seen(admin) == [1, 2, 3]


async def test_one_that_is_ahead_of_a_stream_that_was_set_back_is_made_again(admin: Client) -> None:
    await lives(admin, "a", "b")
    await mirrored(admin)
    await admin.jetstream().delete_stream(subjects.STREAM)
    assert "the observers' mirror: made again, it was ahead of the stream" in await topology.declare(admin)
    await lives(admin, "c")
    await mirrored(admin)
    stored = await Stream(admin, api=rights.OBSERVERS_API).last(subjects.life("c"))
    assert stored is not None
    assert await seen(admin) == [1]


async def test_one_that_differs_is_refused(admin: Client) -> None:
    theirs = admin.jetstream(prefix=rights.OBSERVERS_API)
    await theirs.delete_stream(subjects.STREAM)
    await theirs.add_stream(stream_configs.mirror().evolve(allow_msg_ttl=False))
    with pytest.raises(TopologyDrift, match="the observers' mirror: allow_msg_ttl"):
        await topology.declare(admin)


async def test_work_expires_in_the_mirror_too(admin: Client) -> None:
    await admin.jetstream().publish(subjects.segment("d", 1, 0), b"words", msg_ttl=1)
    await mirrored(admin)
    assert await seen(admin, "tts.dataset.>") == [1]
    async with asyncio.timeout(10):
        while await seen(admin, "tts.dataset.>"):
            await asyncio.sleep(0.1)
