"""Puts the system together in one folder: servers, then migrations, then services.

Where this returns, every service said it was ready; where it raises, nothing is left running.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bus import accounts
from stack import environment, nats, postgres, probes, s3
from stack import state as states
from stack.children import Spec
from stack.ports import HOST
from stack.progress import Progress
from stack.services import Program, Programs, replicas
from stack.settings import Settings
from stack.signals import StopRequests
from stack.state import State
from stack.supervisor import Supervisor

_ROOT: Final = Path(__file__).parent.parent  # the migrations are not installed, they are run from here
_SECRETS: Final = ("postgres", "jwt", "s3-access-key", "s3-secret-key", *(f"nats-{user}" for user in accounts.USERS))


@dataclass(frozen=True)
class Stack:
    """A running system. `env` is what `stack.env` says, `admin` what `admin.env` says."""

    folder: Path
    env: dict[str, str]
    admin: dict[str, str]
    supervisor: Supervisor


@contextmanager
def running(settings: Settings, programs: Programs, say: Progress, stop_requests: StopRequests) -> Iterator[Stack]:
    """Holds the folder's lock and runs everything until the block ends.

    Raises: StackError of any kind; StopAsked when a request to stop came before everything answered.
    """
    folder = settings.folder
    with states.lock(folder):
        environment.remove(folder)
        state = _settle(settings, programs, say)
        supervisor = Supervisor(folder / "logs", str(folder), say, stop_requests)
        try:
            _start(supervisor, settings, state, programs, say)
            env, admin = environment.public(state), environment.admin(state) | settings.passed_on
            environment.write(folder, env, admin)
            yield Stack(folder, env, admin, supervisor)
        finally:
            environment.remove(folder)
            supervisor.stop()


def _settle(settings: Settings, programs: Programs, say: Progress) -> State:
    fixed = {} if settings.port is None else {"gateway": settings.port}
    before = states.load(settings.folder)
    state = states.with_secrets(before, _SECRETS)
    workers = tuple(replicas(programs, settings))
    state = states.with_ports(state, ("postgres", "s3", "nats", *workers), fixed)
    state = msgspec.structs.replace(state, workers=workers)
    for name in sorted(before.ports.keys() - fixed.keys()):
        if before.ports[name] != state.ports[name]:
            say(f"port {before.ports[name]} is taken: {name} moves to {state.ports[name]}")
    states.save(settings.folder, state)
    return state


def _start(supervisor: Supervisor, settings: Settings, state: State, programs: Programs, say: Progress) -> None:
    setup = programs.setup
    supervisor.start(_servers(settings.folder, state, say))
    env = setup.environment(environment.everything(state, setup.nats_user))
    supervisor.run(Spec(setup.name, setup.argv, env, answers=lambda: False, cwd=_ROOT))
    services = replicas(programs, settings)
    supervisor.start([_service(name, program, state, settings.passed_on) for name, program in services.items()])


def _servers(folder: Path, state: State, say: Progress) -> list[Spec]:
    if not (folder / "postgres").exists():
        say("making a Postgres cluster (first start only)")
    ports, secrets = state.ports, state.secrets
    run_as = postgres.prepare(folder / "postgres", secrets["postgres"])
    passwords = {user: secrets[f"nats-{user}"] for user in accounts.USERS}
    access_key, secret_key = secrets["s3-access-key"], secrets["s3-secret-key"]
    return [
        postgres.spec(folder / "postgres", ports["postgres"], run_as),
        nats.spec(folder / "nats", ports["nats"], passwords),
        s3.spec(folder / "s3", ports["s3"], access_key=access_key, secret_key=secret_key),
    ]


def _service(name: str, program: Program, state: State, passed_on: dict[str, str]) -> Spec:
    port = state.ports[name]
    env = program.environment(environment.everything(state, program.nats_user) | passed_on)
    own = {"HTTP_HOST": HOST, "HTTP_PORT": str(port)}
    return Spec(
        name=name,
        argv=program.argv,
        env={**env, **own},
        answers=functools.partial(probes.http, port, "/readyz", 200),
        where=f"{HOST}:{port}",
        cwd=_ROOT,
    )
