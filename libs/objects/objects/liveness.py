"""Whether the store answers at all, asked while a call to it lasts long.

A large body over a thin line may take minutes and must not be given up; behind a store that hangs nobody should wait
as long. The question has a client of its own, so that it never queues behind the calls it is asked about.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from objects.errors import StoreError, StoreUnavailable
from objects.translation import translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Pulse:
    """One question at a time, however many calls wait for its answer."""

    def __init__(self, client: "S3Client", bucket: str, silence_seconds: float) -> None:
        self._client, self._bucket, self._silence_seconds = client, bucket, silence_seconds
        self._asking: asyncio.Task[bool] | None = None

    @contextlib.asynccontextmanager
    async def watching(self, clock: asyncio.Timeout) -> AsyncIterator[None]:
        """Lets `clock` run out once the store has said nothing, to anybody, for too long."""
        watch = asyncio.create_task(self._watch(clock))
        try:
            yield
        finally:
            watch.cancel()

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _watch(self, clock: asyncio.Timeout) -> None:
        answers = True
        while answers:
            await asyncio.sleep(self._silence_seconds)
            answers = await self._answers()
        clock.reschedule(asyncio.get_running_loop().time())

    async def _answers(self) -> bool:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        # Shielded: whoever stops waiting leaves the question to the others.
        return await asyncio.shield(self._asking)

    async def _ask(self) -> bool:
        try:
            with translated("asking whether the store answers"):
                async with asyncio.timeout(self._silence_seconds):
                    await self._client.head_bucket(Bucket=self._bucket)
        except StoreUnavailable:
            return False
        except StoreError:
            return True  # a refusal is an answer, too
        return True
