"""Which uploads come in: as many as the memory set aside for them can hold, and of each user a few.

An upload in a place may hold what it has reserved and no more. Where there is no room, whoever has been slow for a
while loses their place to the newcomer; without such a one it is the newcomer who is refused.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.pace import LeastRate, Pace
from gateway.errors import NoRoom, TooManyUploads

GRACE_SECONDS: Final = 10.0  # how long a client may be slow while others are waiting for its place


def _nothing() -> None:
    """What a place calls that nobody works in yet."""


@dataclass(slots=True, eq=False)
class Place:
    """One upload. `silent_since` is the time from which its client is waited for; None while it is not.

    `end` is called when somebody else is given the place; `lost` says so afterwards.
    """

    user_id: str
    reserved_bytes: int
    pace: Pace
    silent_since: float | None = None
    lost: bool = False
    end: Callable[[], None] = field(default=_nothing)

    def await_client(self, now: float) -> None:
        self.silent_since = now

    def hear(self, now: float, received_bytes: int) -> None:
        if self.silent_since is not None:
            self.pace = self.pace.after(now - self.silent_since, received_bytes)
        self.silent_since = None

    def is_slow(self, now: float) -> bool:
        return self.silent_since is not None and self.pace.is_slow(now - self.silent_since, GRACE_SECONDS)


class Admission:
    """All places of one process. Times in seconds, of one monotonic clock; sizes in bytes."""

    def __init__(self, capacity_bytes: int, per_user: int, least: LeastRate) -> None:
        self._capacity_bytes, self._per_user, self._least = capacity_bytes, per_user, least
        self._places: list[Place] = []

    @property
    def uploads(self) -> int:
        return len(self._places)

    @property
    def reserved_bytes(self) -> int:
        return sum(place.reserved_bytes for place in self._places)

    def admit(self, user_id: str, size_bytes: int, now: float) -> Place:
        """Raises: TooManyUploads of this user; NoRoom for `size_bytes` more."""
        own = [place for place in self._places if place.user_id == user_id]
        slow_own = _slowest(own, now) if len(own) >= self._per_user else []
        if len(own) >= self._per_user and not slow_own:
            raise TooManyUploads(f"You have {len(own)} uploads under way; there may be {self._per_user} at once.")
        self._make_room(size_bytes, now, slow_own[:1])
        place = Place(user_id, size_bytes, Pace(self._least))
        self._places.append(place)
        return place

    def grow(self, place: Place, size_bytes: int, now: float) -> None:
        """Lets a place have `size_bytes` in all, if it has less.

        Raises: NoRoom.
        """
        more_bytes = size_bytes - place.reserved_bytes
        if more_bytes > 0 and not place.lost:
            self._make_room(more_bytes, now, [])
            place.reserved_bytes = size_bytes

    def leave(self, place: Place) -> None:
        """Gives the place back; a place that is lost has been given away already."""
        if place in self._places:
            self._places.remove(place)

    def _make_room(self, size_bytes: int, now: float, leaving: list[Place]) -> None:
        """Ends `leaving`, and as few of the slow ones as it takes; none at all where even that is not enough."""
        free_bytes = self._capacity_bytes - self.reserved_bytes + sum(place.reserved_bytes for place in leaving)
        for place in _slowest(self._places, now):
            if free_bytes >= size_bytes:
                break
            if place not in leaving:
                leaving = [*leaving, place]
                free_bytes += place.reserved_bytes
        if free_bytes < size_bytes:
            raise NoRoom(f"{self.uploads} uploads are under way, and there is no memory for one more.")
        for place in leaving:
            self._take_away(place)

    def _take_away(self, place: Place) -> None:
        self._places.remove(place)
        place.lost = True
        place.end()


def _slowest(places: Iterable[Place], now: float) -> list[Place]:
    """Those that are slow, who has been silent longest first."""
    return sorted((place for place in places if place.is_slow(now)), key=_silent_since)


def _silent_since(place: Place) -> float:
    assert place.silent_since is not None
    return place.silent_since
