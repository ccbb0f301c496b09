"""What users that may only read can do to the services: nothing. Judged by effect, on a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import topology
from bus.connection import close, connect, flush
from bus.errors import BusUnavailable
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import subjects
from stack import refusals
from tests import attacks
from tests.lives import upload
from tests.mirror import mirrored
from tests.stacks import wait_until

pytestmark = pytest.mark.asyncio

INBOXES = tuple(f"_INBOX_{name}.>" for name in ("gateway", "segmenter", "manifest", "purger"))


@pytest.fixture
async def admin(nats_server: Any) -> AsyncIterator[Client]:
    """Three lives in a declared stream, of which every worker has been given one and has settled none."""
    admin = await connect(nats_server.url("topology"), "topology")
    await topology.declare(admin)
    for dataset in ("a", "b", "c"):
        await LifeLog(Stream(admin), MessageFactory("gateway")).submit(upload(dataset))
    await admin.jetstream().publish(subjects.dead("segmenter"), b"a letter")
    await admin.jetstream().publish(subjects.tries(subjects.DURABLE_PLAN, 1), b"{}")
    for durable in (subjects.DURABLE_PLAN, subjects.DURABLE_PURGE):
        worker = await admin.jetstream().pull_subscribe_bind(durable, subjects.STREAM)
        await worker.fetch(1, timeout=5)
        await worker.unsubscribe()
    await mirrored(admin)
    yield admin
    await close(admin)


async def quiet(admin: Client) -> None:
    """Until the server, whose disk all accounts share, has made the consumers that it may, and they have pushed."""
    await asyncio.sleep(2)
    async with asyncio.timeout(30):
        while True:
            with suppress(BusUnavailable):
                await Stream(admin).last(subjects.life("a"))
                return


async def asked(client: Client, what: str, api: str = "$JS.API") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((await client.request(f"{api}.{what}", b"", timeout=5)).data)
    return answer


async def standing(admin: Client) -> dict[str, Any]:
    """All that the services rely on: streams, what is in them, consumers and how far they are."""
    found: dict[str, Any] = {"streams": (await asked(admin, "STREAM.NAMES"))["streams"]}
    for stream in attacks.STREAMS:
        told = await asked(admin, f"STREAM.INFO.{stream}")
        found[stream] = (told["config"], told["created"], told["state"])
        for consumer in (await asked(admin, f"CONSUMER.LIST.{stream}"))["consumers"]:
            consumer.pop("ts")
            if consumer["name"] == subjects.DURABLE_MIRROR:
                # How far it is concerns its mirror alone, whose account may set it back.
                consumer = {"config": consumer["config"], "created": consumer["created"]}
            found[f"{stream} {consumer.get('name', subjects.DURABLE_MIRROR)}"] = consumer
    return found


class Heard:
    """Messages on subjects; `listen` before, `subjects` after."""

    def __init__(self) -> None:
        self.messages: list[Msg] = []

    async def listen(self, client: Client, *filters: str) -> None:
        for subject in filters:
            await client.subscribe(subject, cb=self._take)
        await flush(client)

    async def _take(self, message: Msg) -> None:
        self.messages.append(message)

    @property
    def subjects(self) -> set[str]:
        return {message.subject for message in self.messages}


@pytest.mark.parametrize("user", ["observer", "catalog"])
async def test_nothing_that_it_asks_for_changes_what_the_services_have(
    nats_server: Any, admin: Client, user: str
) -> None:
    before = await standing(admin)
    spy = Heard()
    await spy.listen(admin, "tts.>", *INBOXES)
    client = await connect(nats_server.url(user), user)
    reply = client.new_inbox()
    answers = Heard()
    await answers.listen(client, reply)
    for subject, body in attacks.requests():
        await client.publish(subject, body, reply=reply)
    await flush(client)
    await quiet(admin)
    assert spy.subjects - {subjects.MIRROR_DELIVERY} == set()
    assert await standing(admin) == before
    worker = await admin.jetstream().pull_subscribe_bind(subjects.DURABLE_PLAN, subjects.STREAM)
    assert [message.subject for message in await worker.fetch(2, timeout=5)] == ["tts.dataset.b", "tts.dataset.c"]
    await close(client)


async def test_the_observers_mirror_outlives_its_observers(nats_server: Any, admin: Client) -> None:
    """They share one account, and can annoy each other; what the mirror holds they can't touch."""
    client = await connect(nats_server.url("observer"), "observer")
    for subject, body in attacks.requests():
        await client.publish(subject, body, reply=client.new_inbox())
    await flush(client)
    await quiet(admin)
    await LifeLog(Stream(admin), MessageFactory("gateway")).submit(upload("d"))
    async with asyncio.timeout(10):
        while await Stream(client).last(subjects.life("d")) is None:
            await asyncio.sleep(0.1)
    seen = [stored.subject async for stored in Stream(client).every(subjects.ALL_LIVES)]
    assert seen == [subjects.life(name) for name in ("a", "b", "c", "d")]
    await close(client)


