"""The least a cutter must do: PUT the same slices, by the same client, as many at a time, and nothing else.

`checked` sends each with its Content-MD5, as every writer of ours must; `bare` omits even that.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np

from benchmarks.inputs import Recording
from objects import S3Settings
from objects.connection import connect
from objects.sending import put_object
from objects.settings import Timeouts
from segmenter.domain.pcm import frames_at, wav_bytes
from segmenter.slicing import SLICES_IN_FLIGHT

Put = Callable[[str, bytes], Awaitable[object]]

_HEADER_BYTES = 44


def slices_of(recording: Recording) -> list[bytes]:
    """The bytes of every slice, as the segmenter must write them; the recording is a WAV of 16-bit mono."""
    pcm = np.memmap(recording.path, dtype="<i2", mode="r", offset=_HEADER_BYTES)
    borders = (
        (frames_at(cue.start_ms * 1000, recording.rate_hz), frames_at(cue.end_ms * 1000, recording.rate_hz))
        for cue in recording.cues
    )
    return [wav_bytes(np.asarray(pcm[first:last]), recording.rate_hz) for first, last in borders]


@dataclass(frozen=True)
class Floor:
    """PUTs slices under `floor/`; each method returns seconds."""

    checked_put: Put
    bare_put: Put

    async def checked(self, slices: Sequence[bytes]) -> float:
        return await _all(self.checked_put, slices)

    async def bare(self, slices: Sequence[bytes]) -> float:
        return await _all(self.bare_put, slices)


@asynccontextmanager
async def floor(settings: S3Settings) -> AsyncIterator[Floor]:
    async with connect(settings, Timeouts()) as connection:

        async def checked(key: str, body: bytes) -> None:
            await put_object(connection, key, body, "audio/wav")

        async def bare(key: str, body: bytes) -> object:
            return await connection.client.put_object(
                Bucket=connection.bucket, Key=key, Body=body, ContentType="audio/wav"
            )

        yield Floor(checked, bare)


async def _all(put: Put, slices: Sequence[bytes]) -> float:
    started = time.perf_counter()
    work = iter(enumerate(slices))

    async def one_after_another() -> None:
        for n, body in work:
            await put(f"floor/segments/segment_{n:05}.wav", body)

    async with asyncio.TaskGroup() as group:
        for _ in range(SLICES_IN_FLIGHT):
            group.create_task(one_after_another())
    return time.perf_counter() - started
