"""Reads a byte source in large blocks, ahead of its reader, and keeps few of them.

A block is fetched once, however many callers want it at the same time; one that failed is fetched again when wanted.
"""

import asyncio
from collections import OrderedDict

from segmenter.domain.ports import ByteSource


class ByteBlocks:
    """The bytes from `begin` to before `end` (by default the source's) in blocks of `block_bytes`, counted from 0.

    The first block has `first_block_bytes`, by default as many as the others; the last one ends at `end`. The `ahead`
    blocks after the wanted one are fetched too. At most `keep` blocks stay in memory, besides those being fetched.
    For one event loop.
    """

    def __init__(
        self,
        source: ByteSource,
        block_bytes: int,
        *,
        first_block_bytes: int | None = None,
        begin: int = 0,
        end: int | None = None,
        ahead: int,
        keep: int,
    ) -> None:
        self._source, self._block_bytes, self._begin = source, block_bytes, begin
        self._second = begin + (block_bytes if first_block_bytes is None else first_block_bytes)
        self._end = source.size_bytes if end is None else min(end, source.size_bytes)
        self._ahead, self._keep = ahead, keep
        self._tasks: OrderedDict[int, asyncio.Task[bytes]] = OrderedDict()  # least recently wanted first

    async def get(self, k: int) -> bytes:
        """The whole block, or what there is of it before the end; empty after the end."""
        # Other callers may wait for the same task, so cancelling this one must not cancel it.
        block = await asyncio.shield(self._want(k))
        # Not sooner: the first block of all, which a caller waits for, should not share the connection with the second.
        for following in range(k + 1, k + 1 + self._ahead):
            if self._start(following) < self._end:
                self._want(following)
        self._trim()
        return block

    async def aclose(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _want(self, k: int) -> asyncio.Task[bytes]:
        if k not in self._tasks:
            task = self._tasks[k] = asyncio.create_task(self._fetch(k))
            task.add_done_callback(lambda done: self._forget_failed(k, done))
        self._tasks.move_to_end(k)
        return self._tasks[k]

    async def _fetch(self, k: int) -> bytes:
        first, end = self._start(k), min(self._start(k + 1), self._end)
        return await self._source.get_range(first, end - first) if first < end else b""

    def _start(self, k: int) -> int:
        return self._second + (k - 1) * self._block_bytes if k else self._begin

    def _forget_failed(self, k: int, task: asyncio.Task[bytes]) -> None:
        failed = task.cancelled() or task.exception() is not None
        if failed and self._tasks.get(k) is task:
            del self._tasks[k]

    def _trim(self) -> None:
        for k in list(self._tasks):
            if len(self._tasks) <= self._keep:
                return
            if self._tasks[k].done():
                del self._tasks[k]
