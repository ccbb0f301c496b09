"""What the person at the terminal reads: one line per thing that happened, with the seconds since the start."""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

Say = Callable[[str], None]


class Progress:
    """Writes lines at once, also into a pipe. A reader that went away never stops the stack."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._began

    def __call__(self, text: str) -> None:
        self.plain(f"{self.seconds():7.2f} s  {text}")

    def plain(self, text: str) -> None:
        try:
            print(text, flush=True)
        except OSError:
            # `make run | head`, or a terminal that was closed: that must not leave servers behind. Silent from here on.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def complain(self, text: str) -> None:
        """For standard error: what is wrong must not end up where another program reads a token."""
        with contextlib.suppress(OSError):
            print(text, file=sys.stderr, flush=True)


def tail(log: Path, *, since: int = 0, lines: int = 15) -> str:
    """The last lines of a log that were written after its first `since` bytes, indented for quoting."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, log.stat().st_size - 20_000))
            # A log may hold anything; whatever is no UTF-8 is shown escaped.
            text = file.read().decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        text = ""
    last = text.splitlines()[-lines:] or ["(it wrote nothing)"]
    return "\n".join(f"    | {line}" for line in last)
