"""Ctrl-C, SIGTERM and SIGHUP counted as requests to stop, which are read where it is safe to stop.

An exception out of a signal handler could strike between starting a child and remembering it; a counter cannot. The
death of a child wakes a sleeper too.
"""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Final, Self

from stack.errors import StopAsked

_STOP: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequests:
    """Counts the requests to stop while it is entered, in the main thread. A second one means: at once."""

    def __init__(self) -> None:
        self.count = 0
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        self._wakeup_before = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in _STOP:
            # nohup asks us to ignore SIGHUP. An ignored SIGINT is only what a shell does to background jobs.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._count)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _only_wake)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self._reader)
        os.close(self._writer)

    def pause(self, seconds: float) -> None:
        """Sleeps until a signal comes, at most `seconds`."""
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)

    def check(self) -> None:
        """Raises: StopAsked once a signal has asked."""
        if self.count:
            raise StopAsked("asked to stop")

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1


def _only_wake(_number: int, _frame: FrameType | None) -> None:
    """SIGCHLD without a handler would not write into the wakeup descriptor."""
