"""Recordings as one channel of samples: PCM WAV by byte ranges from anywhere, everything else by decoding forward.

Both readers give the same samples for the same frames however they are asked, and never block the event loop: work
that takes more than a few milliseconds is done in threads.
"""

import asyncio
from contextlib import aclosing
from typing import Final, cast

import numpy as np

from contracts.events import AudioFacts
from segmenter.audio.pcm_window import PcmWindow
from segmenter.decoding.byte_blocks import ByteBlocks
from segmenter.decoding.process import Decoders, PcmChunk
from segmenter.domain.cancelling import Cancelled, Powers, powers
from segmenter.domain.pcm import mono, unpack
from segmenter.domain.ports import ByteSource, Pcm, PcmReader
from segmenter.domain.sample_format import SampleFormat
from segmenter.domain.selection import DEFAULT, Selection

WAV_BLOCK_BYTES: Final = 4 * 2**20  # a request costs what copying 2 MiB does; larger blocks gain nothing, cost memory
FIRST_BLOCK_BYTES: Final = 512 * 2**10  # enough for a short slice, which should not wait for eight times as much
_WAV_AHEAD: Final = 1
_WAV_KEEP: Final = 3
_INLINE_BYTES: Final = 256 * 2**10  # converting more takes longer than a thread's round trip
_INLINE_COPY_BYTES: Final = 1024 * 2**10  # and copying more


def open_reader(
    audio: AudioFacts,
    source: ByteSource,
    decoders: Decoders,
    *,
    as_float: bool = False,
    frames: range | None = None,
    selection: Selection = DEFAULT,
) -> PcmReader:
    """The reader for what `probe` found. With `as_float` it gives float64, for resampling, otherwise int16.

    `frames` are those that will be asked for, without which it is all of them: nothing else is read ahead.
    """
    if audio.kind == "wav":
        channel = selection.channel_of(audio.channels)
        return WavReader(audio, source, as_float=as_float, frames=frames, channel=channel)
    return DecodedReader(source, audio.rate_hz, decoders, as_float=as_float, selection=selection)


