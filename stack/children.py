"""One child process: started in a session of its own, killed by the kernel when we die, logged into a file.

A session of its own keeps the terminal's Ctrl-C from it: only the supervisor receives it and stops its children in
order. Must be used from the main thread, because the kernel's promise is bound to the thread that forked.
"""

import ctypes
import functools
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from stack.errors import CannotStart

MARKER: Final = "CUECUTTER_STACK"
_LOG_BYTES: Final = 5_000_000
_PR_SET_PDEATHSIG: Final = 1
# What a person's shell may set for other servers would mislead ours and our clients.
_MISLEADING: Final = re.compile(
    r"AWS_.*|PG.*|RCLONE_.*|NATS_.*|DATABASE_URL|JWT_SECRET_KEY|S3_BUCKET_NAME|HTTP_HOST|HTTP_PORT|"
    r"DATA|PORT|SEGMENTERS|MANIFESTS|CATALOGS|MAKE.*|MFLAGS|(https?|all|no)_proxy",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Spec:
    """How to start one child, and how to know that it answers.

    `env` is added to what is inherited. `stop_signal` goes to the child alone, which ends its own children;
    after `stop_seconds` its whole process group is killed. `user` is a numeric user and group to become.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    answers: Callable[[], bool]
    where: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    user: int | None = None
    remedy: str = ""
    cwd: Path = Path("/")


class Child:
    """One process of a Spec. `log_start` is the length in bytes of the log before it."""

    def __init__(self, spec: Spec, log: Path, marker: str) -> None:
        self.spec = spec
        self.log = log
        self.exit_code: int | None = None
        with _open_log(log) as file:
            self.log_start = file.tell()
            self._process = spawn(spec.argv, {**spec.env, MARKER: marker}, output=file, user=spec.user, cwd=spec.cwd)

    @property
    def pid(self) -> int:
        return self._process.pid

    def has_ended(self) -> bool:
        """Reaps it when it has, and whatever it left in its process group; `exit_code` is set then."""
        if self.exit_code is None and _is_zombie(self.pid):
            # While the zombie exists no other process can get its group's number.
            self.kill()
            self.exit_code = self._process.wait()
        return self.exit_code is not None

    def ask_to_stop(self) -> None:
        if not self.has_ended():
            # Not Popen.send_signal: that would reap it, and with it the right to its number.
            os.kill(self.pid, self.spec.stop_signal)

    def kill(self) -> None:
        if self.exit_code is None:
            os.killpg(self.pid, signal.SIGKILL)


def spawn(
    argv: tuple[str, ...],
    env: Mapping[str, str],
    *,
    output: IO[bytes],
    given: IO[bytes] | None = None,
    user: int | None = None,
    cwd: Path = Path("/"),
) -> subprocess.Popen[bytes]:
    """Starts a process that dies with this one; it reads `given` (or nothing), and all its output goes to `output`.

    Raises: CannotStart when there is no such program.
    """
    try:
        return subprocess.Popen(
            argv,
            env={**inherited(os.environ), **env},
            stdin=given or subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Runs after the change of user, which would take the kernel's promise back. We have one thread.
            preexec_fn=functools.partial(_die_with, os.getpid(), _libc()),
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    except (OSError, subprocess.SubprocessError) as exc:
        raise CannotStart(f"cannot start {argv[0]}: {exc}") from exc


def complete(
    argv: tuple[str, ...], env: Mapping[str, str], *, text: str = "", user: int | None = None
) -> tuple[int, str]:
    """Runs a short program to its end and returns its exit code and all it said.

    Raises: CannotStart when there is no such program.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(text.encode())
        given.seek(0)
        exit_code = spawn(argv, env, output=said, given=given, user=user).wait()
        said.seek(0)
        return exit_code, said.read().decode("utf-8", "backslashreplace")


def inherited(env: Mapping[str, str]) -> dict[str, str]:
    """What a child gets of our own environment. Nothing of ours is ever reached through a proxy."""
    kept = {name: value for name, value in env.items() if not _MISLEADING.fullmatch(name)}
    # The AWS libraries would otherwise take profiles, endpoints and regions from the person's home.
    return {**kept, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _die_with(supervisor: int, libc: ctypes.CDLL) -> None:
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:  # it died before the kernel knew
        os._exit(1)


def _is_zombie(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _open_log(log: Path) -> IO[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    file = log.open("ab")
    file.seek(0, os.SEEK_END)
    return file
