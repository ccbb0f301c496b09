"""What was given up, and what a person can do about it: list the letters, replay one, drop one.

A letter is the original message with its reason, kept until it is replayed or dropped, or its dataset is deleted. Its
run has ended with DatasetFailed, so replaying is a new run, as its owner could ask for one; a deletion has no run, and
replaying it finishes what the purge left in the stream, while the next sweep takes the objects.

`python -m bus.dead_letters list | replay N | drop N`, with a NATS_URL of the user `topology`.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import texts
from bus.connection import connected
from bus.errors import BusError, NotFound
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream, translated
from contracts import commands, envelope, life, subjects
from contracts.events import AnyEvent, DatasetDeleted
from runtime import tracing

CONNECT_SECONDS: Final = 15.0
USAGE: Final = "usage: python -m bus.dead_letters list | replay N | drop N"


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
        """For a terminal, to which the text of an error may not give orders."""
        text = f"{self.number:>6}  {self.durable:<15} {self.attempts:>3} tries  {self.subject}  {self.reason}"
        return "".join(letter if letter.isprintable() else "?" for letter in text)


async def store(client: Client, service: str, message: Msg, reason: str) -> None:
    """Keeps a message that `service` gave up, with where it came from and why. The same one twice is stored once.

    Raises: nats.errors.Error when it is not certain to be stored.
    """
    where = message.metadata
    headers = {
        # A replay long after makes a new dead letter: the server knows an id for two minutes.
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
        told = raw.headers or {}
        return DeadLetter(
            number=raw.seq or 0,
            subject=told.get("x-original-subject", "?.?.?"),
            durable=told.get("x-consumer", "?"),
            attempts=told.get("x-attempts", "?"),
            reason=told.get("x-reason", "?"),
            body=raw.data or b"",
        )

    async def drop(self, letter: DeadLetter) -> None:
        """Raises: BusUnavailable."""
        try:
            with translated():
                await self._js.delete_msg(subjects.DEAD_STREAM, letter.number)
        except NotFound:
            return

    async def forget(self, dataset_id: str) -> None:
        """Drops the letters of a dataset: a text does not outlive it.

        Raises: BusUnavailable.
        """
        async for letter in self.every():
            if letter.dataset_id == dataset_id:
                await self.drop(letter)

    async def replay(self, letter: DeadLetter) -> str:
        """Has the work done again, drops the letter where that was possible, and says what it did.

        Raises: BusUnavailable; envelope.UndecodableEvent for a message that this version can't read either.
        """
        event = envelope.decode(letter.body)
        if isinstance(event, DatasetDeleted):
            deleted = await Stream(self._client).last(subjects.life(event.dataset_id))
            await texts.forget(self._client, event.dataset_id, deleted_at=deleted.seq if deleted else 0)
            await self.forget(event.dataset_id)
            return f"purged the texts of {event.dataset_id}; its objects go with the next sweep"
        lives = LifeLog(Stream(self._client), MessageFactory("operator"))
        answer = await lives.submit(_again(event, letter))
        if isinstance(answer, life.Refused):
            return f"not replayed: {answer.code}; drop the letter if nothing is left to do"
        await self.drop(letter)
        return f"run {answer.seq} of dataset {event.dataset_id} is requested"


def _again(event: AnyEvent, letter: DeadLetter) -> commands.RequestProcess:
    return commands.RequestProcess(
        dataset_id=event.dataset_id,
        user_id=event.user_id,
        correlation_id=event.correlation_id,
        cause=f"dead-letter-{letter.number}",
        at=datetime.now(UTC),
    )


async def run(url: str, arguments: list[str]) -> int:
    """One command; prints what there is and what it did, and returns the exit code.

    Raises: BusError.
    """
    async with connected(url, "dead-letters", within_seconds=CONNECT_SECONDS) as client:
        letters = DeadLetters(client)
        match arguments:
            case ["list"]:
                return await _list(letters)
            case ["replay" | "drop" as what, number] if number.isdecimal():
                return await _one(letters, what, int(number))
        print(USAGE, file=sys.stderr)
        return 2


async def _list(letters: DeadLetters) -> int:
    count = 0
    async for letter in letters.every():
        count += 1
        print(letter.line())
    print(f"{count} dead letters")
    return 0


async def _one(letters: DeadLetters, what: str, number: int) -> int:
    letter = await letters.next(number)
    if letter is None or letter.number != number:
        print(f"there is no letter {number}; `list` shows which there are", file=sys.stderr)
        return 1
    if what == "drop":
        await letters.drop(letter)
        print(f"dropped letter {number}")
        return 0
    try:
        told = await letters.replay(letter)
    except envelope.UndecodableEvent:
        told = "not replayed: this version can't read the message"
    print(told)
    return 1 if told.startswith("not replayed") else 0


def main(arguments: list[str], env: Mapping[str, str]) -> int:
    try:
        return asyncio.run(run(env["NATS_URL"], arguments))
    except KeyError:
        print("missing setting: NATS_URL, with the user topology", file=sys.stderr)
        return 2
    except BusError as exc:
        print(f"dead letters: {exc}; run it again when that is mended", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
