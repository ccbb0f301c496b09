"""How a message that comes again has fared so far, which the server's count of deliveries does not tell.

Every delivery that ended with a word of its worker is written down: it was put off, handed back, or failed. What the
server delivered beyond those took its worker with it, and must not do so for ever; while a dependency is away a message
may come back a thousand times and is none the worse for it.
"""

from dataclasses import dataclass

import msgspec
from msgspec import Struct
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus.stream import ANSWER_SECONDS, Stream, translated
from contracts import subjects


class AttemptCounts(Struct, frozen=True):
    """`returned` deliveries ended in order and not for good; `failed` of them by an error that nobody foresaw."""

    returned: int = 0
    failed: int = 0

    def crashed(self, attempt: int) -> int:
        """How many deliveries before number `attempt` (from 1) ended without a word."""
        return max(0, attempt - 1 - self.returned)


@dataclass(frozen=True, slots=True)
class DeliveryAttempts:
    """The tallies of the messages of one connection's durables; each is forgotten after two days."""

    client: Client

    async def of(self, message: Msg) -> AttemptCounts:
        """Raises: BusUnavailable."""
        if message.metadata.num_delivered == 1:
            return AttemptCounts()
        stored = await Stream(self.client, subjects.TRIES_STREAM).last(_subject(message))
        return msgspec.json.decode(stored.body, type=AttemptCounts) if stored else AttemptCounts()

    async def count(self, message: Msg, *, failed: bool = False) -> None:
        """Writes down that this delivery ended with a word. One that is lost counts as crashed.

        Raises: BusUnavailable.
        """
        before = await self.of(message)
        counts = AttemptCounts(before.returned + 1, before.failed + failed)
        with translated():
            js = self.client.jetstream(timeout=ANSWER_SECONDS)
            await js.publish(_subject(message), msgspec.json.encode(counts))


def _subject(message: Msg) -> str:
    where = message.metadata
    return subjects.tries(where.consumer, where.sequence.stream)
