"""How the gateway leaves: not ready first, so that balancers send no more; then deaf; then quiet.

From SIGTERM on `/readyz` is 503 and everything is served as before, for as long as balancers need to see it. Then no
new connection is taken, requests under way are answered, and an upload that still comes is told to go elsewhere.
"""

import asyncio
from socket import socket
from time import monotonic
from types import FrameType
from typing import Final

import uvicorn

from gateway.shutdown import Leaving

GRACE_SECONDS: Final = 5  # more than any request waits that is not an upload
LAST_WORDS_SECONDS: Final = 2  # of these, for telling uploads that they are broken off, and removing what they left


class Server(uvicorn.Server):
    """Stays for `drain_seconds` after the first signal; a second one ends that."""

    def __init__(self, config: uvicorn.Config, leaving: Leaving, drain_seconds: float) -> None:
        super().__init__(config)
        self._leaving, self._drain_seconds = leaving, drain_seconds
        self._signal: tuple[int, FrameType | None] | None = None
        self._leave_at = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._signal is not None or self._drain_seconds == 0:
            super().handle_exit(sig, frame)
        else:
            self._signal, self._leave_at = (sig, frame), monotonic() + self._drain_seconds
        self._leaving.asked = True

    async def on_tick(self, counter: int) -> bool:
        """Called by uvicorn ten times a second."""
        if self._signal is not None and not self.should_exit and monotonic() >= self._leave_at:
            super().handle_exit(*self._signal)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(GRACE_SECONDS - LAST_WORDS_SECONDS, self._leaving.break_off)
        await super().shutdown(sockets)
