"""One thread that does blocking work beside the event loop and may await the loop's coroutines from there.

`stop` always ends it: the thread is woken from whatever coroutine it waits for and gets `Stopped`.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

T = TypeVar("T")

_LOOP_CHECK_SECONDS = 1.0  # a thread waiting for a loop that was closed beneath it must notice


class Stopped(Exception):
    """The thread is to end; nothing went wrong."""


class LoopThread:
    """A thread of its own, not one of the loop's few: it lives as long as a recording is read."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="audio")
        self._lock = threading.Lock()
        self._stopped = False
        self._pending: Future[Any] | None = None
        self._work: Future[Any] | None = None

    def start(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Runs `work`, once per LoopThread; its outcome is the future's."""
        future = self._executor.submit(work)
        self._executor.shutdown(wait=False)  # takes no more, and lets its thread end with the work
        self._work = future
        return asyncio.wrap_future(future)

    def call(self, coroutine: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """For the thread: awaits the coroutine on the event loop.

        Raises: Stopped; what the coroutine raises.
        """
        with self._lock:
            self.check()
            future = asyncio.run_coroutine_threadsafe(coroutine(), self._loop)
            self._pending = future
        while not wait([future], _LOOP_CHECK_SECONDS).done:
            if self._loop.is_closed():
                raise Stopped
        try:
            return future.result()
        except CancelledError as cancelled:
            raise Stopped from cancelled

    def check(self) -> None:
        """Raises: Stopped when the thread is to end."""
        if self._stopped or self._loop.is_closed():
            raise Stopped

    async def stop(self) -> None:
        """Returns when the thread has ended; how its work ended is the business of who awaits `start`."""
        with self._lock:
            self._stopped = True
            pending = self._pending
        if pending is not None:
            pending.cancel()
        if self._work is not None:
            await asyncio.gather(asyncio.wrap_future(self._work), return_exceptions=True)
            self._executor.shutdown()  # the thread has only to return
