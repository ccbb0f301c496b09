"""Any bytes of a file, as those who look at its structure ask for them. Blocking."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from segmenter.ffmpeg.decoder import SourceFile

Peek: TypeAlias = Callable[[int, int], bytes]  # offset, count; fewer bytes only at the file's end


class Stretch(NamedTuple):
    """The sound's bytes as the file states them: from `first` (zero-based) to before `end`."""

    first: int
    end: int


def peek_into(file: SourceFile) -> Peek:
    """Raises: what reading the file raises."""

    def peek(offset: int, count: int) -> bytes:
        file.seek(offset)
        data = b""
        while len(data) < count and (part := file.read(count - len(data))):
            data += part
        return data

    return peek
