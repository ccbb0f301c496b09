"""The observers' mirror follows the stream by some milliseconds, and a new one is set up within two seconds."""

import asyncio

from nats.aio.client import Client

from bus import rights
from bus.stream import Stream


async def mirrored(admin: Client) -> None:
    """Until the mirror has come to where the stream stands; `admin` is of the user `topology`."""
    async with asyncio.timeout(20):
        while await Stream(admin, api=rights.OBSERVERS_API).last_seq() < await Stream(admin).last_seq():
            await asyncio.sleep(0.02)
