"""Stops in three steps: not ready but serving, for `DRAIN_SECONDS`; not listening; uploads aborted."""

import asyncio
from socket import socket
from time import monotonic
from types import FrameType
from typing import Final

import uvicorn

from gateway.shutdown import Shutdown

GRACE_SECONDS: Final = 5  # longer than any request takes that is no upload
ABORT_SECONDS: Final = 2  # of these, for answering uploads that are aborted, and deleting what they stored


class Server(uvicorn.Server):
    """Drains for `drain_seconds` after the first signal; a second one ends that."""

    def __init__(self, config: uvicorn.Config, shutdown: Shutdown, drain_seconds: float) -> None:
        super().__init__(config)
        self._state, self._drain_seconds = shutdown, drain_seconds
        self._signal: tuple[int, FrameType | None] | None = None
        self._drained_at = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._signal is not None or self._drain_seconds == 0:
            super().handle_exit(sig, frame)
        else:
            self._signal, self._drained_at = (sig, frame), monotonic() + self._drain_seconds
        self._state.draining = True

    async def on_tick(self, counter: int) -> bool:
        """Called by uvicorn ten times a second."""
        if self._signal is not None and not self.should_exit and monotonic() >= self._drained_at:
            super().handle_exit(*self._signal)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(GRACE_SECONDS - ABORT_SECONDS, self._state.abort)
        await super().shutdown(sockets)
