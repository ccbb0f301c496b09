"""The feed on a real stream: in order, without a gap, and an error instead of silence."""

from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus.errors import BusUnavailable
from catalog.adapters import feed
from catalog.adapters.feed import Feed, Received
from catalog.errors import FeedLost
from contracts import subjects
from tests.integration.catalog.world import World, until

pytestmark = pytest.mark.asyncio


async def test_messages_come_in_order_from_where_it_was_told_to_begin(world: World) -> None:
    for _ in range(30):
        await world.author.uploaded()
    async with feed.reading(world.client, after=12) as messages:
        got = await every(messages, 18)
    assert [message.seq for message in got] == list(range(13, 31))
    assert {message.ce_type for message in got} == {"tts.dataset.uploaded.v1"}


async def test_only_what_concerns_a_row_comes(world: World) -> None:
    dataset_id = await world.author.uploaded()
    js = world.admin.jetstream()
    for subject in ("root", "run.1.span.0", "run.1.segment.0"):
        await js.publish(f"{subjects.life(dataset_id)}.{subject}", b"{}")
    for subject in ("run.1.plan", "run.1.progress.0", "run.1.done.0"):
        await js.publish(f"{subjects.life(dataset_id)}.{subject}", b"{}")
    async with feed.reading(world.client, after=0) as messages:
        assert [message.seq for message in await every(messages, 4)] == [1, 5, 6, 7]


@pytest.mark.alone
async def test_one_message_is_handed_over_at_once_and_nothing_after_the_wait(world: World) -> None:
    async with feed.reading(world.client, after=0) as messages:
        assert await messages.next(0.2) == []
        await world.author.uploaded()
        started = monotonic()
        assert [message.seq for message in await messages.next(10)] == [1]
        assert monotonic() - started < 2


@pytest.mark.alone
async def test_a_quiet_hour_is_no_loss(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats keep it alive for longer than the silence that would end it."""
    monkeypatch.setattr(feed, "SILENCE_SECONDS", 1.5)
    async with feed.reading(world.client, after=0) as messages:
        assert await messages.next(4) == []


async def test_no_more_than_a_transaction_holds_come_at_once(world: World) -> None:
    js = world.admin.jetstream()
    for n in range(1_100):
        await world.admin.publish(subjects.life(str(n)), b"{}")
    await js.publish(subjects.life("last"), b"{}")
    sizes: list[int] = []
    async with feed.reading(world.client, after=0) as messages:
        while sum(sizes) < 1_101:
            sizes.append(len(await messages.next(5)))
    assert max(sizes) <= 500


async def test_a_consumer_that_vanished_is_an_error_within_seconds(world: World) -> None:
    async with feed.reading(world.client, after=0) as messages:
        assert await messages.next(0.1) == []
        await world.admin.jetstream().delete_consumer(subjects.STREAM, subjects.DURABLE_PROJECT)
        with pytest.raises(FeedLost):
            await messages.next(10)


async def test_a_message_that_got_lost_on_the_way_is_an_error_before_the_next_is_handed_over(world: World) -> None:
    for _ in range(6):
        await world.author.uploaded()
    seen: list[Received] = []
    async with leaky(world.client, loses=4) as messages:
        with pytest.raises(FeedLost, match="message 4 "):
            await read_into(seen, messages)
    assert [message.seq for message in seen] == [1, 2, 3]


async def test_the_last_message_that_got_lost_is_missed_when_counting(world: World) -> None:
    for _ in range(3):
        await world.author.uploaded()
    seen: list[Received] = []
    async with leaky(world.client, loses=3) as messages:
        while len(seen) < 2:
            seen += await messages.next(5)
        with pytest.raises(FeedLost, match="message 3 "):
            await messages.recount()


async def read_into(seen: list[Received], messages: Feed) -> None:
    while True:
        seen += await messages.next(5)


class Leaky(Feed):
    """A real feed on a real consumer, one of whose messages never arrives."""

    loses = 0

    async def _take(self, message: Msg) -> None:
        is_event = message.reply.startswith("$JS.ACK.")
        if not (is_event and message.metadata.sequence.consumer == self.loses):
            await super()._take(message)


@asynccontextmanager
async def leaky(client: Client, *, loses: int) -> Any:
    made = Leaky(client)
    made.loses = loses
    await made.open(after=0)
    yield made
    await made.close()


async def test_a_server_that_died_is_an_error_and_the_next_feed_goes_on(world: World) -> None:
    await world.author.uploaded()
    async with feed.reading(world.client, after=0) as messages:
        assert len(await messages.next(5)) == 1
        world.nats_server.kill()
        world.nats_server.start()
        with pytest.raises((FeedLost, BusUnavailable)):
            await read_into([], messages)
    author = await world.author_anew()
    await author.uploaded()

    async def reconnected() -> bool:
        return bool(world.client.is_connected)

    await until(reconnected)
    async with feed.reading(world.client, after=1) as messages:
        assert [message.seq for message in await messages.next(5)] == [2]


async def test_a_missing_stream_is_unavailable_by_name(world: World) -> None:
    await world.admin.jetstream().delete_stream(subjects.STREAM)
    with pytest.raises(BusUnavailable, match="stream TTS is missing"):
        await feed.identify(world.client)
    with pytest.raises(BusUnavailable, match="stream TTS is missing"):
        async with feed.reading(world.client, after=0):
            pass


async def test_the_end_is_known_although_what_was_counted_has_been_purged(world: World) -> None:
    dataset_id = await world.author.uploaded()
    async with feed.reading(world.client, after=0) as messages:
        assert not messages.exhausted
        await world.author.stream.purge(subjects.life(dataset_id))
        await messages.recount()
        assert messages.exhausted


async def every(messages: Feed, count: int) -> list[Received]:
    got: list[Received] = []
    while len(got) < count:
        batch = await messages.next(5)
        assert batch, f"only {len(got)} of {count} came"
        got += batch
    return got
