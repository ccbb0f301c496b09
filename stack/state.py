"""What must be the same at the next start: ports and secrets, in one private file of the data folder.

`lock` makes sure that one supervisor at a time works on a folder. The kernel gives the lock back when its holder dies,
so a folder never stays locked.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from stack import ports, private_files
from stack.errors import BadState, PortTaken, StackInUse

FILE: Final = "state.json"
_START_OVER: Final = "restore the file, or remove the data folder to begin again"
# A supervisor that was killed a moment ago has children that are just giving up their ports.
_PORT_PATIENCE_SECONDS: Final = 3.0


class State(Struct, frozen=True):
    """`ports` are remembered also for what does not run now; `workers` are the services of the last start."""

    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    workers: tuple[str, ...] = ()


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Makes the folder, readable by its owner only, and holds it.

    Raises: StackInUse while another process holds it, BadState when it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(folder / "lock", "a+", encoding="utf-8")  # noqa: SIM115 (closed by the `with` below)
    except OSError as exc:
        raise BadState(f"cannot work in {folder}: {exc}", remedy="choose another folder with DATA=") from exc
    with file:
        _hold(file.fileno(), folder)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _hold(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        holder = (folder / "lock").read_text(encoding="utf-8") or "unknown"
        raise StackInUse(
            f"another stack (process {holder}) already runs on {folder}",
            remedy="stop it first, or choose another folder with DATA=",
        ) from exc


def load(folder: Path) -> State:
    """The saved state, or an empty one for a new folder.

    Raises: BadState for a damaged file, or a missing one beside data that only its secrets open.
    """
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError as exc:
        if (folder / "postgres").exists():
            raise BadState(f"{path} is gone, and with it the passwords of the data", remedy=_START_OVER) from exc
        return State(ports={}, secrets={})
    except (OSError, msgspec.DecodeError) as exc:
        raise BadState(f"cannot read {path}: {exc}", remedy=_START_OVER) from exc


def save(folder: Path, state: State) -> None:
    """Raises: BadState."""
    try:
        private_files.write(folder / FILE, msgspec.json.encode(state).decode())
    except OSError as exc:
        raise BadState(f"cannot write {folder / FILE}: {exc}") from exc


def with_secrets(state: State, names: Collection[str]) -> State:
    """Adds a secret of 40 hex digits (safe in URLs and in every configuration format) for each new name."""
    fresh = {name: secrets.token_hex(20) for name in names if name not in state.secrets}
    return msgspec.structs.replace(state, secrets={**state.secrets, **fresh})


def with_ports(state: State, names: Collection[str], fixed: Mapping[str, int]) -> State:
    """Remembered ports are kept while they are free; `fixed` ones win over remembered ones.

    Raises: PortTaken for a fixed port that another process uses.
    """
    remembered = {name: state.ports[name] for name in names if state.ports.get(name) not in {None, *fixed.values()}}
    kept = {name: port for name, port in {**remembered, **fixed}.items() if _comes_free(port, state)}
    for name, port in fixed.items():
        if name not in kept:
            raise PortTaken(f"port {port} is taken by another program", remedy="choose another one with PORT=")
    for name in names:
        kept.setdefault(name, ports.choose([*kept.values(), *state.ports.values()]))
    return msgspec.structs.replace(state, ports={**state.ports, **kept})


def _comes_free(port: int, state: State) -> bool:
    deadline = time.monotonic() + (_PORT_PATIENCE_SECONDS if port in state.ports.values() else 0)
    while not ports.is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
