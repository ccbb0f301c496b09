"""Streams and durables on a real server: declared once, compared exactly, never changed in silence."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.api import ConsumerConfig

from bus import rights, topology
from bus.connection import close, connect
from bus.errors import BusUnavailable, TopologyDrift
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import events, subjects

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def admin(nats_server: Any) -> AsyncIterator[Client]:
    admin = await connect(nats_server.url("topology"), "topology")
    yield admin
    await close(admin)


async def test_declaring_twice_makes_everything_and_then_finds_it(admin: Client) -> None:
    made = await topology.declare(admin)
    assert all(line.endswith("made") for line in made)
    assert len(made) == 11
    assert all(line.endswith("found") for line in await topology.declare(admin))


async def test_the_stream_is_durable_and_takes_atomic_batches_and_ttls(admin: Client) -> None:
    await topology.declare(admin)
    config = (await admin.jetstream().stream_info(subjects.STREAM)).config
    assert (config.storage, config.retention) == ("file", "limits")
    assert config.allow_atomic
    assert config.allow_msg_ttl
    assert config.max_age in (None, 0)


@pytest.mark.parametrize("limit", [{"max_bytes": 1_000_000}, {"max_msgs": 10}, {"max_age": 600.0}])
async def test_a_limit_that_would_throw_lives_away_is_refused_and_keeps_services_from_being_ready(
    admin: Client, limit: dict[str, Any]
) -> None:
    await topology.declare(admin)
    js = admin.jetstream()
    config = (await js.stream_info(subjects.STREAM)).config
    await js.update_stream(config.evolve(**limit))
    [name] = limit
    with pytest.raises(TopologyDrift, match=f"stream TTS: {name} is"):
        await topology.declare(admin)
    [told] = await topology.missing(admin, ())
    assert told.startswith(f"stream TTS: {name} is")


async def test_durables_deliver_for_ever(admin: Client) -> None:
    await topology.declare(admin)
    for durable in topology.DURABLES:
        config = (await admin.jetstream().consumer_info(subjects.STREAM, durable.name)).config
        assert (config.max_deliver, config.ack_wait) == (-1, 30.0)


async def test_a_durable_that_differs_is_refused_by_name_and_left_as_it_is(admin: Client) -> None:
    await topology.declare(admin)
    js = admin.jetstream()
    other = topology.DURABLES[0].config()
    other.ack_wait = 7.0
    await js.add_consumer(subjects.STREAM, other)
    with pytest.raises(TopologyDrift, match=r"segmenter-plan: ack_wait is 7 s, declared 30 s"):
        await topology.declare(admin)
    assert (await js.consumer_info(subjects.STREAM, "segmenter-plan")).config.ack_wait == 7.0


async def test_a_service_is_told_what_is_missing_and_which_command_makes_it(admin: Client) -> None:
    remedy = "run `python -m migrations`, which declares streams and durables"
    told = await topology.missing(admin, (subjects.DURABLE_SPAN,))
    assert told == [f"stream {name} is missing; {remedy}" for name in ("TTS", "TTS_DEAD", "TTS_TRIES")]
    assert await topology.missing(admin, ()) == told[:1]
    await topology.declare(admin)
    assert await topology.missing(admin, (subjects.DURABLE_SPAN,)) == []
    await admin.jetstream().delete_consumer(subjects.STREAM, subjects.DURABLE_SPAN)
    [missing] = await topology.missing(admin, (subjects.DURABLE_SPAN,))
    assert missing.startswith("durable segmenter-span is missing")


@pytest.mark.parametrize("user", [user for user in rights.SERVICES if user != "topology"])
async def test_no_service_may_change_a_durable(nats_server: Any, admin: Client, user: str) -> None:
    await topology.declare(admin)
    client = await connect(nats_server.url(user), user)
    config = ConsumerConfig(durable_name=subjects.DURABLE_SPAN, name=subjects.DURABLE_SPAN, ack_wait=1.0)
    with pytest.raises((TimeoutError, Exception)):
        await client.jetstream(timeout=0.5).add_consumer(subjects.STREAM, config)
    assert (await admin.jetstream().consumer_info(subjects.STREAM, subjects.DURABLE_SPAN)).config.ack_wait == 30.0
    await close(client)


@pytest.mark.parametrize("user", ["gateway", "manifest", "catalog", "observer"])
async def test_only_the_segmenter_writes_work(nats_server: Any, admin: Client, user: str) -> None:
    await topology.declare(admin)
    client = await connect(nats_server.url(user), user)
    fact = events.RootClaimed(dataset_id="d", user_id="u", run=1, correlation_id="c", cause="c", plan_id="p")
    with pytest.raises(BusUnavailable):
        await Stream(client).publish(MessageFactory(user).once(subjects.root("d"), fact))
    assert await Stream(admin).last(subjects.root("d")) is None
    await close(client)
