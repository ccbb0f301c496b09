"""What a format is: which files an archive has, and what is in those that are made of all clips. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.layout.members import Container

File = tuple[str, bytes | None]  # its path inside the archive, and its bytes; None: the slice itself


class Table(Struct, frozen=True):
    """`name` in the archive; its bytes are `head`, then `line(clip)` of every clip in order, then `tail`.

    A line may be empty. Tables that follow one another with the same name are parts of one file.
    """

    name: str
    head: bytes
    line: Callable[[Clip], bytes]
    tail: bytes = b""


class Format(Protocol):
    """How one trainer's archive is laid out. Paths are relative to the archive's folder."""

    @property
    def name(self) -> str:
        """As requests name it."""

    @property
    def container(self) -> Container: ...

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        """The members of one clip in order."""

    def tables(self, overview: Overview) -> Sequence[Table]:
        """Members that are made of all clips, in order: they come after the clips' own."""


def table_files(tables: Iterable[Table]) -> Iterator[tuple[str, Sequence[Table]]]:
    """Each file that tables make: its name, and the tables whose bytes follow one another in it."""
    for name, parts in groupby(tables, attrgetter("name")):
        yield name, tuple(parts)


def fixed(name: str, content: bytes) -> Table:
    """A file that no clip changes."""
    return Table(name, content, lambda clip: b"")


def of_part(overview: Overview, validation: bool, line: Callable[[Clip], bytes]) -> Callable[[Clip], bytes]:
    """`line` for clips of one part; of all clips where the archive has no parts."""
    if not overview.is_split:
        return line
    return lambda clip: line(clip) if clip.validation == validation else b""
