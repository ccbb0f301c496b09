"""Dead letters on a real server: a person lists them, replays one, drops one; a deleted dataset's go with it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from nats.aio.client import Client

from bus import dead_letters, topology
from bus.connection import close, connect
from bus.dead_letter_store import DeadLetters
from bus.life_log import Appended, LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import commands, envelope, subjects
from contracts.events import AnyEvent, ProcessRequested
from contracts.failure import RunFailure
from tests.lives import span_order, told, upload
from tests.mirror import mirrored

pytestmark = pytest.mark.asyncio

ERROR = RunFailure(code="internal-error", title="T", detail="d", stage="segmenter")


class Office:
    """One failed dataset with a letter, and the rights of who runs the system."""

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.url = client, url
        self.stream, self.letters = Stream(client), DeadLetters(client)
        self.lives = LifeLog(self.stream, MessageFactory("gateway"))
        self.dataset_id = str(uuid4())

    async def submit(self, command: commands.AnyCommand) -> Appended:
        answer = await self.lives.submit(command)
        assert isinstance(answer, Appended), answer
        return answer

    async def requested(self) -> int:
        await self.submit(upload(self.dataset_id))
        return (await self.submit(commands.RequestProcess(**told(self.dataset_id)))).seq

    async def failed(self) -> int:
        run = await self.requested()
        await self.submit(commands.FailRun(**told(self.dataset_id), run=run, error=ERROR))
        return run

    async def bury(self, event: AnyEvent | bytes, subject: str) -> None:
        headers = {
            "x-original-subject": subject,
            "x-original-sequence": "7",
            "x-consumer": subjects.DURABLE_SPAN,
            "x-attempts": "8",
            "x-reason": "ZeroDivisionError: a bug",
        }
        body = event if isinstance(event, bytes) else envelope.encode(event)
        await self.client.jetstream().publish(subjects.dead("segmenter"), body, headers=headers)

    async def bury_order(self, run: int) -> None:
        await self.bury(span_order(self.dataset_id, run=run), subjects.span(self.dataset_id, run, 0))

    async def numbers(self) -> list[int]:
        return [letter.number async for letter in self.letters.every()]

    async def command(self, *arguments: str) -> int:
        return await dead_letters.run(self.url, list(arguments))


@pytest.fixture
async def office(nats_server: Any) -> AsyncIterator[Office]:
    client = await connect(nats_server.url("topology"), "topology")
    await topology.declare(client)
    yield Office(client, nats_server.url("topology"))
    await close(client)


async def test_the_list_names_each_letter_with_its_reason(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    await office.bury_order(await office.failed())
    assert await office.command("list") == 0
    line, count = capsys.readouterr().out.splitlines()
    assert line.split()[:4] == ["1", "segmenter-span", "8", "tries"]
    assert line.endswith("span.0  ZeroDivisionError: a bug")
    assert count == "1 dead letters"


async def test_replaying_an_order_begins_a_new_run_and_takes_the_letter_away(office: Office) -> None:
    run = await office.failed()
    await office.bury_order(run)
    assert await office.command("replay", "1") == 0
    head = await office.lives.head(office.dataset_id)
    assert isinstance(head.event, ProcessRequested)
    assert head.state.seq > run
    assert (head.event.correlation_id, head.event.cause) == ("co", "dead-letter-1")
    assert await office.numbers() == []


async def test_a_letter_of_a_dataset_that_is_processed_again_already_is_kept(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    run = await office.failed()
    await office.submit(commands.RequestProcess(**told(office.dataset_id)))
    await office.bury_order(run)
    assert await office.command("replay", "1") == 1
    assert "already-processing" in capsys.readouterr().out
    assert await office.numbers() == [1]


async def test_replaying_a_deletion_leaves_no_text_in_the_stream_nor_in_a_letter(office: Office) -> None:
    run = await office.failed()
    deleted = await office.submit(commands.DeleteDataset(**told(office.dataset_id)))
    await office.bury_order(run)
    await office.bury(deleted.event, subjects.life(office.dataset_id))
    await mirrored(office.client)
    assert await office.command("replay", "2") == 0
    left = [stored.seq async for stored in office.stream.every(subjects.life(office.dataset_id))]
    assert left == [deleted.seq]
    assert await office.numbers() == []


async def test_replaying_an_event_that_asks_for_no_work_only_takes_the_letter_away(office: Office) -> None:
    """A correction, which workers of an older release did not know."""
    await office.failed()
    renamed = await office.submit(commands.RenameDataset(**told(office.dataset_id), name="new"))
    await office.bury(renamed.event, subjects.life(office.dataset_id))
    assert await office.command("replay", "1") == 0
    assert (await office.lives.head(office.dataset_id)).event == renamed.event
    assert await office.numbers() == []


async def test_a_message_that_can_not_be_read_is_not_replayed_and_can_be_dropped(office: Office) -> None:
    await office.bury(b"not json", "tts.dataset.d.run.1.span.0")
    assert await office.command("replay", "1") == 1
    assert await office.numbers() == [1]
    assert await office.command("drop", "1") == 0
    assert await office.numbers() == []
    assert await office.command("drop", "1") == 1


async def test_the_purger_may_take_away_the_letters_of_a_deleted_dataset(office: Office, nats_server: Any) -> None:
    await office.bury_order(1)
    await office.bury(span_order("other", run=1), subjects.span("other", 1, 0))
    purger = await connect(nats_server.url("purger"), "purger")
    await DeadLetters(purger).drop_all_of(office.dataset_id)
    await close(purger)
    assert await office.numbers() == [2]
