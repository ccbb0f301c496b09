"""How the earlier deliveries of a message ended, which the server's count of deliveries does not say.

Every delivery whose worker reported its end is counted: it was postponed, handed back, or failed. Each other delivery
crashed its worker, which may not happen without limit. While a dependency is unavailable, a message may be delivered a
thousand times, and none of these deliveries counts against it.
"""

from dataclasses import dataclass

import msgspec
from msgspec import Struct
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus.stream import ANSWER_SECONDS, Stream, translated
from contracts import subjects


class AttemptCounts(Struct, frozen=True):
    """`returned` deliveries ended in order, to be repeated; `failed` of them by an unforeseen error."""

    returned: int = 0
    failed: int = 0

    def crashed(self, attempt: int) -> int:
        """How many deliveries before number `attempt` (from 1) ended with a crash of their worker."""
        return max(0, attempt - 1 - self.returned)


@dataclass(frozen=True, slots=True)
class DeliveryAttempts:
    """The counts for the messages of one connection's durables; each is kept for two days."""

    client: Client

    async def of(self, message: Msg) -> AttemptCounts:
        """Raises: BusUnavailable."""
        if message.metadata.num_delivered == 1:
            return AttemptCounts()
        stored = await Stream(self.client, subjects.TRIES_STREAM).last(_subject(message))
        return msgspec.json.decode(stored.body, type=AttemptCounts) if stored else AttemptCounts()

    async def count(self, message: Msg, *, failed: bool = False) -> None:
        """Stores that this delivery ended in order. One whose count is lost counts as crashed.

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
