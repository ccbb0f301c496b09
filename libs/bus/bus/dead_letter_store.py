"""The dead letters: messages that were given up, each kept with its reason until it is replayed or dropped, or its
dataset is deleted.

Where it is a message of a run, that has ended with DatasetFailed: replaying the letter requests a new run, as the
dataset's owner could. Replaying a deletion finishes what its purge left in the stream, and the next sweep removes the
objects. Of any other message, such as an event that this worker's release did not know, nothing is left to do.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.aio.client import Client
from nats.aio.msg import Msg

from bus.erasing import erase_texts
from bus.errors import NotFound
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream, translated
from contracts import commands, envelope, life, subjects
from contracts.events import DatasetDeleted, ProcessRequested, SpanPlanned, SpanWritten
from runtime import tracing


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`number` is its sequence in TTS_DEAD, `subject` that of the original message in TTS."""

    number: int
    subject: str
    durable: str
    attempts: str
    reason: str
    body: bytes

    @property
    def dataset_id(self) -> str:
        return self.subject.split(".")[2]

    def line(self) -> str:
        """For a terminal. Control characters are replaced: the text of an error must not steer the terminal."""
        text = f"{self.number:>6}  {self.durable:<15} {self.attempts:>3} tries  {self.subject}  {self.reason}"
        return "".join(letter if letter.isprintable() else "?" for letter in text)


async def store(client: Client, service: str, message: Msg, reason: str) -> None:
    """Keeps a message that `service` gave up, with its origin and the reason. The same message is stored once.

    Raises: nats.errors.Error when it is not certain to be stored.
    """
    where = message.metadata
    headers = {
        # The server knows an id for two minutes, so a replay that fails later makes a new letter.
        "Nats-Msg-Id": f"dead:{where.stream}:{where.sequence.stream}:{where.consumer}",
        "x-original-subject": message.subject,
        "x-original-sequence": str(where.sequence.stream),
        "x-consumer": where.consumer,
        "x-attempts": str(where.num_delivered),
        "x-reason": " ".join(reason.split())[:500],
        **tracing.outgoing(),
    }
    await client.jetstream(timeout=5).publish(subjects.dead(service), message.data, headers=headers)


class DeadLetters:
    """The letters of every service, oldest first."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._js = client.jetstream(timeout=5)

    async def every(self) -> AsyncIterator[DeadLetter]:
        """Raises: BusUnavailable."""
        letter = await self.next(1)
        while letter is not None:
            yield letter
            letter = await self.next(letter.number + 1)

    async def next(self, number: int) -> DeadLetter | None:
        """The first letter with at least this number.

        Raises: BusUnavailable.
        """
        try:
            with translated():
                raw = await self._js.get_msg(
                    subjects.DEAD_STREAM, seq=number, subject=subjects.DEAD_SUBJECTS[0], next=True
                )
        except NotFound:
            return None
        headers = raw.headers or {}
        return DeadLetter(
            number=raw.seq or 0,
            subject=headers.get("x-original-subject", "?.?.?"),
            durable=headers.get("x-consumer", "?"),
            attempts=headers.get("x-attempts", "?"),
            reason=headers.get("x-reason", "?"),
            body=raw.data or b"",
        )

    async def drop(self, letter: DeadLetter) -> None:
        """Raises: BusUnavailable."""
        try:
            with translated():
                await self._js.delete_msg(subjects.DEAD_STREAM, letter.number)
        except NotFound:
            return

    async def drop_all_of(self, dataset_id: str) -> None:
        """Drops the letters of a deleted dataset, because they hold its texts.

        Raises: BusUnavailable.
        """
        async for letter in self.every():
            if letter.dataset_id == dataset_id:
                await self.drop(letter)

    async def replay(self, letter: DeadLetter) -> str:
        """Requests the work again, drops the letter where that was possible, and returns what it did in one line.

        Raises: BusUnavailable; envelope.UndecodableEvent for a message that this version can't read either.
        """
        event = envelope.decode(letter.body)
        if isinstance(event, DatasetDeleted):
            deleted = await Stream(self._client).last(subjects.life(event.dataset_id))
            await erase_texts(self._client, event.dataset_id, deleted_at=deleted.seq if deleted else 0)
            await self.drop_all_of(event.dataset_id)
            return f"purged the texts of {event.dataset_id}; its objects go with the next sweep"
        if not isinstance(event, ProcessRequested | SpanPlanned | SpanWritten):
            await self.drop(letter)
            return f"nothing is left to do for a {type(event).__name__}; the letter is dropped"
        lives = LifeLog(Stream(self._client), MessageFactory("operator"))
        request = commands.RequestProcess(**event.identity(cause=f"dead-letter-{letter.number}"), at=datetime.now(UTC))
        outcome = await lives.submit(request)
        if isinstance(outcome, life.Refused):
            return f"not replayed: {outcome.code}; drop the letter if nothing is left to do"
        await self.drop(letter)
        return f"run {outcome.seq} of dataset {event.dataset_id} is requested"
