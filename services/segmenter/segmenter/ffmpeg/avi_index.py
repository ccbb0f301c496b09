"""The empty chunks of an AVI, which FFmpeg passes over although each of them is time in which there is no sound.

Where a stream's chunks count as one tick each (`dwSampleSize` 0), writers put empty ones wherever there is nothing.
The index at the end (`idx1`) has them all; it is not looked for beyond the file's first 2 GiB. Blocking.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmenter.ffmpeg.source_file import ReadAt

_MAX_CHUNKS: Final = 1_000
_MAX_INDEX_BYTES: Final = 64 * 2**20  # of two days
_ENTRY: Final = np.dtype([("stream", "S2"), ("kind", "S2"), ("flags", "<u4"), ("offset", "<u4"), ("size", "<u4")])
_SAMPLE_SIZE_AT: Final = 44
_NONE: Final[NDArray[np.int64]] = np.empty(0, np.int64)


class _Chunk(NamedTuple):
    name: bytes
    first: int
    size: int


def empty_before(read_at: ReadAt, number: int) -> NDArray[np.int64]:
    """For each chunk of stream `number` (0-based) that is not empty, how many empty ones come before it.

    Without an index, without empty chunks, or where a chunk is no tick, there are none.
    """
    top = list(_chunks(read_at, 12, 2**32))
    headers = [chunk for chunk in top if chunk.name == b"LISThdrl"]
    streams = [one for chunk in headers for one in _chunks(read_at, chunk.first, chunk.first + chunk.size)]
    streams = [one for one in streams if one.name == b"LISTstrl"]
    index = next((chunk for chunk in top if chunk.name == b"idx1"), None)
    if index is None or number >= len(streams) or not _counts_chunks(read_at, streams[number]):
        return _NONE
    entries = np.frombuffer(read_at(index.first, min(index.size, _MAX_INDEX_BYTES) // 16 * 16), _ENTRY)
    sizes = entries["size"][entries["stream"] == b"%02d" % number]
    return np.cumsum(sizes == 0)[sizes > 0] if (sizes == 0).any() else _NONE


def _counts_chunks(read_at: ReadAt, stream: _Chunk) -> bool:
    header = next(_chunks(read_at, stream.first, stream.first + stream.size), None)
    return header is not None and header.name == b"strh" and not any(read_at(header.first + _SAMPLE_SIZE_AT, 4))


def _chunks(read_at: ReadAt, at: int, end: int) -> Iterator[_Chunk]:
    """Chunks by their names, lists by LIST and what they are a list of."""
    for _ in range(_MAX_CHUNKS):
        head = read_at(at, 12)
        size = int.from_bytes(head[4:8], "little")
        if at + 8 > end or len(head) < 12:
            return
        if head[:4] == b"LIST":
            yield _Chunk(head[:4] + head[8:], at + 12, size - 4)
        else:
            yield _Chunk(head[:4], at + 8, size)
        at += 8 + size + size % 2
