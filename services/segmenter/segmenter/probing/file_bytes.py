"""Which bytes of a file are meant, by whatever looks at its structure."""

from typing import NamedTuple

from segmenter.ffmpeg.source_file import ReadAt


class ByteRange(NamedTuple):
    """The bytes from `first` (zero-based) to before `end`."""

    first: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.first


class FileEnd(NamedTuple):
    """What the last bytes of a file of `size` bytes are judged by; `last_packet` is the last packet's place in it."""

    read_at: ReadAt
    size: int
    last_packet: int | None
