"""One call at a time in an output folder: two would unpack into each other's way."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cuecutter.cli.errors import CliError

FILE: Final = ".cuecutter.lock"


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """The system frees the lock when the process ends, however it does. Windows has no such lock, and gets none.

    Raises: CliError where another call is under way; OSError.
    """
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        pass

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            remedy = "Wait for it, or choose another output folder."
            raise CliError("folder-in-use", "Another cuecutter works in this output folder.", remedy) from exc
