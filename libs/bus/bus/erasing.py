"""Erases the texts of a deleted dataset wherever they can be read: in the stream, and in the mirror for observers.

A purge of the stream does not reach its mirror, so the mirror is purged too. That takes a connection of the user
`purger`, who may do nothing else, or of `topology`.
"""

from nats.aio.client import Client

from bus import rights
from bus.errors import BusUnavailable, NotFound
from bus.stream import Stream
from contracts import subjects


async def erase_texts(client: Client, dataset_id: str, *, deleted_at: int) -> None:
    """Leaves of a deleted dataset only that it was deleted, by the message of sequence `deleted_at`: no text, no name.

    Raises: BusUnavailable, also while the mirror has not reached that message and may still add older ones.
    """
    await _purge(Stream(client), dataset_id)
    mirror = Stream(client, api=rights.OBSERVERS_API)
    try:
        if (reached := await mirror.last_seq()) < deleted_at:
            raise BusUnavailable(f"the observers' mirror stands at message {reached}, not yet at {deleted_at}")
        await _purge(mirror, dataset_id)
    except NotFound:
        return  # without a mirror there is nothing to erase; a new one is filled from the stream purged above


async def _purge(stream: Stream, dataset_id: str) -> None:
    await stream.purge(subjects.work(dataset_id))
    await stream.purge(subjects.root(dataset_id))
    await stream.purge(subjects.life(dataset_id), keep=1)
