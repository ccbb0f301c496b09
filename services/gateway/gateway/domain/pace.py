"""How fast a client sends, measured only while the gateway waits for it.

The time in which the gateway makes the client wait, because the store is slow or others are served, counts for nothing.
"""

from typing import Self

from msgspec import Struct


class LeastRate(Struct, frozen=True):
    """What an upload must bring on average over each window. Zero asks for a sign of life only."""

    bytes_per_second: int
    window_seconds: float


class Pace(Struct, frozen=True):
    """What has come since the window under way began, and how long it was waited for."""

    least: LeastRate
    waited_seconds: float = 0.0
    received_bytes: int = 0

    @property
    def patience_seconds(self) -> float:
        """How long the client may be silent from now on. Never longer than one window."""
        enough = self.received_bytes >= self.least.bytes_per_second * self.least.window_seconds
        return self.least.window_seconds - (0.0 if enough else self.waited_seconds)

    @property
    def is_too_slow(self) -> bool:
        """Whether the window is over and brought too little."""
        return self._over and self._is_below_least(self.waited_seconds)

    def after(self, waited_seconds: float, received_bytes: int) -> Self:
        """Waited, then received. A window that ends well is followed by an empty one."""
        now = type(self)(self.least, self.waited_seconds + waited_seconds, self.received_bytes + received_bytes)
        return type(self)(self.least) if now._over and not now.is_too_slow else now

    def is_slow(self, silent_seconds: float, grace_seconds: float) -> bool:
        """Whether the client, silent for so long by now, was slow for `grace_seconds` already: who needs its place more
        may have it.
        """
        waited_seconds = self.waited_seconds + silent_seconds
        if silent_seconds >= grace_seconds:
            return True
        return waited_seconds >= grace_seconds and self._is_below_least(waited_seconds)

    @property
    def _over(self) -> bool:
        return self.waited_seconds >= self.least.window_seconds

    def _is_below_least(self, waited_seconds: float) -> bool:
        return self.received_bytes < self.least.bytes_per_second * waited_seconds
