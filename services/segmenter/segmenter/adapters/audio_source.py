"""Recordings as one channel of samples: PCM WAV by byte ranges from anywhere, everything else by decoding forward.

Both readers give the same samples for the same frames however they are asked, and never hold up the event loop: work
on more than a few milliseconds of bytes is done in threads.
"""

import asyncio
from functools import partial
from typing import Final, cast

import numpy as np

from segmenter.adapters.byte_blocks import ByteBlocks
from segmenter.adapters.decoder import batches, samples_of
from segmenter.adapters.loop_thread import LoopThread, Stopped
from segmenter.adapters.pcm_window import PcmWindow
from segmenter.adapters.range_file import RangeFile
from segmenter.domain.errors import UnsupportedAudio
from segmenter.domain.pcm import Samples, to_mono_float64, to_mono_int16, unpack
from segmenter.domain.ports import ByteSource, Pcm, PcmReader, SourceFacts
from segmenter.domain.wav import SampleFormat, WavLayout

WAV_BLOCK_BYTES: Final = 8 * 2**20
_WAV_AHEAD: Final = 2
_WAV_KEEP: Final = 4
_INLINE_BYTES: Final = 256 * 2**10  # converting more takes longer than a thread's round trip


def open_reader(facts: SourceFacts, source: ByteSource, *, exact: bool = False) -> PcmReader:
    """The reader for what `probe` found. With `exact` it gives float64, for resampling, otherwise int16."""
    if facts.layout is not None:
        return WavReader(facts.layout, source, exact=exact)
    return DecodedReader(source, facts.rate_hz, exact=exact)


class WavReader:
    """Reads 8 MiB at a time, two blocks ahead, and keeps four: sized for cues read in order, right for any order."""

    def __init__(self, layout: WavLayout, source: ByteSource, *, exact: bool = False) -> None:
        self._layout, self._exact = layout, exact
        # Whole frames, counted from the first one, so that none lies across a block's border.
        self._block_frames = max(1, WAV_BLOCK_BYTES // layout.frame_bytes)
        size = self._block_frames * layout.frame_bytes
        self._blocks = ByteBlocks(source, size, first=layout.data_offset, ahead=_WAV_AHEAD, keep=_WAV_KEEP)

    @property
    def rate_hz(self) -> int:
        return self._layout.rate_hz

    async def read(self, first_frame: int, count: int) -> Pcm:
        """Frames of 16-bit mono within one block are a view of the bytes as they came. Any number may read at once.

        Raises: what the byte source raises.
        """
        at, end = first_frame, min(first_frame + count, self._layout.frames)
        parts: list[Pcm] = []
        while at < end:
            part, whole = await self._part(at, end)
            parts.append(part)
            at += len(part)
            if not whole:
                break
        return await _join(parts, self._exact)

    async def aclose(self) -> None:
        await self._blocks.aclose()

    async def _part(self, at: int, end: int) -> tuple[Pcm, bool]:
        """The wanted frames of the block `at` is in, and whether all of them are there."""
        k, start = divmod(at, self._block_frames)
        count = min(end - at, self._block_frames - start)
        block, width = await self._blocks.get(k), self._layout.frame_bytes
        data = memoryview(block)[start * width : (start + count) * width]
        untouched = self._layout.sample_format is SampleFormat.S16 and self._layout.channels == 1 and not self._exact
        if untouched or len(data) <= _INLINE_BYTES:
            part = self._convert(data)
        else:
            part = await asyncio.to_thread(self._convert, data)
        return part, len(part) == count

    def _convert(self, data: memoryview) -> Pcm:
        return _mono(unpack(data, self._layout.sample_format, self._layout.channels), self._exact)


class DecodedReader:
    """Decodes forward in a thread of its own, a few seconds ahead of what is read, and remembers the last minute.

    A read from before that decodes from the beginning again. Reads are served one after another.
    """

    def __init__(self, source: ByteSource, rate_hz: int, *, exact: bool = False) -> None:
        self._source, self._rate_hz, self._exact = source, rate_hz, exact
        self._turn = asyncio.Lock()
        self._decode: _Decode | None = None

    @property
    def rate_hz(self) -> int:
        return self._rate_hz

    async def read(self, first_frame: int, count: int) -> Pcm:
        """Raises: AudioEndsEarly, UnsupportedAudio where the sound cannot be read on; what the byte source raises."""
        async with self._turn:
            if self._decode is None or not self._decode.window.reaches_back_to(first_frame):
                await self.aclose()
                self._decode = _Decode(self._source, self._rate_hz, first_frame, self._exact)
            return await _join(await self._decode.read(first_frame, count), self._exact)

    async def aclose(self) -> None:
        if self._decode is not None:
            decode, self._decode = self._decode, None
            await decode.aclose()


class _Decode:
    """One pass of the decoder over the recording: a thread that fills a window."""

    def __init__(self, source: ByteSource, rate_hz: int, first_frame: int, exact: bool) -> None:
        self.window = PcmWindow(rate_hz, first_frame)
        self._rate_hz, self._exact = rate_hz, exact
        self._thread = LoopThread()
        self._file = RangeFile(source, self._thread)
        self._work = self._thread.start(self._run)
        self._work.add_done_callback(self._ended)

    async def read(self, first_frame: int, count: int) -> list[Pcm]:
        parts = await self.window.get(first_frame, count)
        if sum(map(len, parts)) < count and self._work.done():
            self._work.result()  # raises what ended the decode, unless it was the end of the sound
        return parts

    async def aclose(self) -> None:
        await self._thread.stop()
        await self._file.aclose()

    def _ended(self, work: asyncio.Future[None]) -> None:
        if not work.cancelled():
            work.exception()  # seen; it is told to whoever reads beyond the window, which may be nobody
        self.window.end()

    def _run(self) -> None:
        keep_from = self.window.keep_from
        end = 0
        try:
            for batch in batches(self._file):
                if batch[0].sample_rate != self._rate_hz:
                    raise UnsupportedAudio(
                        f"The sound has {batch[0].sample_rate} Hz, not {self._rate_hz} Hz as planned."
                    )
                frames = sum(frame.samples for frame in batch)
                end += frames
                # Before the first frame that may be asked for, counting is enough.
                pcm = _mono(samples_of(batch), self._exact) if end > keep_from else None
                keep_from = self._thread.call(partial(self.window.put, frames, pcm))
        except Stopped:
            return


async def _join(parts: list[Pcm], exact: bool) -> Pcm:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return cast(Pcm, np.empty(0, np.float64 if exact else np.int16))
    if sum(part.nbytes for part in parts) <= _INLINE_BYTES:
        return cast(Pcm, np.concatenate(parts))
    return cast(Pcm, await asyncio.to_thread(np.concatenate, parts))


def _mono(samples: Samples, exact: bool) -> Pcm:
    return to_mono_float64(samples) if exact else to_mono_int16(samples)
