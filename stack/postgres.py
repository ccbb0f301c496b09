"""PostgreSQL 18 on 127.0.0.1, without unix sockets, as a direct child of ours.

Postgres refuses to run as root. There it runs in a user namespace in which we look like an ordinary user, or, where
the kernel forbids those, as the user nobody. The files on disk belong to the user that it runs as.
"""

import functools
import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stack import binaries, private_files
from stack.children import Spec, complete
from stack.errors import CannotStart, NoOrdinaryUser
from stack.ports import HOST

USER: Final = "cuecutter"
DATABASE: Final = "cuecutter"
_NAMESPACE: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
_NOBODY: Final = 65_534
_PLAIN: Final = {"LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class RunAs:
    """`prefix` goes before every command line; `user` is a numeric user to become, None for ourselves."""

    prefix: tuple[str, ...] = ()
    user: int | None = None


def url(port: int, password: str, database: str = DATABASE) -> str:
    return f"postgresql://{USER}:{password}@{HOST}:{port}/{database}"


def prepare(folder: Path, password: str, *, durable: bool = True) -> RunAs:
    """Makes the cluster and its database, unless `folder` has one; killed half way it begins again.

    Raises: NoOrdinaryUser, CannotStart, MissingBinary.
    """
    run_as = choose_user(folder.parent)
    if not (folder / "PG_VERSION").exists():
        _create(folder, password, run_as, durable=durable)
    _give_to(folder, os.geteuid() if run_as.user is None else run_as.user)
    _clear_stale_pid(folder)
    return run_as


def spec(folder: Path, port: int, run_as: RunAs, *, durable: bool = True) -> Spec:
    options = [f"port={port}", f"listen_addresses={HOST}", "unix_socket_directories=", "log_timezone=UTC"]
    options += [] if durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    settings = [part for option in options for part in ("-c", option)]
    return Spec(
        name="postgres",
        argv=(*run_as.prefix, binaries.postgres("postgres"), "-D", str(folder), *settings),
        env=_PLAIN,
        answers=functools.partial(answers, port),
        where=f"{HOST}:{port}",
        # Ends sessions and writes a checkpoint; SIGTERM would wait for clients to leave.
        stop_signal=signal.SIGINT,
        user=run_as.user,
    )


def answers(port: int) -> bool:
    """Whether the server takes connections, which it does not during recovery."""
    asked = (binaries.postgres("pg_isready"), "-q", "-t", "1", "-h", HOST, "-p", str(port))
    return complete(asked, {})[0] == 0


def choose_user(folder: Path) -> RunAs:
    """Raises: NoOrdinaryUser when we are root and nobody cannot reach `folder`."""
    if os.geteuid() != 0:
        return RunAs()
    if _namespaces_work():
        return RunAs(prefix=_NAMESPACE)
    return as_nobody(folder)


def as_nobody(folder: Path) -> RunAs:
    """Lets others pass through `folder` (only files of theirs are readable to them).

    Raises: NoOrdinaryUser when a folder above, or the server's binary, is closed to others.
    """
    folder.chmod(folder.stat().st_mode | 0o011)
    for path in (folder, Path(binaries.postgres("postgres"))):
        for parent in path.parents:
            if not parent.stat().st_mode & 0o001:
                raise NoOrdinaryUser(
                    f"Postgres refuses to run as root, this kernel forbids user namespaces, and {parent} is closed "
                    f"to the user nobody",
                    remedy="run as an ordinary user, or move the project and DATA to folders others may enter",
                )
    return RunAs(user=_NOBODY)


def _namespaces_work() -> bool:
    if shutil.which(_NAMESPACE[0]) is None:
        return False
    return complete((*_NAMESPACE, "true"), {})[0] == 0


def _create(folder: Path, password: str, run_as: RunAs, *, durable: bool) -> None:
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    password_file = folder.with_name("postgres.password")
    private_files.write(password_file, password)
    for path in (fresh, password_file):
        _give_to(path, os.geteuid() if run_as.user is None else run_as.user)
    options = ["-E", "UTF8", "--locale=C", "--auth=scram-sha-256", "-U", USER, f"--pwfile={password_file}"]
    options += [] if durable else ["--no-sync"]
    _run(run_as, [binaries.postgres("initdb"), "-D", str(fresh), *options])
    _run(
        run_as, [binaries.postgres("postgres"), "--single", "-D", str(fresh), "postgres"], f"CREATE DATABASE {DATABASE}"
    )
    password_file.unlink()
    fresh.rename(folder)


def _run(run_as: RunAs, argv: list[str], text: str = "") -> None:
    exit_code, said = complete((*run_as.prefix, *argv), _PLAIN, text=text, user=run_as.user)
    if exit_code:
        raise CannotStart(f"{Path(argv[0]).name} failed (exit code {exit_code}):\n{said}")


def _give_to(path: Path, user: int) -> None:
    """A folder that was made as root in a namespace may have to go on as nobody's, and the other way round."""
    if os.geteuid() != 0 or path.stat().st_uid == user:
        return
    for found in (path, *path.rglob("*")):
        os.chown(found, user, user, follow_symlinks=False)


def _clear_stale_pid(folder: Path) -> None:
    """After a kill -9 (or a new boot) the number in postmaster.pid may be some other program's by now.

    Postgres would take that for a running server and refuse every start. We hold the folder's lock: a process that
    works in this folder is left from the last server and ends in a moment; any other is unrelated.
    """
    file = folder / "postmaster.pid"
    deadline = time.monotonic() + 10
    while file.exists() and _works_in(folder, file.read_text(encoding="utf-8").partition("\n")[0]):
        if time.monotonic() > deadline:
            raise CannotStart(f"a Postgres of an earlier start still runs (process in {file})")
        time.sleep(0.05)
    file.unlink(missing_ok=True)


def _works_in(folder: Path, pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False
