"""Reads any bytes of a file, for whatever looks at its structure. Blocking."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from segmenter.ffmpeg.decoder import SourceFile

ReadAt: TypeAlias = Callable[[int, int], bytes]  # offset, count; fewer bytes only at the file's end


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


def reading(file: SourceFile) -> ReadAt:
    """Raises: what reading the file raises."""

    def read_at(offset: int, count: int) -> bytes:
        file.seek(offset)
        data = b""
        while len(data) < count and (part := file.read(count - len(data))):
            data += part
        return data

    return read_at
