"""Whether the stream is still the one that the rows were read from, or was set back to an earlier state of itself.

A restored backup continues from an older sequence, so that other events get the sequences of those in the rows, and
the position alone would not show it. The last life event in the rows does: it stays in the stream indefinitely, or
until its dataset is deleted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from nats.aio.client import Client

from bus.errors import NotFound
from bus.stream import ANSWER_SECONDS, Stream, translated
from contracts import subjects

_SAME: Final = timedelta(milliseconds=1)  # nats-py reads the server's nanoseconds in two ways, each rounded by itself


@dataclass(frozen=True, slots=True)
class LifeEventId:
    """Identifies a life event: its stream sequence, when the server stored it, and its dataset."""

    seq: int
    stored_at: datetime
    dataset_id: str


async def contains(client: Client, event: LifeEventId) -> bool:
    """Whether the stream holds this very event, or has deleted its dataset since.

    Raises: BusUnavailable.
    """
    try:
        with translated():
            found = await client.jetstream(timeout=ANSWER_SECONDS).get_msg(subjects.STREAM, seq=event.seq)
    except NotFound:
        return await _dataset_has_newer_event(client, event)
    return found.time is not None and abs(found.time - event.stored_at) < _SAME


async def _dataset_has_newer_event(client: Client, event: LifeEventId) -> bool:
    last = await Stream(client).last(subjects.life(event.dataset_id))
    return last is not None and last.seq > event.seq
