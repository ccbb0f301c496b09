"""What has been done in an output folder, so that the next call does only what is missing: `.cuecutter.json` in it.

The sha256 of recording, transcript and options decides, never a name or a date: a file that moved is known again, and
one that changed is not. The file is replaced as a whole, so that a crash leaves the one before. It is a memory and no
truth: without it, datasets are found on the server by the same sha256.
"""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from cuecutter.cli.errors import CliError

FILE: Final = ".cuecutter.json"


class Known(Struct):
    """A pair that was uploaded: the dataset it became, and its name then."""

    dataset: str
    name: str


class Unpacked(Struct):
    """An archive, unpacked into `folder`. `archive` is what it was made of (`archive_key`), `files` the folder's
    print then (`print_of`).
    """

    archive: str
    files: str
    folder: str
    format: str


class State(Struct):
    """`pairs` by `pair_key`, `folders` by the name that the archive was asked for with; ids are those of `server`."""

    version: int = 1
    server: str = ""
    pairs: dict[str, Known] = field(default_factory=dict)
    folders: dict[str, Unpacked] = field(default_factory=dict)


def load(folder: Path, server: str) -> tuple[State, str | None]:
    """The state in `folder` for this server, and a word where it had to begin anew.

    Raises: CliError where the file can't be read at all.
    """
    file = folder / FILE
    try:
        state = msgspec.json.decode(file.read_bytes(), type=State)
    except FileNotFoundError:
        return State(server=server), None
    except (msgspec.DecodeError, UnicodeDecodeError):
        kept = _set_aside(file)
        return State(server=server), f"{FILE} was damaged and is now {kept}; what is done is asked of the server"
    except OSError as exc:
        raise CliError("state-unreadable", f"{FILE} can't be read: {exc.strerror}.", f"Look at {file}.") from exc
    if state.version != 1:
        remedy = "Update cuecutter, or choose another output folder."
        raise CliError("state-too-new", f"{FILE} is of a later cuecutter (version {state.version}).", remedy)
    if state.server != server:
        # Folders are compared by what they were made of, so they stay known; ids of another server mean nothing.
        return State(server=server, folders=state.folders), f"{FILE} is of another server; its datasets are not there"
    return state, None


def save(folder: Path, state: State) -> None:
    """Replaces the file. Raises: CliError where it can't be written; the one before is still there then."""
    file = folder / FILE
    fresh = file.with_name(f"{FILE}.new")
    try:
        with fresh.open("wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(state)))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError as exc:
        with suppress(OSError):
            fresh.unlink()
        remedy = "Make room or change the rights of the output folder, and run the same command again."
        raise CliError("state-unwritable", f"{FILE} can't be written: {exc.strerror}.", remedy) from exc


def pair_key(audio: Path, transcript: Path, options: Mapping[str, Any]) -> str:
    """sha256, in hex, of the two files' content and the options; of all bytes, so it takes a second for each GB.

    Raises: OSError.
    """
    parts = [_sha256(audio), _sha256(transcript), msgspec.json.encode(dict(sorted(options.items())))]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def archive_key(datasets: list[tuple[str, str, int]], form: str, parameters: Mapping[str, Any]) -> str:
    """Equal for archives of equal bytes. A dataset is its id, its name, and the run whose result is taken."""
    return hashlib.sha256(msgspec.json.encode([datasets, form, sorted(parameters.items())])).hexdigest()


def print_of(folder: Path) -> str:
    """Changes when anybody adds, removes or writes a file in `folder`; sizes and times decide, no byte is read."""
    lines = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            found = os.lstat(path)
            lines.append((os.fsencode(os.path.relpath(path, folder)).hex(), found.st_size, found.st_mtime_ns))
    lines.sort()
    return hashlib.sha256(msgspec.json.encode(lines)).hexdigest()


def _set_aside(file: Path) -> str:
    damaged = file.with_name(f"{FILE}.damaged")
    file.replace(damaged)
    return damaged.name


def _sha256(file: Path) -> bytes:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest().encode()
