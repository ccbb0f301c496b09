"""Rule 1 on a real server: races have one winner, unclear answers become clear, nothing is stored twice."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from nats.aio.client import Client

from bus.errors import BusUnavailable
from bus.life_log import Appended, LifeLog
from bus.messages import Message, MessageFactory
from bus.stream import Stream
from contracts import commands, life, subjects
from tests.lives import told, upload

pytestmark = pytest.mark.asyncio


class AckLost(Stream):
    """A real stream whose answer gets lost on the way back, the first time."""

    lost = False

    async def publish(self, message: Message) -> int:
        seq = await super().publish(message)
        if not self.lost:
            self.lost = True
            raise BusUnavailable("the answer was lost")
        return seq

    async def commit(self, messages: Any) -> int:
        seq = await super().commit(messages)
        if not self.lost:
            self.lost = True
            raise BusUnavailable("the answer was lost")
        return seq


class NeverSent(Stream):
    """A real stream whose first publish never reaches the server."""

    sent = False

    async def publish(self, message: Message) -> int:
        if not self.sent:
            self.sent = True
            raise BusUnavailable("no answer")
        return await super().publish(message)


async def stored(client: Client, dataset_id: str) -> list[int]:
    return [message.seq async for message in Stream(client).every(subjects.life(dataset_id))]


async def test_sixteen_process_requests_at_once_open_one_run(client: Client) -> None:
    lives, dataset_id = LifeLog(Stream(client), MessageFactory("gateway")), str(uuid4())
    await lives.submit(upload(dataset_id))
    answers = await asyncio.gather(*(lives.submit(commands.RequestProcess(**told(dataset_id))) for _ in range(16)))
    won = [answer for answer in answers if isinstance(answer, Appended)]
    assert len(won) == 1
    assert {a for a in answers if isinstance(a, life.Refused)} == {
        life.Refused(code="already-processing", run=won[0].seq)
    }
    assert len(await stored(client, dataset_id)) == 2


async def test_cancel_and_delete_racing_both_end_in_a_deleted_dataset(client: Client) -> None:
    lives, dataset_id = LifeLog(Stream(client), MessageFactory("gateway")), str(uuid4())
    await lives.submit_upload(upload(dataset_id), commands.RequestProcess(**told(dataset_id)))
    await asyncio.gather(
        lives.submit(commands.CancelProcess(**told(dataset_id))),
        lives.submit(commands.DeleteDataset(**told(dataset_id))),
    )
    assert isinstance((await lives.head(dataset_id)).state, life.Deleted)


async def test_an_event_whose_answer_was_lost_is_found_and_not_stored_twice(client: Client) -> None:
    lives, dataset_id = LifeLog(AckLost(client), MessageFactory("gateway")), str(uuid4())
    appended = await lives.submit(upload(dataset_id))
    assert isinstance(appended, Appended)
    assert await stored(client, dataset_id) == [appended.seq]


async def test_a_batch_whose_answer_was_lost_is_found_with_the_runs_own_sequence(client: Client) -> None:
    lives, dataset_id = LifeLog(AckLost(client), MessageFactory("gateway")), str(uuid4())
    appended = await lives.submit_upload(upload(dataset_id), commands.RequestProcess(**told(dataset_id)))
    assert isinstance(appended, Appended)
    assert await stored(client, dataset_id) == [appended.seq - 1, appended.seq]
    assert isinstance(appended.state, life.Processing)
    assert appended.state.run == appended.seq


async def test_an_event_that_never_arrived_is_sent_again(client: Client) -> None:
    lives, dataset_id = LifeLog(NeverSent(client), MessageFactory("gateway")), str(uuid4())
    appended = await lives.submit(upload(dataset_id))
    assert isinstance(appended, Appended)
    assert await stored(client, dataset_id) == [appended.seq]


async def test_an_own_event_that_another_followed_is_still_recognised(client: Client) -> None:
    """The answer is lost, and before we look, somebody appends the next event."""
    dataset_id = str(uuid4())
    other = LifeLog(Stream(client), MessageFactory("gateway"))
    await other.submit(upload(dataset_id))

    class Overtaken(AckLost):
        async def publish(self, message: Message) -> int:
            try:
                return await super().publish(message)
            except BusUnavailable:
                await other.submit(commands.CancelProcess(**told(dataset_id)))
                raise

    ours = await LifeLog(Overtaken(client), MessageFactory("gateway")).submit(
        commands.RequestProcess(**told(dataset_id))
    )
    assert isinstance(ours, Appended)
    assert len(await stored(client, dataset_id)) == 3


async def test_a_server_that_is_gone_is_said_to_be_within_the_patience(client: Client, nats_server: Any) -> None:
    lives = LifeLog(Stream(client), MessageFactory("gateway"), deadline_seconds=1)
    nats_server.kill()
    with pytest.raises(BusUnavailable):
        async with asyncio.timeout(5):
            await lives.submit(upload(str(uuid4())))


async def test_lives_survive_a_killed_server(client: Client, nats_server: Any) -> None:
    lives, dataset_id = LifeLog(Stream(client), MessageFactory("gateway")), str(uuid4())
    await lives.submit(upload(dataset_id))
    nats_server.kill()
    nats_server.start()
    async with asyncio.timeout(20):
        while True:
            try:
                head = await lives.head(dataset_id)
                break
            except BusUnavailable:
                continue
    assert isinstance(head.state, life.Pending)
