"""Where members begin, and which of these places are remembered. Pure.

Of any number of members at most `MOST_CHECKPOINTS` places are kept, evenly spread, so that a layout takes as much
memory for a million members as for a thousand.
"""

from bisect import bisect_right
from collections.abc import Mapping
from operator import attrgetter
from typing import Final, NamedTuple, Protocol

from gateway.archives.layout import tar_records, zip_records
from gateway.archives.layout.members import Container, Member

MOST_CHECKPOINTS: Final = 1_024


class Records(Protocol):
    """How one container writes what is around the contents. Sizes are exact, and known without making the bytes."""

    def span_bytes(self, member: Member) -> int:
        """What `head`, content and `padding` take together."""

    def entry_bytes(self, member: Member, offset: int) -> int:
        """What `entry` takes."""

    def head(self, member: Member) -> bytes:
        """What is in front of the content."""

    def padding(self, member: Member) -> bytes:
        """What follows the content."""

    def entry(self, member: Member, offset: int) -> bytes:
        """What the directory, which follows all members, says of one whose head is at byte `offset`."""

    def ending(self, count: int, directory: int, directory_bytes: int) -> bytes:
        """What follows the directory, which begins at byte `directory` and has `count` entries."""


RECORDS: Final[Mapping[Container, Records]] = {Container.ZIP: zip_records, Container.TAR: tar_records}


class Place(NamedTuple):
    """Where a member's head begins in the archive, and its entry in the directory. All three count from 0."""

    member_index: int
    offset: int
    entry: int


FIRST_PLACE: Final = Place(0, 0, 0)


def place_after(place: Place, member: Member, records: Records) -> Place:
    """Where the next member begins, if this one does at `place`."""
    index, offset, entry = place
    return Place(index + 1, offset + records.span_bytes(member), entry + records.entry_bytes(member, offset))


class Checkpoints:
    """The places of every `step`-th member, from the first one on."""

    def __init__(self) -> None:
        self.step = 1
        self._places: list[Place] = []

    def note(self, place: Place) -> None:
        """Call it for every member, in order."""
        if place.member_index % self.step:
            return
        if len(self._places) == MOST_CHECKPOINTS:
            # The place in hand is an even multiple of the old step, so it is one of the new ones.
            del self._places[1::2]
            self.step *= 2
        self._places.append(place)

    def at(self, index: int) -> Place | None:
        """The place of member `index`, where it is one that is kept."""
        which, between = divmod(index, self.step)
        return None if between or which >= len(self._places) else self._places[which]

    def before(self, offset: int) -> Place:
        """The last place kept that is not after byte `offset` of the archive."""
        return self._places[bisect_right(self._places, offset, key=attrgetter("offset")) - 1]

    def before_entry(self, entry: int) -> Place:
        """The last place kept whose entry is not after byte `entry` of the directory."""
        return self._places[bisect_right(self._places, entry, key=attrgetter("entry")) - 1]
