"""What was deleted goes: its objects four times over half a minute, then its texts in the stream and its mirror.

Four times, because a worker that was frozen inside a PUT may wake and write once more. Whatever comes later than that
is the sweeper's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nats.aio.client import Client

from bus.dead_letter_store import DeadLetters
from bus.deliveries import Ack, Retry, Settlement
from bus.erasing import erase_texts
from contracts import keys
from contracts.events import DatasetDeleted
from objects import ObjectStore

PAUSES_SECONDS: Final = (5, 10, 15)  # purges at 0, 5, 15 and 30 s


@dataclass(frozen=True, slots=True)
class Purger:
    """`line` gives the connection of the user that only purges, or raises BusUnavailable."""

    line: Callable[[], Client]
    store: ObjectStore

    async def purge(self, deleted: DatasetDeleted, seq: int, attempt: int) -> Settlement:
        """One round for the deletion of sequence `seq`; `attempt` counts from 1.

        Raises: StoreError, BusError while a dependency is unavailable.
        """
        gone = await self.store.delete_prefix(keys.dataset_prefix(deleted.user_id, deleted.dataset_id))
        if attempt <= len(PAUSES_SECONDS):
            return Retry(PAUSES_SECONDS[attempt - 1], f"purged {gone.objects} objects, once more for late writers")
        client = self.line()
        await erase_texts(client, deleted.dataset_id, deleted_at=seq)
        await DeadLetters(client).drop_all_of(deleted.dataset_id)
        return Ack(f"purged {gone.objects} objects and the work messages")
