"""The members of an archive, zip or tar, as one sequence; every name is checked before a byte is written."""

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from cuecutter.cli.errors import CliError
from cuecutter.cli.printing import printable

_PIECE_BYTES: Final = 1 << 20
_MOST_CHARS: Final = 255  # of one part of a name; no file system takes more
_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_SPECIAL: Final = frozenset('\\:<>"|?*')
# Names that Windows gives to devices, with any ending.
_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)


@dataclass(frozen=True)
class Member:
    """A file: its path as parts, every one of them harmless, and its bytes as they are written down there."""

    parts: tuple[str, ...]
    size: int
    _handle: "zipfile.ZipInfo | tarfile.TarInfo"


class Archive:
    """An open archive. `members` are in its order."""

    def __init__(self, opened: "zipfile.ZipFile | tarfile.TarFile") -> None:
        self._opened = opened
        self.members: list[Member] = list(_checked(opened))

    def pieces(self, member: Member) -> Iterator[bytes]:
        """The member's bytes. Raises: CliError where they are fewer than announced or not those of its CRC."""
        count = 0
        with self._open(member) as content:
            while piece := content.read(_PIECE_BYTES):
                count += len(piece)
                yield piece
        if count != member.size:
            raise damaged(f"{printable('/'.join(member.parts))} has {count} bytes instead of {member.size}")

    def _open(self, member: Member) -> IO[bytes]:
        if isinstance(self._opened, zipfile.ZipFile):
            assert isinstance(member._handle, zipfile.ZipInfo)
            return self._opened.open(member._handle)
        assert isinstance(member._handle, tarfile.TarInfo)
        content = self._opened.extractfile(member._handle)
        assert content is not None  # only files are members
        return content


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Raises: CliError for what is no archive, a damaged one, or one with a name that could lead elsewhere; OSError."""
    try:
        with zipfile.ZipFile(file) if _is_zip(file) else tarfile.open(file, "r:") as archive:
            content = Archive(archive)
            _refuse_more_than_itself(file, content)
            yield content
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, RuntimeError) as exc:
        raise damaged(printable(str(exc)).rstrip(".")) from exc


def damaged(why: str) -> CliError:
    """The archive's bytes are not what they should be."""
    remedy = "Delete it and run the same command again, which downloads it anew."
    return CliError("archive-damaged", f"The archive is damaged: {why}.", remedy)


def _is_zip(file: Path) -> bool:
    """By its first bytes: a tar may hold anything further on."""
    with file.open("rb") as content:
        return content.read(4) in _ZIP_STARTS


def _refuse_more_than_itself(file: Path, content: Archive) -> None:
    """Our archives store files as they are, so what unpacks to more was made to fill a disk."""
    if sum(member.size for member in content.members) > file.stat().st_size:
        raise _hostile("", "unpacks to more than the archive holds")


def _checked(opened: "zipfile.ZipFile | tarfile.TarFile") -> Iterator[Member]:
    seen: set[tuple[str, ...]] = set()
    for name, size, kind, handle in _listed(opened):
        if kind == "folder":
            continue  # made where a file needs it
        parts = tuple(name.split("/"))
        if why := _why_not(parts, kind) or ("is there twice" if parts in seen else None):
            raise _hostile(name, why)
        seen.add(parts)
        yield Member(parts, size, handle)


def _listed(
    opened: "zipfile.ZipFile | tarfile.TarFile",
) -> Iterator[tuple[str, int, str, "zipfile.ZipInfo | tarfile.TarInfo"]]:
    if isinstance(opened, zipfile.ZipFile):
        for info in opened.infolist():
            # `orig_filename` is what stands in the archive: `filename` was already made harmless, and so another.
            yield info.orig_filename, info.file_size, _zip_kind(info), info
    else:
        for entry in opened.getmembers():
            kind = "file" if entry.isreg() else "folder" if entry.isdir() else "link" if _is_link(entry) else "device"
            yield entry.name, entry.size, kind, entry


def _zip_kind(info: zipfile.ZipInfo) -> str:
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode == stat.S_IFLNK:
        return "link"
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "device"
    return "folder" if info.orig_filename.endswith("/") else "file"


def _is_link(entry: tarfile.TarInfo) -> bool:
    return entry.issym() or entry.islnk()


def _why_not(parts: tuple[str, ...], kind: str) -> str | None:
    if kind != "file":
        return f"is a {kind}"
    for part in parts:
        if part in ("", ".", ".."):
            return "leads to another folder"
        if part[-1] in " ." or any(char in _SPECIAL or not char.isprintable() for char in part):
            return "has a character that some system takes for more than a letter"
        if len(part.encode("utf-8", "surrogateescape")) > _MOST_CHARS or part.split(".")[0].lower() in _DEVICES:
            return "is a name that some system can't store"
    return None


def _hostile(name: str, why: str) -> CliError:
    remedy = "Nothing of it was unpacked. Ask whoever runs the server what it sent."
    shown = f": {printable(name)}" if name else ""
    return CliError("archive-hostile", f"A member of the archive {why}{shown}.", remedy)
