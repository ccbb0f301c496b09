"""Reads a byte source in large blocks, ahead of its reader, and keeps few of them.

Each block is fetched once however many ask for it at the same time; one that failed is asked for anew.
"""

import asyncio
from collections import OrderedDict

from segmenter.domain.ports import ByteSource


class ByteBlocks:
    """Block k is the bytes `origin + k * block_bytes` …; `ahead` blocks behind the wanted one are fetched with it.

    Nothing is fetched before byte `begin` or from byte `end` on, by default the source's; the blocks there are shorter.
    At most `keep` blocks stay in memory, beside those being fetched. For one event loop.
    """

    def __init__(
        self,
        source: ByteSource,
        block_bytes: int,
        *,
        origin: int = 0,
        begin: int = 0,
        end: int | None = None,
        ahead: int,
        keep: int,
    ) -> None:
        self._source, self._block_bytes, self._origin, self._begin = source, block_bytes, origin, begin
        self._end = source.size_bytes if end is None else min(end, source.size_bytes)
        self._ahead, self._keep = ahead, keep
        self._tasks: OrderedDict[int, asyncio.Task[bytes]] = OrderedDict()  # least recently wanted first

    async def get(self, k: int) -> bytes:
        """The whole block, or what there is of it between beginning and end; empty beyond."""
        # The task may be somebody else's too, so giving up here must not cancel it.
        block = await asyncio.shield(self._want(k))
        # Not sooner: whoever waits for the first block of all should not share the line with the second.
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
        first, end = max(self._start(k), self._begin), min(self._start(k + 1), self._end)
        return await self._source.get_range(first, end - first) if first < end else b""

    def _start(self, k: int) -> int:
        return self._origin + k * self._block_bytes

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
