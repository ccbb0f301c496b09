"""How an archive's bytes lie, found in one pass over its members, of which none is kept. Pure: no content is read.

The first pass gives the size; later ones make any range, also in another process, as long as the members are the same:

    builder = LayoutBuilder(Container.ZIP)
    async for member in members_from(0):
        builder.add(member)
    layout = builder.finish()
    for walk in layout.walks(first, last):
        async for member in members_from(walk.first_member):
            for piece in walk.feed(member):
                ...  # bytes, or a part of this member's content
            if walk.done:
                break
        walk.finish()
    ...  # layout.ending(first, last)
"""

from gateway.archives.layout.members import Container, Member, MemberRefused, check
from gateway.archives.layout.places import FIRST_PLACE, RECORDS, Checkpoints, Place, place_after
from gateway.archives.layout.unique_names import UniqueNames
from gateway.archives.layout.walks import DirectoryWalk, Walk


class DuplicateName(MemberRefused):
    """Two members have one name, or names that a file system may take for the same."""


class Layout:
    """Where everything is in an archive of `member_count` members and `size_bytes` bytes."""

    def __init__(self, container: Container, checkpoints: Checkpoints, end: Place) -> None:
        self._records = RECORDS[container]
        self._checkpoints = checkpoints
        self._end = end
        self._walked_bytes = end.offset + end.entry
        self._ending = self._records.ending(end.member_index, end.offset, end.entry)
        self.container = container
        self.member_count = end.member_index
        self.size_bytes = self._walked_bytes + len(self._ending)

    def walks(self, first: int, last: int) -> tuple[Walk, ...]:
        """What makes bytes `first` to `last` (zero-based, inclusive) up to the ending: one after another, at most two.

        Raises: ValueError where there are no such bytes.
        """
        self._check(first, last)
        kinds = ((Walk, 0, self._end.offset), (DirectoryWalk, self._end.offset, self._walked_bytes))
        return tuple(
            kind(self._records, self._checkpoints, self._end, max(first, begin), min(last, end - 1))
            for kind, begin, end in kinds
            if max(first, begin) < min(last + 1, end)
        )

    def ending(self, first: int, last: int) -> bytes:
        """What of bytes `first` to `last` follows all walks: at most 10,752 bytes, and no member is needed for them.

        Raises: ValueError where there are no such bytes.
        """
        self._check(first, last)
        begin = self._walked_bytes
        return self._ending[max(first - begin, 0) : max(last + 1 - begin, 0)]

    def _check(self, first: int, last: int) -> None:
        if not 0 <= first <= last < self.size_bytes:
            raise ValueError(f"no bytes of {self.size_bytes}: {first} to {last}")


class LayoutBuilder:
    """The first pass: `add` every member in order, then `finish`."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._records = RECORDS[container]
        self._place = FIRST_PLACE
        self._checkpoints = Checkpoints()
        self._names = UniqueNames()

    def add(self, member: Member) -> None:
        """Raises: MemberRefused; DuplicateName."""
        check(member)
        if not self._names.add(member.name):
            raise DuplicateName(f"two members of one name: {member.name!r}")
        self._checkpoints.note(self._place)
        self._place = place_after(self._place, member, self._records)

    def finish(self) -> Layout:
        """Add nothing afterwards."""
        return Layout(self._container, self._checkpoints, self._place)
