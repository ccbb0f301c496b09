"""Which uploads are admitted: as many as the memory set aside for them can hold, and of each user a few.

An upload that was admitted has a slot, and may hold the memory that its slot reserves. Where the memory is used up, an
upload whose client has been slow for a while is evicted for the new one; if there is none, the new one is rejected.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.pace import MinRate, Pace
from gateway.errors import TooManyUploads, UploadsFull

GRACE_SECONDS: Final = 10.0  # how long a client may be slow while its memory is needed for another upload


def _nothing() -> None:
    """What evicting a slot calls before its upload has begun to read."""


@dataclass(slots=True, eq=False)
class Slot:
    """One upload. `waiting_since` is the time since which the gateway waits for its client; None while it does not.

    Eviction calls `on_evict`, and sets `is_evicted`.
    """

    user_id: str
    reserved_bytes: int
    pace: Pace
    waiting_since: float | None = None
    is_evicted: bool = False
    on_evict: Callable[[], None] = field(default=_nothing)

    def begin_waiting(self, now: float) -> None:
        self.waiting_since = now

    def end_waiting(self, now: float, received_bytes: int) -> None:
        if self.waiting_since is not None:
            self.pace = self.pace.after(now - self.waiting_since, received_bytes)
        self.waiting_since = None

    def is_slow(self, now: float) -> bool:
        return self.waiting_since is not None and self.pace.is_slow(now - self.waiting_since, GRACE_SECONDS)


class Admission:
    """All slots of one process. Times in seconds, of one monotonic clock; sizes in bytes."""

    def __init__(self, capacity_bytes: int, per_user: int, min_rate: MinRate) -> None:
        self._capacity_bytes, self._per_user, self._min_rate = capacity_bytes, per_user, min_rate
        self._slots: list[Slot] = []

    @property
    def uploads(self) -> int:
        return len(self._slots)

    @property
    def reserved_bytes(self) -> int:
        return sum(slot.reserved_bytes for slot in self._slots)

    def admit(self, user_id: str, size_bytes: int, now: float) -> Slot:
        """Raises: TooManyUploads of this user; UploadsFull where `size_bytes` can't be reserved."""
        own = [slot for slot in self._slots if slot.user_id == user_id]
        slow_own = _slowest(own, now) if len(own) >= self._per_user else []
        if len(own) >= self._per_user and not slow_own:
            raise TooManyUploads(f"You have {len(own)} uploads under way; there may be {self._per_user} at once.")
        self._evict_for(size_bytes, now, slow_own[:1])
        slot = Slot(user_id, size_bytes, Pace(self._min_rate))
        self._slots.append(slot)
        return slot

    def grow(self, slot: Slot, size_bytes: int, now: float) -> None:
        """Lets a slot reserve `size_bytes` in all, if it has less.

        Raises: UploadsFull.
        """
        more_bytes = size_bytes - slot.reserved_bytes
        if more_bytes > 0 and not slot.is_evicted:
            self._evict_for(more_bytes, now, [])
            slot.reserved_bytes = size_bytes

    def release(self, slot: Slot) -> None:
        """Frees the slot; one that was evicted is free already."""
        if slot in self._slots:
            self._slots.remove(slot)

    def _evict_for(self, size_bytes: int, now: float, chosen: list[Slot]) -> None:
        """Evicts `chosen`, and as few more slow ones as `size_bytes` need; none at all if all of them are not enough.

        Raises: UploadsFull.
        """
        free_bytes = self._capacity_bytes - self.reserved_bytes + sum(slot.reserved_bytes for slot in chosen)
        for slot in _slowest(self._slots, now):
            if free_bytes >= size_bytes:
                break
            if slot not in chosen:
                chosen = [*chosen, slot]
                free_bytes += slot.reserved_bytes
        if free_bytes < size_bytes:
            raise UploadsFull(f"{self.uploads} uploads are under way, and there is no memory for one more.")
        for slot in chosen:
            self._evict(slot)

    def _evict(self, slot: Slot) -> None:
        self._slots.remove(slot)
        slot.is_evicted = True
        slot.on_evict()


def _slowest(slots: Iterable[Slot], now: float) -> list[Slot]:
    """The slow ones, longest silent first."""
    return sorted((slot for slot in slots if slot.is_slow(now)), key=_waiting_since)


def _waiting_since(slot: Slot) -> float:
    assert slot.waiting_since is not None
    return slot.waiting_since
