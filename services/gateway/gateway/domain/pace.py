"""How fast a client sends, measured only while the gateway waits for it.

The time in which the client waits for the gateway, because the store is slow or others are served, does not count.
"""

from typing import Self

from msgspec import Struct


class MinRate(Struct, frozen=True):
    """What an upload must send on average over each window. Zero only requires that something is sent."""

    bytes_per_second: int
    window_seconds: float


class Pace(Struct, frozen=True):
    """What was received since the current window began, and how long the gateway waited for it."""

    minimum: MinRate
    waited_seconds: float = 0.0
    received_bytes: int = 0

    @property
    def timeout_seconds(self) -> float:
        """How long the client may be silent from now on. Never longer than one window."""
        enough = self.received_bytes >= self.minimum.bytes_per_second * self.minimum.window_seconds
        return self.minimum.window_seconds - (0.0 if enough else self.waited_seconds)

    @property
    def is_too_slow(self) -> bool:
        """Whether the window is over and brought too little."""
        return self._is_over and self._is_below_minimum(self.waited_seconds)

    def after(self, waited_seconds: float, received_bytes: int) -> Self:
        """Waited, then received. A window that brought enough is followed by an empty one."""
        now = type(self)(self.minimum, self.waited_seconds + waited_seconds, self.received_bytes + received_bytes)
        return type(self)(self.minimum) if now._is_over and not now.is_too_slow else now

    def is_slow(self, silent_seconds: float, grace_seconds: float) -> bool:
        """Whether the client, silent for so long by now, has been slow for `grace_seconds`: its upload may be evicted
        when the memory is needed.
        """
        waited_seconds = self.waited_seconds + silent_seconds
        if silent_seconds >= grace_seconds:
            return True
        return waited_seconds >= grace_seconds and self._is_below_minimum(waited_seconds)

    @property
    def _is_over(self) -> bool:
        return self.waited_seconds >= self.minimum.window_seconds

    def _is_below_minimum(self, waited_seconds: float) -> bool:
        return self.received_bytes < self.minimum.bytes_per_second * waited_seconds
