"""The bytes of a part of an archive, made while its members pass by one after another. Pure.

A range of a zip file may need two walks: one for the members that it touches, one for their entries in the directory.
Each begins at a checkpoint, so that few members pass by before the first byte: of 100,000 at most 128.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gateway.archives.layout.members import Member
from gateway.archives.layout.places import Checkpoints, Place, Records, place_after


class MembersDiffer(Exception):
    """The members are not those that the archive was laid out from: other sizes, or not as many."""


class Content(NamedTuple):
    """Bytes `first` to `last` (zero-based, inclusive) of the content of member `member_index` (0-based)."""

    member_index: int
    first: int
    last: int

    @property
    def size_bytes(self) -> int:
        return self.last - self.first + 1


Piece = bytes | Content


class Walk:
    """Feed it the members from `first_member` on, in order, until it is `done`; then `finish` it.

    Bytes `first` to `last` are of the archive, inclusive, and not beyond what this walk is for.
    """

    def __init__(self, records: Records, checkpoints: Checkpoints, end: Place, first: int, last: int) -> None:
        self._records, self._checkpoints, self._end = records, checkpoints, end
        self._first, self._last = first, last
        self._place = self._start()
        self.first_member = self._place.member_index

    @property
    def next_member(self) -> int:
        """The index of the member that is to be fed next."""
        return self._place.member_index

    @property
    def done(self) -> bool:
        """All bytes were made: no further member is needed."""
        return self._begin(self._place) > self._last

    def feed(self, member: Member) -> list[Piece]:
        """What of this member belongs to the range: none, or up to three pieces, none of them empty.

        They may be short: an entry of the directory has about 80 bytes. Raises: MembersDiffer.
        """
        place = self._place
        following = self._place = self._checked(place_after(place, member, self._records))
        if self._begin(following) <= self._first or self._begin(place) > self._last:
            return []
        return list(self._within(self._begin(place), self._parts(place, member)))

    def finish(self) -> None:
        """Raises: MembersDiffer where the members ended before the walk was done."""
        if not self.done:
            there, laid_out = self._place.member_index, self._end.member_index
            raise MembersDiffer(f"there are {there} members, and {laid_out} were laid out")

    def _start(self) -> Place:
        return self._checkpoints.before(self._first)

    def _begin(self, place: Place) -> int:
        """The first byte that this walk makes for the member at `place`."""
        return place.offset

    def _parts(self, place: Place, member: Member) -> tuple[Piece, ...]:
        """All bytes that this walk makes for the member."""
        content = Content(place.member_index, 0, member.size_bytes - 1)
        return self._records.head(member), content, self._records.padding(member)

    def _checked(self, place: Place) -> Place:
        known = self._end if place.member_index >= self._end.member_index else self._checkpoints.at(place.member_index)
        if known not in (None, place):
            raise MembersDiffer(f"member {place.member_index} would begin at {place}, and was laid out at {known}")
        return place

    def _within(self, begin: int, parts: tuple[Piece, ...]) -> Iterator[Piece]:
        for part in parts:
            size = len(part) if isinstance(part, bytes) else part.size_bytes
            first, last = max(self._first - begin, 0), min(self._last - begin, size - 1)
            if first <= last:
                yield part[first : last + 1] if isinstance(part, bytes) else Content(part.member_index, first, last)
            begin += size


class DirectoryWalk(Walk):
    """The same for the directory, which follows the last member and has no contents."""

    def _start(self) -> Place:
        return self._checkpoints.before_entry(self._first - self._end.offset)

    def _begin(self, place: Place) -> int:
        return self._end.offset + place.entry

    def _parts(self, place: Place, member: Member) -> tuple[Piece, ...]:
        return (self._records.entry(member, place.offset),)
