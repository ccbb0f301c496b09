"""One step of the set-up as a command: a line when it begins, one every few seconds, and one when it is done."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

Command = Sequence["str | Path"]

BEAT_SECONDS: Final = 5.0
# An index's address may carry a password, and whoever is asked for help with an error need not see it.
_ADDRESS: Final = re.compile(r"\b(https?://)[^\s/'\"`]+")


class Failed(Exception):
    """A step could not be done; the text is the end of what the command said, without the address of any host."""


class Progress:
    """Tells the steps with the seconds since the start; `folder` is what grows meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._began = time.monotonic()
        self._folder = folder

    def tell(self, text: str) -> None:
        print(f"{time.monotonic() - self._began:7.2f} s  {text}", flush=True)

    def run(self, what: str, command: Command, *, env: Mapping[str, str] | None = None, remedy: str = "") -> None:
        """Raises: Failed, with `remedy` when there is one."""
        self.tell(f"{what} …")
        with tempfile.TemporaryFile() as said:
            environment = {**os.environ, **(env or {}), "PYTHONDONTWRITEBYTECODE": "1"}
            # The byte code of an installer that is thrown away must not stay in .venv.
            environment.pop("PYTHONPYCACHEPREFIX", None)
            try:
                process = subprocess.Popen([str(part) for part in command], env=environment, stdout=said, stderr=said)
            except OSError as exc:
                raise Failed(f"{command[0]} does not start ({exc.strerror})") from exc
            try:
                self._await(process, what)
            finally:
                process.kill()
            said.seek(0)
            if process.returncode:
                raise Failed(remedy or _last_lines(said.read().decode("utf-8", "replace")))

    def _await(self, process: "subprocess.Popen[bytes]", what: str) -> None:
        while True:
            try:
                process.wait(BEAT_SECONDS)
                return
            except subprocess.TimeoutExpired:
                self.tell(f"{what} … {megabytes(self._folder)} MB in .venv so far")


def megabytes(folder: Path) -> int:
    """What `folder` takes on the disk, in MiB, as `du -sm` counts: a file with two names once."""
    seen: dict[tuple[int, int], int] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                found = os.lstat(os.path.join(place, name))
            except FileNotFoundError:  # moved by the installer just now
                continue
            seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return round(sum(seen.values()) / 2**20)


def _last_lines(said: str) -> str:
    return "\n".join(_ADDRESS.sub(r"\1…", said).strip().splitlines()[-12:]) or "it said nothing"
