"""A dataset's recording on S3: what it is, and its samples. The bridge between stored facts and the audio readers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from contracts.events import AudioFacts, SpanPlanned
from objects import ObjectStore
from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.domain.plan import plan_version
from segmenter.domain.ports import PcmReader, SourceFacts
from segmenter.domain.wav import SampleFormat, WavLayout
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

    async def probe(self, key: str, size_bytes: int) -> AudioFacts:
        """Raises: AudioError when it can't be cut; DecoderLost; StoreError."""
        return to_facts(await probe(StoredBytes(self.store, key, size_bytes), self.decoders))

    @asynccontextmanager
    async def open(self, order: SpanPlanned, frames: range) -> AsyncIterator[PcmReader]:
        """`frames` of the order's recording, as float64 when its slices will be resampled, else as int16."""
        source = StoredBytes(self.store, order.audio_key, order.audio_bytes)
        exact = order.sample_rate != order.audio.rate_hz
        reader = open_reader(from_facts(order.audio), source, self.decoders, exact=exact, frames=frames)
        try:
            yield reader
        finally:
            await reader.aclose()


def own_plan_version(audio: AudioFacts) -> str:
    """The version a plan of this recording would have if this process had made it."""
    return plan_version(audio.kind, ffmpeg_versions())


def to_facts(found: SourceFacts) -> AudioFacts:
    """As they travel in an order."""
    layout = found.layout
    return AudioFacts(
        kind=found.kind,
        rate_hz=found.rate_hz,
        channels=found.channels,
        frames=found.frames,
        declared_frames=found.declared_frames or 0,
        sample_format=layout.sample_format.value if layout else "",
        data_offset=layout.data_offset if layout else 0,
        codec=found.codec,
        ffmpeg=found.ffmpeg,
        broken_off=found.broken_off,
    )


def from_facts(audio: AudioFacts) -> SourceFacts:
    """As the readers want them; what only a person reads is left out."""
    return SourceFacts(
        kind="wav" if audio.kind == "wav" else "decoded",
        rate_hz=audio.rate_hz,
        channels=audio.channels,
        frames=audio.frames,
        declared_frames=audio.declared_frames or None,
        exact=audio.kind == "wav",
        container="",
        codec=audio.codec,
        layout=_layout(audio) if audio.kind == "wav" else None,
        ffmpeg=audio.ffmpeg,
    )


def _layout(audio: AudioFacts) -> WavLayout:
    return WavLayout(
        rate_hz=audio.rate_hz,
        channels=audio.channels,
        sample_format=SampleFormat(audio.sample_format),
        data_offset=audio.data_offset,
        frames=audio.frames,
        declared_frames=audio.declared_frames or None,
    )
