"""A whole stack as a process of its own, as `make run` starts it, and a look at every process that belongs to it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import environment, tokens
from stack import state as states
from stack.children import MARKER, inherited

ROOT = Path(__file__).parent.parent
START_SECONDS = 90.0


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def processes_of(folder: Path) -> dict[int, str]:
    """pid → command line of every living process that a stack on `folder` (or below it) started, however deep.

    The marker is inherited by all of them; Postgres overwrites its children's environment, but works in its folder.
    Segmenters and decoders are unreadable for all but root: without it they are known by their parent, which is that
    of a process that is readable, or one of their own kind.
    """
    living = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    belongs = {pid: _belongs(Path(f"/proc/{pid}"), folder) for pid, parent in living.items() if parent is not None}
    found = {pid for pid, so in belongs.items() if so}
    unreadable = {pid for pid, so in belongs.items() if so is None}
    while more := {pid for pid in unreadable - found if living[pid] in found | {living[one] for one in found} - {1}}:
        found |= more
    return {pid: command_line(pid) for pid in found}


def command_line(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "backslashreplace").strip()
        )
    except OSError:
        return ""


def _belongs(entry: Path, folder: Path) -> bool | None:
    """None where it does not let us look."""
    try:
        places = [entry.joinpath("cwd").readlink(), *_marks(entry.joinpath("environ").read_bytes())]
        return any(place.is_relative_to(folder) for place in places)
    except PermissionError:
        return None
    except OSError:
        return False


def _parent(entry: Path) -> int | None:
    """None of a zombie, and of what is gone."""
    try:
        state, parent = entry.joinpath("stat").read_bytes().rpartition(b")")[2].split()[:2]
    except OSError:
        return None
    return None if state == b"Z" else int(parent)


def _marks(environ: bytes) -> list[Path]:
    start = f"{MARKER}=".encode()
    return [Path(os.fsdecode(value.removeprefix(start))) for value in environ.split(b"\0") if value.startswith(start)]


class StackProcess:
    """`arguments` follow the interpreter. It stops by itself when the test process dies."""

    def __init__(
        self, folder: Path, env: Mapping[str, str] = {}, arguments: Sequence[str] = ("-m", "stack", "run")
    ) -> None:
        self.folder = folder
        self._log = folder.with_name(f"{folder.name}.output")
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**inherited(os.environ), "DATA": str(folder), "CUECUTTER_FOLLOWS": "parent", **env},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def wait_ready(self) -> dict[str, str]:
        """Returns what `stack.env` says, once it is there."""

        def ready() -> bool:
            assert self.process.poll() is None, f"the stack ended:\n{self.output}"
            return (self.folder / environment.FILE).exists()

        wait_until(ready, seconds=START_SECONDS, what=f"stack.env; the stack said:\n{self.output}")
        return environment.read(self.folder)

    def wait_running(self) -> "RunningStack":
        env = self.wait_ready()
        return RunningStack(env, environment.read_admin(self.folder), self.folder, self)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Sends a signal and returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)


@dataclass(frozen=True)
class RunningStack:
    """A stack that answers. `env` is its `stack.env`, `admin` its `admin.env`; `folder` its data folder."""

    env: dict[str, str]
    admin: dict[str, str]
    folder: Path
    process: StackProcess

    def nats_url(self, user: str) -> str:
        """For what the observer of `stack.env` may not do; the users are those of `bus.accounts`."""
        return environment.everything(states.load(self.folder), user)["NATS_URL"]

    def token(self, user: str = "alice", *, lifetime_seconds: int = 3600) -> str:
        return tokens.issue(user, self.admin["JWT_SECRET_KEY"], lifetime_seconds=lifetime_seconds)
