"""A dataset's recording on S3: what it is, and its samples."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from contracts.events import AudioFacts, SpanPlanned
from objects import ObjectStore
from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.domain.plan import plan_version
from segmenter.domain.ports import PcmReader
from segmenter.domain.selection import Selection
from segmenter.ffmpeg.decoder import ffmpeg_versions
from segmenter.probing.probe import probe


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """One object as a source of byte ranges."""

    store: ObjectStore
    key: str
    size_bytes: int

    async def get_range(self, first: int, count: int) -> bytes:
        """Raises: StoreError."""
        return await self.store.get_range(self.key, first, count)


@dataclass(frozen=True, slots=True)
class Recordings:
    """The recordings in one store, and the processes that decode them."""

    store: ObjectStore
    decoders: Decoders

    async def probe(self, key: str, size_bytes: int, selection: Selection) -> AudioFacts:
        """Raises: AudioError when it can't be cut; DecoderLost; StoreError."""
        return await probe(StoredBytes(self.store, key, size_bytes), self.decoders, selection)

    @asynccontextmanager
    async def open(self, job: SpanPlanned, frames: range) -> AsyncIterator[PcmReader]:
        """`frames` of the job's recording, as float64 when its slices will be resampled, else as int16."""
        source = StoredBytes(self.store, job.audio_key, job.audio_bytes)
        as_float = job.sample_rate != job.audio.rate_hz
        selection = Selection.of(job.options)
        reader = open_reader(job.audio, source, self.decoders, as_float=as_float, frames=frames, selection=selection)
        try:
            yield reader
        finally:
            await reader.aclose()


def own_plan_version(audio: AudioFacts, sample_rate: int) -> str:
    """The version a plan of this recording, cut at `sample_rate` Hz, would have if this process had made it."""
    return plan_version(audio.kind, ffmpeg_versions(), resampled=sample_rate != audio.rate_hz)
