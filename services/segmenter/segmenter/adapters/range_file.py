"""A stored object as the file that FFmpeg reads: seekable, for one thread, its bytes fetched through the event loop.

Whatever the byte source raises reaches the reader's caller unchanged, even where FFmpeg would take a failed read for
the end of the file.
"""

from typing import Final

from segmenter.adapters.byte_blocks import ByteBlocks
from segmenter.adapters.loop_thread import LoopThread
from segmenter.domain.ports import ByteSource

BLOCK_BYTES: Final = 2**20
_AHEAD: Final = 2
_KEEP: Final = 8  # FFmpeg goes back to places it has been: an index at the end, a block again after probing


class RangeFile:
    """Made on the event loop, read in `thread`. `failure` is what a read raised, if one did."""

    def __init__(self, source: ByteSource, thread: LoopThread) -> None:
        self._size = source.size_bytes
        self._thread = thread
        self._blocks = ByteBlocks(source, BLOCK_BYTES, ahead=_AHEAD, keep=_KEEP)
        self._position = 0
        self._k = -1  # of the block in hand
        self._block = b""
        self.failure: BaseException | None = None

    def read(self, count: int) -> bytes:
        """At most `count` bytes and never across a block's border; empty at the end of the object."""
        k, start = divmod(self._position, BLOCK_BYTES)
        if k != self._k:
            self._block, self._k = self._fetch(k), k
        data = self._block[start : start + count]
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = max(0, offset + (0, self._position, self._size)[whence])
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def check(self) -> None:
        """Raises: what a read raised; Stopped when the thread is to end."""
        if self.failure is not None:
            raise self.failure
        self._thread.check()

    async def aclose(self) -> None:
        await self._blocks.aclose()

    def _fetch(self, k: int) -> bytes:
        try:
            return self._thread.call(lambda: self._blocks.get(k))
        except BaseException as failure:
            self.failure = failure
            raise
