"""The part of a recording that has been decoded and may still be read. All of it lives on the event loop.

The decoder waits when it is more than half a minute ahead of the reader; frames more than a minute before the last
read are dropped. So memory holds 90 s of audio (fewer above 48 kHz) and what one read asks for.
"""

import asyncio
from collections import deque
from typing import NamedTuple

from segmenter.domain.pcm import minute_frames
from segmenter.domain.ports import Pcm


class _Chunk(NamedTuple):
    first: int
    pcm: Pcm
    hole: bool

    @property
    def end(self) -> int:
        return self.first + len(self.pcm)


class PcmWindow:
    """Frames are counted from the start of the recording, zero-based; `keep_from` is the first that is kept."""

    def __init__(self, rate_hz: int, first_frame: int) -> None:
        self._kept_frames = minute_frames(rate_hz)
        self._ahead_frames = self._kept_frames // 2
        self._chunks: deque[_Chunk] = deque()
        self._end = 0
        self._ended = False
        self._wanted_end = first_frame
        self.keep_from = max(0, first_frame - self._kept_frames)
        self._changed = asyncio.Event()

    def reaches_back_to(self, frame: int) -> bool:
        return frame >= self.keep_from

    async def put(self, frames: int, pcm: Pcm | None, *, hole: bool = False) -> None:
        """Takes the next `frames` of the decode, None for frames before `keep_from`; waits while it is far ahead."""
        if pcm is not None:
            self._chunks.append(_Chunk(self._end, pcm, hole))
        self._end += frames
        self._drop_old()
        self._wake()
        while self._end > self._wanted_end + self._ahead_frames:
            await self._changed.wait()

    def end(self) -> None:
        """The decode is over."""
        self._ended = True
        self._wake()

    @property
    def ended_at(self) -> int | None:
        """The frame at which the decode ended, None while it continues."""
        return self._end if self._ended else None

    async def get(self, first_frame: int, count: int) -> list[Pcm]:
        """The frames in order, in parts; fewer than `count` when the decode ended before. For one caller at a time."""
        self._wanted_end = first_frame + count
        # It never moves back: frames that were dropped are gone.
        self.keep_from = max(self.keep_from, first_frame - self._kept_frames)
        self._drop_old()
        self._wake()
        while self._end < self._wanted_end and not self._ended:
            await self._changed.wait()
        return [
            chunk.pcm[max(0, first_frame - chunk.first) : self._wanted_end - chunk.first]
            for chunk in self._chunks
            if chunk.first < self._wanted_end and chunk.end > first_frame
        ]

    def in_holes(self, first_frame: int, count: int) -> int:
        """How many of these frames, which were just got, are none that were decoded."""
        end = first_frame + count
        holes = (chunk for chunk in self._chunks if chunk.hole)
        return sum(max(0, min(hole.end, end) - max(hole.first, first_frame)) for hole in holes)

    def _drop_old(self) -> None:
        while self._chunks and self._chunks[0].end <= self.keep_from:
            self._chunks.popleft()

    def _wake(self) -> None:
        """Wakes all tasks that wait now; they look again and wait for the next change."""
        self._changed.set()
        self._changed = asyncio.Event()
