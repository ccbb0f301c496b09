"""Whether the stream still is what the rows were read from, or was set back to an earlier state of itself.

A restored backup counts on from an older sequence, so that other events stand where the rows' own stood before, and
the position alone would not show it. The last life event in the rows does: it stays in the stream for ever, or until
its dataset is deleted.
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
class Tip:
    """A life event: its stream sequence, when the server stored it, and whose life it is of."""

    seq: int
    stored_at: datetime
    dataset_id: str


async def still_there(client: Client, tip: Tip) -> bool:
    """Raises: BusUnavailable."""
    try:
        with translated():
            found = await client.jetstream(timeout=ANSWER_SECONDS).get_msg(subjects.STREAM, seq=tip.seq)
    except NotFound:
        return await _went_with_its_dataset(client, tip)
    return found.time is not None and abs(found.time - tip.stored_at) < _SAME


async def _went_with_its_dataset(client: Client, tip: Tip) -> bool:
    last = await Stream(client).last(subjects.life(tip.dataset_id))
    return last is not None and last.seq > tip.seq
