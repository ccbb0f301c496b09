"""The last packets of a track, and whether the very last one is complete."""

from typing import Any, Final, cast

from segmenter.domain.mpeg_frame import frame_bytes
from segmenter.ffmpeg.stamps import Packet

_ENOUGH_PACKETS: Final = 16
_PADDING_BYTES: Final = 2  # frames of a constant rate differ by no more
# Codecs whose frames all have one size at a constant rate, up to the last one.
_WHOLE_FRAMES: Final = frozenset({"mp1", "mp2", "mp3", "ac3", "eac3", "dts", "amr_nb", "amr_wb"})


class LastPackets:
    """Is given a track's packets in order, and keeps what its end is judged by."""

    def __init__(self, codec: str) -> None:
        self._whole_frames = codec in _WHOLE_FRAMES
        self._count = self._largest = 0
        self._smallest = 2**31
        self._first: Packet | None = None
        self._last: Packet | None = None
        self._unreadable = False
        self._unreadable_ticks = 0

    def add(self, packet: Packet, unreadable: bool) -> None:
        """Called 40 times for a second of audio, so it leaves to the properties what only the last packet is asked."""
        if not packet.size:
            return  # the one that flushes the decoder
        if self._whole_frames and self._last is not None:
            size = self._last.size
            if size < self._smallest:
                self._smallest = size
            if size > self._largest:
                self._largest = size
        if self._first is None:
            self._first = packet
        if unreadable:
            self._unreadable_ticks += packet.duration or 0
        self._count, self._last, self._unreadable = self._count + 1, packet, unreadable

    @property
    def any(self) -> bool:
        return self._first is not None

    @property
    def end_ticks(self) -> int:
        """Where the last packet ends, in the stream's time base."""
        return (self._last.pts or 0) + (self._last.duration or 0) if self._last else 0

    @property
    def covered_ticks(self) -> int:
        """From the first packet, or from time 0 where that is later, to the last one's end, without unreadable ones."""
        begin = max(0, self._first.pts or 0) if self._first else 0
        return self.end_ticks - begin - self._unreadable_ticks

    @property
    def position(self) -> int | None:
        """Where in the file the last packet was found, if its container says so."""
        return self._last.pos if self._last else None

    @property
    def truncated(self) -> bool:
        """Whether the last packet begins as the first did and is incomplete. What begins otherwise is a tag or junk."""
        if self._first is None or self._last is None or _start(self._first) != _start(self._last):
            return False
        return self._unreadable or self._is_smaller_than_all(self._last.size)

    @property
    def ends_with_whole_frame(self) -> bool:
        """Of MPEG audio: whether nothing is missing of the last frame. What begins otherwise is a tag behind it."""
        if self._first is None or self._last is None:
            return False
        if _start(self._first) != _start(self._last):
            return True
        return frame_bytes(bytes(memoryview(cast(Any, self._last))[:4])) == self._last.size

    def _is_smaller_than_all(self, size: int) -> bool:
        constant = self._largest - self._smallest <= _PADDING_BYTES and self._count > _ENOUGH_PACKETS
        return self._whole_frames and constant and size < self._smallest


def _start(packet: Packet) -> bytes:
    return bytes(memoryview(cast(Any, packet))[:1])
