"""Probes whether the store answers at all while a call to it takes long.

A large body over a slow network may take minutes and must not be given up; a call to a store that hangs should not
last as long. The probe has a client of its own, so that it never queues behind the calls that it is made for.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from objects.errors import StoreError, StoreUnavailable
from objects.translation import translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class LivenessWatchdog:
    """One probe at a time, however many calls wait for its outcome."""

    def __init__(self, client: "S3Client", bucket: str, silence_seconds: float) -> None:
        self._client, self._bucket, self._silence_seconds = client, bucket, silence_seconds
        self._probing: asyncio.Task[bool] | None = None

    @contextlib.asynccontextmanager
    async def watching(self, clock: asyncio.Timeout) -> AsyncIterator[None]:
        """Lets `clock` run out once a call has lasted `silence_seconds` and a probe as long again without an answer."""
        watch: asyncio.Task[None] | None = None

        def begin() -> None:
            nonlocal watch
            watch = asyncio.create_task(self._watch(clock))

        # Nearly every call ends before, and a timer costs it less than a task.
        timer = asyncio.get_running_loop().call_later(self._silence_seconds, begin)
        try:
            yield
        finally:
            timer.cancel()
            if watch is not None:
                watch.cancel()

    async def close(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _watch(self, clock: asyncio.Timeout) -> None:
        answers = await self._answers()
        while answers:
            await asyncio.sleep(self._silence_seconds)
            answers = await self._answers()
        clock.reschedule(asyncio.get_running_loop().time())

    async def _answers(self) -> bool:
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._probe())
        # Shielded: a call that ends leaves the probe to the calls that still wait for it.
        return await asyncio.shield(self._probing)

    async def _probe(self) -> bool:
        try:
            with translated("asking whether the store answers"):
                async with asyncio.timeout(self._silence_seconds):
                    await self._client.head_bucket(Bucket=self._bucket)
        except StoreUnavailable:
            return False
        except StoreError:
            return True  # a refusal is an answer too
        return True