class WavReader:
    """Reads 4 MiB at a time, one block ahead, and keeps three: sized for cues read in their order, correct for any.

    The first block is short and begins at the first wanted frame; the frames before it belong to another span.
    """

    def __init__(
        self,
        audio: AudioFacts,
        source: ByteSource,
        *,
        as_float: bool = False,
        frames: range | None = None,
        channel: int | None = None,
    ) -> None:
        self._audio, self._as_float, self._channel = audio, as_float, channel
        self._sample_format = SampleFormat(audio.sample_format)
        self._frame_bytes = audio.channels * self._sample_format.width_bytes
        self._first = frames.start if frames else 0
        end = min(frames.stop if frames else audio.frames, audio.frames)
        # Blocks hold whole frames, so that no frame lies in two of them.
        self._cancelled = Cancelled()
        width = self._frame_bytes
        self._block_frames = max(1, WAV_BLOCK_BYTES // width)
        self._first_block_frames = min(self._block_frames, max(1, FIRST_BLOCK_BYTES // width))
        self._blocks = ByteBlocks(
            source,
            self._block_frames * width,
            first_block_bytes=self._first_block_frames * width,
            begin=audio.data_offset + self._first * width,
            end=audio.data_offset + end * width,
            ahead=_WAV_AHEAD,
            keep=_WAV_KEEP,
        )

    @property
    def rate_hz(self) -> int:
        return self._audio.rate_hz

    async def read(self, first_frame: int, count: int) -> Pcm:
        """Frames of 16-bit mono within one block are a view of the bytes as they came. Any number may read at once.

        Raises: ValueError before the first of the wanted frames; what the byte source raises.
        """
        if first_frame < self._first:
            raise ValueError(f"frame {first_frame} lies before {self._first}, the first that was wanted")
        at, end = first_frame, min(first_frame + count, self._audio.frames)
        parts: list[Pcm] = []
        found = Powers()
        while at < end:
            part, powers_, whole = await self._part(at, end)
            parts.append(part)
            found = found.joined(powers_)
            at += len(part)
            if not whole:
                break
        self._cancelled.note(first_frame, at, cancel=found.cancel)
        return await _join(parts, self._as_float)

    def filled(self, first_frame: int, count: int) -> int:
        return 0  # its samples have no time stamps

    @property
    def ended_at(self) -> int | None:
        return None  # the stored object has the bytes that it had when it was planned

    def cancelled(self, first_frame: int, end_frame: int) -> bool:
        return self._cancelled.mostly(first_frame, end_frame)

    async def aclose(self) -> None:
        await self._blocks.aclose()

    async def _part(self, at: int, end: int) -> tuple[Pcm, Powers, bool]:
        """The frames from `at` to before `end` that are in the block of `at`, and whether all of them are there."""
        k, start, following = self._place(at)
        count = min(end - at, following)
        block, width = await self._blocks.get(k), self._frame_bytes
        data = memoryview(block)[start * width : (start + count) * width]
        untouched = self._sample_format is SampleFormat.S16 and self._audio.channels == 1 and not self._as_float
        if untouched or len(data) <= _INLINE_BYTES:
            part, found = self._convert(data)
        else:
            part, found = await asyncio.to_thread(self._convert, data)
        return part, found, len(part) == count

    def _place(self, frame: int) -> tuple[int, int, int]:
        """The frame's block, its place in there, and how many frames the block has from it on. Block 0 is shorter."""
        at = frame - self._first
        if at < self._first_block_frames:
            return 0, at, self._first_block_frames - at
        k, start = divmod(at - self._first_block_frames, self._block_frames)
        return k + 1, start, self._block_frames - start

    def _convert(self, data: memoryview) -> tuple[Pcm, Powers]:
        samples = unpack(data, self._sample_format, self._audio.channels)
        pcm = mono(samples, as_float=self._as_float, channel=self._channel)
        return pcm, powers(samples) if self._channel is None else Powers()


class DecodedReader:
    """Decodes forward in a decoder process, up to half a minute ahead of what is read, and remembers the last minute.

    A read from before that decodes from the beginning again. Reads are served one after another.
    """

    def __init__(
        self,
        source: ByteSource,
        rate_hz: int,
        decoders: Decoders,
        *,
        as_float: bool = False,
        selection: Selection = DEFAULT,
    ) -> None:
        self._source, self._rate_hz, self._decoders, self._as_float = source, rate_hz, decoders, as_float
        self._selection = selection
        self._turn = asyncio.Lock()
        self._window = PcmWindow(rate_hz, 0)
        self._cancelled = Cancelled()
        self._filling: asyncio.Task[None] | None = None

    @property
    def rate_hz(self) -> int:
        return self._rate_hz

    async def read(self, first_frame: int, count: int) -> Pcm:
        """Raises: AudioError where the audio cannot be read further; DecoderLost; what the byte source raises."""
        async with self._turn:
            if self._filling is None or not self._window.reaches_back_to(first_frame):
                await self.aclose()
                self._window = PcmWindow(self._rate_hz, first_frame)
                self._filling = self._begin_filling(self._window)
            parts = await self._window.get(first_frame, count)
            if sum(map(len, parts)) < count and self._filling.done():
                self._filling.result()  # raises what ended the decode, unless it was the end of the audio
            return await _join(parts, self._as_float)

    def filled(self, first_frame: int, count: int) -> int:
        return self._window.in_holes(first_frame, count)

    @property
    def ended_at(self) -> int | None:
        return self._window.ended_at

    def cancelled(self, first_frame: int, end_frame: int) -> bool:
        return self._cancelled.mostly(first_frame, end_frame)

    async def aclose(self) -> None:
        if self._filling is not None:
            filling, self._filling = self._filling, None
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)

    def _begin_filling(self, window: PcmWindow) -> asyncio.Task[None]:
        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled():
                task.exception()  # `read` raises it, if anything is read beyond the window; asyncio need not warn of it
            window.end()

        task = asyncio.create_task(self._fill(window))
        task.add_done_callback(ended)  # not earlier: a reader that is woken must find the task done
        return task

    async def _fill(self, window: PcmWindow) -> None:
        pieces = self._decoders.decode(
            self._source,
            rate_hz=self._rate_hz,
            first_frame=window.keep_from,
            as_float=self._as_float,
            selection=self._selection,
        )
        async with aclosing(pieces):
            end = 0
            async for piece in pieces:
                self._cancelled.note(end, end + piece.frames, cancel=piece.cancel)
                end += piece.frames
                await window.put(piece.frames, self._pcm(piece), hole=piece.hole)

    def _pcm(self, piece: PcmChunk) -> Pcm | None:
        """None for frames before the first that is kept. However long a hole is, it takes the memory of one sample."""
        dtype = np.float64 if self._as_float else np.int16
        if piece.hole:
            return cast(Pcm, np.broadcast_to(dtype(0), piece.frames))
        return cast(Pcm, np.frombuffer(piece.pcm, dtype)) if piece.pcm else None


async def _join(parts: list[Pcm], as_float: bool) -> Pcm:
    if len(parts) == 1:
        return cast(Pcm, np.ascontiguousarray(parts[0]))  # which copies nothing but part of a hole
    if not parts:
        return cast(Pcm, np.empty(0, np.float64 if as_float else np.int16))
    if sum(part.nbytes for part in parts) <= _INLINE_COPY_BYTES:
        return cast(Pcm, np.concatenate(parts))
    return cast(Pcm, await asyncio.to_thread(np.concatenate, parts))
