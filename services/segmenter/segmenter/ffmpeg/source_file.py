"""What FFmpeg reads from, and reading any bytes of it besides. Blocking."""

import os
from collections.abc import Callable
from typing import Protocol, TypeAlias

ReadAt: TypeAlias = Callable[[int, int], bytes]  # offset, count; fewer bytes only at the file's end


class SourceFile(Protocol):
    """`check` raises what a read has raised, or that the work is to stop."""

    def read(self, count: int) -> bytes: ...
    def seek(self, offset: int, whence: int = 0) -> int: ...
    def check(self) -> None: ...


def reading(file: SourceFile) -> ReadAt:
    """FFmpeg reads on from where it was, so the file is left there. Behind the end is nothing, however far.

    Raises: what reading the file raises.
    """
    size = size_of(file)

    def read_at(offset: int, count: int) -> bytes:
        if offset >= size:
            return b""
        before = file.seek(0, os.SEEK_CUR)
        file.seek(offset)
        data = b""
        while len(data) < count and (part := file.read(count - len(data))):
            data += part
        file.seek(before)
        return data

    return read_at


def size_of(file: SourceFile) -> int:
    """Bytes; the file is left where it was."""
    before = file.seek(0, os.SEEK_CUR)
    size = file.seek(0, os.SEEK_END)
    file.seek(before)
    return size
