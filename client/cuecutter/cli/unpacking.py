"""An archive becomes a folder, as a whole or not at all, and never a file outside of it.

It grows beside its place under a hidden name and is renamed at the end. When anything fails, what was written is
removed and the archive is left for the next try.
"""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from cuecutter.cli import members
from cuecutter.cli.errors import CliError
from cuecutter.cli.members import Archive, Member
from cuecutter.cli.printing import printable

_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
F5_TTS: Final = "f5-tts"
_F5_TABLES: Final = ("metadata.csv", "metadata_val.csv")
_F5_HEADER: Final = b"audio_file|text"


def folder_of(archive: Path) -> str:
    """The one folder that everything in the archive is in, as a name.

    Raises: CliError where there are several, or files beside it.
    """
    with members.opened(archive) as content:
        return _root(content.members)


def unpack(archive: Path, to: Path, form: str = "", aside: Path | None = None) -> None:
    """Makes the folder `to` of what the archive's one folder holds. What is called `to` before goes to `aside`, which
    must be free, at the last moment; without `aside` nothing may be called `to`.

    With the format `f5-tts`, its tables get the absolute path of the sounds in `to`: its reader takes no other, so
    that folder must not be moved afterwards.

    Raises: CliError. Nothing is left behind then, and the archive is untouched.
    """
    growing = to.with_name(f".{to.name}.unpacking")
    try:
        _remove(growing)
        with members.opened(archive) as content:
            root = _root(content.members)
            _write(content, growing / root)
        if form == F5_TTS:
            _make_paths_absolute(growing / root, to)
        _take_place(growing / root, to, aside)
    except OSError as exc:
        raise _failed(exc, to) from exc
    finally:
        _remove(growing)


def _root(found: Iterable[Member]) -> str:
    roots = {member.parts[0] if len(member.parts) > 1 else "" for member in found}
    if len(roots) != 1 or "" in roots:
        remedy = "Nothing of it was unpacked. Ask whoever runs the server what it sent."
        raise CliError("archive-hostile", "The archive is not one folder, as every archive of Cuecutter is.", remedy)
    return roots.pop()


def _write(content: Archive, root: Path) -> None:
    for member in content.members:
        place = root.joinpath(*member.parts[1:])
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as out:
            for piece in content.pieces(member):
                out.write(piece)


def _make_paths_absolute(root: Path, to: Path) -> None:
    sounds = os.fsencode(os.path.abspath(to / "wavs"))
    if any(char in sounds for char in b'|\n\r"'):
        remedy = "Choose an output folder without them; F5-TTS needs its path in a table."
        raise CliError("path-not-for-f5-tts", f"The path of {to.name} has a pipe, a quote or a line end.", remedy)
    for table in (root / name for name in _F5_TABLES):
        if table.exists():
            fresh = table.with_name(f".{table.name}")
            with table.open("rb") as lines, fresh.open("xb") as out:
                out.writelines(_with_folder(lines, sounds))
            fresh.replace(table)


def _with_folder(lines: Iterable[bytes], sounds: bytes) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        is_header = number == 0 and line.rstrip(b"\n") == _F5_HEADER
        yield line if is_header else sounds + b"/" + line


def _take_place(made: Path, to: Path, aside: Path | None) -> None:
    if os.path.lexists(to) and aside:
        to.rename(aside)
        try:
            made.rename(to)
        except OSError:
            aside.rename(to)
            raise
        return
    if os.path.lexists(to):
        remedy = "Move it away, or choose another name or output folder."
        raise CliError("folder-exists", f"{printable(to.name)} is there already.", remedy)
    made.rename(to)


def _failed(exc: OSError, to: Path) -> CliError:
    if exc.errno in _FULL:
        detail = f"There is no room to unpack {printable(to.name)}: {exc.strerror}."
        remedy = "Make room and run the same command again; the archive is kept and not downloaded again."
        return CliError("disk-full", detail, remedy)
    detail = f"{printable(to.name)} can't be unpacked: {exc.strerror}."
    return CliError("folder-unwritable", detail, "Look at the rights of the output folder, and run the command again.")


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
