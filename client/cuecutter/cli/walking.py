"""Every file below a folder, in the order of names; each folder once, whichever way it is reached."""

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path, leave_out: Path | None = None) -> Iterator[tuple[str, list[Path]]]:
    """For each folder its path below `folder`, with slashes, `""` for itself, and its files.

    Links are followed. Hidden names (`.DS_Store`, `._talk.mp3`) are passed over, as are folders that may not be read
    and whatever is no file: a pipe, a link to nothing.
    """
    seen = {_identity(leave_out)} if leave_out else set()
    pending = [("", folder)]
    while pending:
        place, current = pending.pop()
        identity = _identity(current)
        if identity is None or identity in seen:
            continue
        seen.add(identity)
        folders, files = _entries(current)
        yield place, files
        pending += [(f"{place}/{inner.name}" if place else inner.name, inner) for inner in reversed(folders)]


def _entries(folder: Path) -> tuple[list[Path], list[Path]]:
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        return [], []
    return [entry for entry in entries if _is_dir(entry)], [entry for entry in entries if _is_file(entry)]


def _identity(folder: Path) -> tuple[int, int] | None:
    """None where there is none, or a link leads nowhere."""
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_dir(entry: Path) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _is_file(entry: Path) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
