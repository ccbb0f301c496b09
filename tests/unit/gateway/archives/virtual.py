"""Virtual archives read as files are, for programs that know nothing of us. Contents are computed, never held."""

import io
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from gateway.archives.layout.layout import Layout, LayoutBuilder
from gateway.archives.layout.members import Container, Member
from gateway.archives.layout.walks import Content, Piece

Contents = Callable[[Content], bytes]
GIB = 2**30


def laid_out(container: Container, members: Iterable[Member]) -> Layout:
    builder = LayoutBuilder(container)
    for member in members:
        builder.add(member)
    return builder.finish()


def file(name: str, content: bytes) -> Member:
    return Member(name, len(content), zlib.crc32(content))


def pieces(layout: Layout, members: Sequence[Member], first: int, last: int) -> Iterator[Piece]:
    for walk in layout.walks(first, last):
        for index in range(walk.first_member, len(members)):
            yield from walk.feed(members[index])
            if walk.done:
                break
        walk.finish()
    yield layout.ending(first, last)


def bytes_of(
    layout: Layout, members: Sequence[Member], contents: Contents, first: int = 0, last: int | None = None
) -> bytes:
    """Bytes `first` to `last`, inclusive; to the end without `last`."""
    asked = pieces(layout, members, first, layout.size_bytes - 1 if last is None else last)
    return b"".join(piece if isinstance(piece, bytes) else contents(piece) for piece in asked)


def size_of(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece.size_bytes


def held(contents: Sequence[bytes]) -> Contents:
    return lambda piece: contents[piece.member_index][piece.first : piece.last + 1]


def zeros(piece: Content) -> bytes:
    return bytes(piece.size_bytes)


class VirtualFile(io.RawIOBase):
    """What a client with Range requests sees: any part, in any order."""

    def __init__(self, layout: Layout, members: Sequence[Member], contents: Contents) -> None:
        self._layout, self._members, self._contents = layout, members, contents
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._layout.size_bytes}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._layout.size_bytes if size < 0 else min(self._at + size, self._layout.size_bytes)
        if end <= self._at:
            return b""
        read = bytes_of(self._layout, self._members, self._contents, self._at, end - 1)
        self._at = end
        return read


def content_of(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    extracted = archive.extractfile(info)
    assert extracted is not None
    return extracted.read()


def write_sparse(path: Path, layout: Layout, members: Sequence[Member]) -> Path:
    """All of an archive whose contents are zeros, which take no place on the disk."""
    with path.open("wb") as target:
        for piece in pieces(layout, members, 0, layout.size_bytes - 1):
            _write(target, piece)
        target.truncate(target.tell())
    assert path.stat().st_size == layout.size_bytes
    return path


def _write(target: BinaryIO, piece: Piece) -> None:
    if isinstance(piece, bytes):
        target.write(piece)
    else:
        target.seek(piece.size_bytes, io.SEEK_CUR)
