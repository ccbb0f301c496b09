"""What the last packets of a track tell about its end."""

from typing import Any, Final, cast

from segmenter.adapters.decoder import Packet

_ENOUGH_PACKETS: Final = 16
_PADDING_BYTES: Final = 2  # frames of a constant rate differ by no more
# Codecs whose frames all have one size at a constant rate, up to the last one.
_WHOLE_FRAMES: Final = frozenset({"mp1", "mp2", "mp3", "ac3", "eac3", "dts", "amr_nb", "amr_wb"})


class LastPackets:
    """Watches a track's packets go by."""

    def __init__(self, codec: str) -> None:
        self._whole_frames = codec in _WHOLE_FRAMES
        self._count = self._size = self._most = 0
        self._least = 2**31
        self._first = self._start = b""
        self._unreadable = False
        self.end_ticks = 0  # of the stream's time base
        self.at: int | None = None  # where in the file the last packet was found, if its container tells

    def see(self, packet: Packet, unreadable: bool) -> None:
        if not packet.size:
            return  # the one that flushes the decoder
        if self._count:
            self._least, self._most = min(self._least, self._size), max(self._most, self._size)
        self._count, self._size, self._unreadable = self._count + 1, packet.size, unreadable
        self._start = bytes(memoryview(cast(Any, packet))[:1])
        self._first = self._first or self._start
        self.at = packet.pos
        self.end_ticks = max(self.end_ticks, (packet.pts or 0) + (packet.duration or 0))

    @property
    def torn(self) -> bool:
        """Whether the last packet begins as the first did and is incomplete. What begins otherwise is a tag or junk."""
        return self._start == self._first and (self._unreadable or self._is_shorter_than_all())

    def _is_shorter_than_all(self) -> bool:
        constant = self._most - self._least <= _PADDING_BYTES and self._count > _ENOUGH_PACKETS
        return self._whole_frames and constant and self._size < self._least