async def test_an_observer_hears_no_request_and_no_reply_of_the_services(nats_server: Any, admin: Client) -> None:
    observer = await connect(nats_server.url("observer"), "observer")
    ears = Heard()
    await ears.listen(observer, ">", "tts.>", "tts.catalog.*", "_INBOX_gateway.>", "_INBOX.>", "$JS.API.>", "$JS.ACK.>")
    catalog = await connect(nats_server.url("catalog"), "catalog")

    async def answer(message: Msg) -> None:
        await message.respond(b"an answer")

    await catalog.subscribe(subjects.CATALOG_LIST, cb=answer)
    await flush(catalog)
    gateway = await connect(nats_server.url("gateway"), "gateway")
    assert (await gateway.request(subjects.CATALOG_LIST, b"a question", timeout=5)).data == b"an answer"
    await Stream(gateway).last(subjects.life("a"))
    await flush(observer)
    assert ears.subjects == set()
    for client in (observer, catalog, gateway):
        await close(client)


async def test_an_observer_reads_everything_with_durables_of_its_own(nats_server: Any, admin: Client) -> None:
    observer = await connect(nats_server.url("observer"), "observer")
    js = observer.jetstream()
    durable = await js.pull_subscribe(subjects.ALL_LIVES, durable=subjects.DURABLE_PLAN, stream=subjects.STREAM)
    for message in await durable.fetch(3, timeout=5):
        await message.ack_sync()
    pushed = await js.subscribe(subjects.ALL_LIVES, durable="mine", stream=subjects.STREAM)
    ordered = await js.subscribe(subjects.ALL_LIVES, stream=subjects.STREAM, ordered_consumer=True)
    for subscription in (pushed, ordered):
        subject = [(await subscription.next_msg(timeout=5)).subject for _ in range(3)]
        assert subject == ["tts.dataset.a", "tts.dataset.b", "tts.dataset.c"]
    ours = await asked(admin, f"CONSUMER.INFO.TTS.{subjects.DURABLE_PLAN}")
    assert (ours["delivered"]["consumer_seq"], ours["ack_floor"]["consumer_seq"]) == (1, 0)
    await close(observer)


async def test_what_it_is_refused_is_a_line_of_the_servers_log_and_counted_by_user(
    nats_server: Any, admin: Client
) -> None:
    observer = await connect(nats_server.url("observer"), "observer")
    await observer.publish(subjects.life("forged"), b"{}")
    await observer.publish("$JS.API.STREAM.PURGE.TTS", b"")
    await observer.subscribe("tts.>", cb=Heard()._take)
    await flush(observer)
    log = nats_server.folder / "nats.log"
    wait_until(lambda: refusals.counted(log) == {"observer": 3}, seconds=5, what=str(refusals.counted(log)))
    assert 'Publish Violation - Subject "tts.dataset.forged"' in log.read_text(encoding="utf-8")
    await close(observer)


async def test_an_observer_makes_no_consumers_without_end(nats_server: Any, admin: Client) -> None:
    observer = await connect(nats_server.url("observer"), "observer")
    answers = []
    for number in range(201):
        config = {"name": f"n{number}", "durable_name": f"n{number}", "ack_policy": "none", "mem_storage": True}
        body = json.dumps({"stream_name": subjects.STREAM, "config": config}).encode()
        answers.append(json.loads((await observer.request(f"$JS.API.CONSUMER.CREATE.TTS.n{number}", body)).data))
    assert answers[-1]["error"]["description"] == "maximum consumers limit reached"
    assert "error" not in answers[199]
    await close(observer)
