"""Slices of a recording, stored as WAV objects. A short one is made in memory, a long one is streamed.

The same slice always has the same bytes under its key, so storing it twice changes nothing (rule 4).
"""

import asyncio
import hashlib
import zlib
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from contracts import keys
from contracts.events import SegmentRow, SpanPlanned
from contracts.plan_lines import PlannedSegment
from objects import ObjectStore, ObjectWriter, md5_header
from segmenter.domain.errors import AudioEndsEarly
from segmenter.domain.pcm import minute_frames, to_mono_int16, wav_bytes, wav_header
from segmenter.domain.plan import SHORT_END_SECONDS
from segmenter.domain.ports import Pcm, PcmReader
from segmenter.domain.resample import StreamResampler, output_frames, resample
from segmenter.domain.sound import Sound, sound_of


@dataclass(frozen=True, slots=True)
class _Slice:
    body: bytes
    frames: int
    sha256: str
    crc32: int
    md5: str
    sound: Sound


class _Heard(NamedTuple):
    """What the reader tells of a slice's frames: how many fill a hole, and whether its channels cancel each other."""

    filled: int
    cancelled: bool


class SliceStore:
    """Reads slices of one recording one after another and stores them concurrently."""

    def __init__(self, store: ObjectStore, reader: PcmReader, job: SpanPlanned) -> None:
        self._store, self._reader, self._job = store, reader, job
        self._source_hz, self._target_hz = job.audio.rate_hz, job.sample_rate
        self._resampled = self._source_hz != self._target_hz

    async def begin(self, segment: PlannedSegment) -> asyncio.Task[SegmentRow]:
        """Reads the slice's samples and begins to store it; the task ends when it is stored.

        Raises: AudioEndsEarly; StoreError.
        """
        frames = segment.last_frame - segment.first_frame
        if frames > minute_frames(self._source_hz):
            # It is streamed, so that memory does not grow with its length, and completely before the next begins,
            # because the reader only goes forward.
            row = await self._stream_out(segment, segment.last_frame)
            return asyncio.create_task(_ready(row))
        pcm = await self._reader.read(segment.first_frame, frames)
        short = self._short(segment, segment.first_frame + len(pcm))
        end = segment.first_frame + len(pcm)
        heard = _Heard(
            self._reader.filled(segment.first_frame, len(pcm)), self._reader.cancelled(segment.first_frame, end)
        )
        return asyncio.create_task(self._put(segment, pcm, short, heard))

    async def _put(self, segment: PlannedSegment, pcm: Pcm, short: int, heard: _Heard) -> SegmentRow:
        slice_ = await asyncio.to_thread(self._render, pcm)
        await self._store.put(keys.segment(self._job.prefix, segment.n), slice_.body, "audio/wav", slice_.md5)
        row = SegmentRow(segment.n, slice_.frames, slice_.sha256, short, len(slice_.body), slice_.crc32)
        return _with_sound(row, slice_.sound, heard)

    def _render(self, pcm: Pcm) -> _Slice:
        """All the computing, so that one call in a thread does it."""
        samples = resample(pcm, self._source_hz, self._target_hz) if self._resampled else to_mono_int16(pcm)
        body = wav_bytes(samples, self._target_hz)
        sha256, crc32 = hashlib.sha256(body).hexdigest(), zlib.crc32(body)
        return _Slice(body, len(samples), sha256, crc32, md5_header(body), sound_of(samples))

    async def _stream_out(self, segment: PlannedSegment, last: int) -> SegmentRow:
        """A WAV states its length first, so a source that ends within the tolerance is streamed again, shorter."""
        frames = output_frames(last - segment.first_frame, self._source_hz, self._target_hz)
        try:
            async with self._store.writer(keys.segment(self._job.prefix, segment.n), "audio/wav") as writer:
                header = wav_header(frames, self._target_hz)
                await writer.write(header)
                crc32, sound, filled = await self._copy(segment.first_frame, last, writer, zlib.crc32(header))
        except _Shorter as shorter:
            self._short(segment, shorter.end)
            return await self._stream_out(segment, shorter.end)
        row = SegmentRow(segment.n, frames, writer.sha256, segment.last_frame - last, writer.size_bytes, crc32)
        return _with_sound(row, sound, _Heard(filled, self._reader.cancelled(segment.first_frame, last)))

    async def _copy(self, first: int, last: int, writer: ObjectWriter, crc32: int) -> tuple[int, Sound, int]:
        """The CRC-32 of all that is written, which begins with that of what was written before; and how it sounds, and
        how many frames fill a hole.
        """
        sound, filled = Sound(), 0
        resampler = StreamResampler(last - first, self._source_hz, self._target_hz)
        step = minute_frames(self._source_hz) // 6
        for start in range(first, last, step):
            count = min(step, last - start)
            pcm = await self._reader.read(start, count)
            if len(pcm) < count:
                raise _Shorter(start + len(pcm))
            filled += self._reader.filled(start, count)
            samples = await asyncio.to_thread(resampler.feed, pcm, start + count >= last)
            chunk = samples.tobytes()
            await writer.write(chunk)
            crc32 = await asyncio.to_thread(zlib.crc32, chunk, crc32)
            sound += await asyncio.to_thread(sound_of, samples)
        return crc32, sound, filled

    def _short(self, segment: PlannedSegment, end: int) -> int:
        """How many frames are missing of the segment, when the source may end there.

        Raises: AudioEndsEarly when it may not, or when nothing of the segment is there.
        """
        missing = segment.last_frame - end
        if missing <= 0:
            return 0
        stated = self._job.audio.frames
        if stated - end > SHORT_END_SECONDS * self._source_hz or end <= segment.first_frame:
            known = self._reader.ended_at
            raise AudioEndsEarly((end if known is None else known) / self._source_hz, stated / self._source_hz)
        return missing


class _Shorter(Exception):
    """The source ends at frame `end`, in the middle of a slice that is being streamed out."""

    def __init__(self, end: int) -> None:
        super().__init__(end)
        self.end = end


def _with_sound(row: SegmentRow, sound: Sound, heard: _Heard) -> SegmentRow:
    return replace(
        row,
        filled=heard.filled,
        peak=sound.peak,
        full_scale=sound.full_scale,
        clipped=sound.clipped,
        channels_cancel=heard.cancelled,
    )


async def _ready(row: SegmentRow) -> SegmentRow:
    return row
