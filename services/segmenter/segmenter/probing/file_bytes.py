"""Reads any bytes of a file, for whatever looks at its structure. Blocking."""

import os
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
    """FFmpeg reads on from where it was, so the file is left there. Behind the end is nothing, however far.

    Raises: what reading the file raises.
    """

    size = size_of(file)

    def read_at(offset: int, count: int) -> bytes:
        if offset >= size:
            return b""
        position = file.seek(0, os.SEEK_CUR)
        file.seek(offset)
        data = b""
        while len(data) < count and (part := file.read(count - len(data))):
            data += part
        file.seek(position)
        return data

    return read_at


def size_of(file: SourceFile) -> int:
    """Bytes; the file is left where it was."""
    position = file.seek(0, os.SEEK_CUR)
    size = file.seek(0, os.SEEK_END)
    file.seek(position)
    return size
