"""What the last packets of a track tell about its end."""

from typing import Any, Final, cast

from segmenter.ffmpeg.decoder import Packet

_ENOUGH_PACKETS: Final = 16
_PADDING_BYTES: Final = 2  # frames of a constant rate differ by no more
# Codecs whose frames all have one size at a constant rate, up to the last one.
_WHOLE_FRAMES: Final = frozenset({"mp1", "mp2", "mp3", "ac3", "eac3", "dts", "amr_nb", "amr_wb"})


class LastPackets:
    """Watches a track's packets go by."""

    def __init__(self, codec: str) -> None:
        self._whole_frames = codec in _WHOLE_FRAMES
        self._count = self._most = 0
        self._least = 2**31
        self._first: Packet | None = None
        self._last: Packet | None = None
        self._unreadable = False

    def see(self, packet: Packet, unreadable: bool) -> None:
        """Called 40 times a second of sound, so what only the last one tells is asked of it when it is known."""
        if not packet.size:
            return  # the one that flushes the decoder
        if self._whole_frames and self._last is not None:
            size = self._last.size
            if size < self._least:
                self._least = size
            if size > self._most:
                self._most = size
        if self._first is None:
            self._first = packet
        self._count, self._last, self._unreadable = self._count + 1, packet, unreadable

    @property
    def end_ticks(self) -> int:
        """Where the last packet ends, in the stream's time base."""
        return (self._last.pts or 0) + (self._last.duration or 0) if self._last else 0

    @property
    def at(self) -> int | None:
        """Where in the file the last packet was found, if its container tells."""
        return self._last.pos if self._last else None

    @property
    def torn(self) -> bool:
        """Whether the last packet begins as the first did and is incomplete. What begins otherwise is a tag or junk."""
        if self._first is None or self._last is None or _start(self._first) != _start(self._last):
            return False
        return self._unreadable or self._is_shorter_than_all(self._last.size)

    def _is_shorter_than_all(self, size: int) -> bool:
        constant = self._most - self._least <= _PADDING_BYTES and self._count > _ENOUGH_PACKETS
        return self._whole_frames and constant and size < self._least


def _start(packet: Packet) -> bytes:
    return bytes(memoryview(cast(Any, packet))[:1])
