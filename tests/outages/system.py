"""Every service as a process of its own, on three servers that a test may kill, freeze and bring back.

The stack's supervisor would start a killed server again within a second; here it stays away for as long as it takes.
"""

import contextlib
import os
import resource
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stack import choices, ports, probes, tokens
from stack.children import Child, Spec
from stack.environment import BUCKET
from stack.ports import HOST
from stack.progress import tail
from stack.services import OURS, Program
from tests.embedded_servers import NatsServer, PostgresServer, S3Server, Server
from tests.stacks import ROOT

START_SECONDS: Final = 60.0
TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


def outage_seconds() -> float:
    """Raises: BadSetting."""
    return choices.decimal(os.environ, "OUTAGE_SECONDS", 1, 3600, example="60") or 5.0


class System:
    """`servers` by the names s3, postgres and nats. `env` has what services know, with the observer's NATS_URL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nats = NatsServer(folder)
        self.postgres = PostgresServer(folder)
        self.s3 = S3Server(folder)
        self.servers: dict[str, Server] = {"s3": self.s3, "postgres": self.postgres, "nats": self.nats}
        self.ports = {program.name: ports.choose() for program in OURS.services}
        self.services: dict[str, Child] = {}
        self._jwt_secret = secrets.token_hex(20)

    @property
    def env(self) -> dict[str, str]:
        return {**self._environment("observer"), "GATEWAY_URL": self.url("gateway")}

    def url(self, service: str) -> str:
        return f"http://{HOST}:{self.ports[service]}"

    def token(self, user: str) -> str:
        return tokens.issue(user, self._jwt_secret, lifetime_seconds=3600)

    def start(self) -> None:
        """Servers, migrations, services; returns when every service is ready."""
        for server in self.servers.values():
            server.start()
        self._run(OURS.setup)
        for program in OURS.services:
            self.services[program.name] = self._child(program)
        self.wait_ready(START_SECONDS)

    def close(self) -> None:
        for child in self.services.values():
            child.ask_to_stop()
        for child in self.services.values():
            _await_end(child)
        for server in self.servers.values():
            server.close()

    def wait_ready(self, seconds: float) -> float:
        """Waits until every service is ready, and says how many seconds that took."""
        begun = time.monotonic()
        for name in self.services:
            while not probes.http(self.ports[name], "/readyz", 200):
                assert not self.services[name].has_ended(), f"{name} ended:\n{tail(self.log(name))}"
                assert time.monotonic() - begun < seconds, f"{name} is not ready:\n{tail(self.log(name))}"
                time.sleep(0.05)
        return time.monotonic() - begun

    def cpu_seconds(self, service: str) -> float:
        """User and system time of the service's process, since it began."""
        fields = Path(f"/proc/{self.services[service].pid}/stat").read_bytes().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    @contextlib.contextmanager
    def away(self, server: str, how: str) -> Iterator[None]:
        """`killed`: nobody listens. `frozen`: connections stand and nothing is answered. `full`: nothing is stored."""
        match how:
            case "killed":
                self.servers[server].kill()
            case "frozen":
                self._signal(server, signal.SIGSTOP)
            case "full":
                self._limit(server, 0)
        try:
            yield
        finally:
            self._back(server, how)

    def _back(self, server: str, how: str) -> None:
        match how, server:
            case "killed", _:
                self.servers[server].start()
            case "frozen", _:
                self._signal(server, signal.SIGCONT)
            case "full", "s3":
                self._limit(server, resource.RLIM_INFINITY)
            case _:  # the others have ended, or must be started again, as docs/operations.md says
                self.servers[server].stop()
                self.servers[server].start()

    def _signal(self, server: str, number: signal.Signals) -> None:
        for pid in self._processes(server):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _limit(self, server: str, file_bytes: int) -> None:
        """No file may grow beyond it, which a server meets as it meets a full disk, and without one being filled."""
        for pid in self._processes(server):
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY))

    def _processes(self, server: str) -> list[int]:
        """The server and, as Postgres has many, all its children."""
        child = self.servers[server]._child
        assert child is not None
        found = map(int, filter(str.isdigit, os.listdir("/proc")))
        return [pid for pid in found if child.pid in (pid, _parent(pid))]

    def _run(self, program: Program) -> None:
        child = self._child(program)
        _await_end(child)
        assert child.exit_code == 0, tail(self.log(program.name))

    def _child(self, program: Program) -> Child:
        own = {"HTTP_HOST": HOST, "HTTP_PORT": str(self.ports.get(program.name, 0))}
        env = {**program.environment(self._environment(program.nats_user)), **own}
        spec = Spec(program.name, program.argv, env, answers=lambda: True, cwd=ROOT)
        return Child(spec, self.log(program.name), str(self.folder))

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _environment(self, user: str) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url(),
            "JWT_SECRET_KEY": self._jwt_secret,
            "NATS_URL": self.nats.url(user),
            "NATS_PURGE_URL": self.nats.url("purger"),
            **self.s3.environment(BUCKET),
        }


def _await_end(child: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not child.has_ended():
        if time.monotonic() > deadline:
            child.kill()
        time.sleep(0.02)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return 0
