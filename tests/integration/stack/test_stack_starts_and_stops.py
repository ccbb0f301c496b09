"""The life of a stack: it announces itself when everything answers, keeps its data, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import environment, ports
from stack.children import inherited
from tests.integration.stack import dummies
from tests.integration.stack.dummies import ENTRY
from tests.stacks import ROOT, StackProcess, processes_of, wait_until

KEPT = ("a row", b"an object", b"a message")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A name that shells, connection strings and configuration languages would stumble over."""
    return tmp_path / "dätä: it's, mine"


async def test_data_ports_and_secrets_survive_a_clean_stop_and_a_kill(folder: Path) -> None:
    first = dummies.start(folder)
    env = first.wait_running().admin
    await dummies.store(env)
    assert first.end(signal.SIGINT) == 0

    second = dummies.start(folder)
    assert second.wait_running().admin == env
    assert await dummies.stored(env) == KEPT
    dummies.kill(second)

    third = dummies.start(folder)
    wait_until(lambda: "Cuecutter runs at" in third.output, seconds=60, what=third.output)
    assert environment.read_admin(folder) == env
    assert await dummies.stored(env) == KEPT
    assert third.end(signal.SIGTERM) == 0
    assert processes_of(folder) == {}


@pytest.fixture
def hang_ups_count() -> Iterator[None]:
    """A child is born ignoring what its parent ignores: under `nohup` a stack rightly outlives a hang-up."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_ups_count")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_stopped_stack_leaves_no_process_and_no_announcement(folder: Path, number: signal.Signals) -> None:
    process = dummies.start(folder)
    process.wait_ready()
    assert len(processes_of(folder)) >= 7

    assert process.end(number) == 0

    assert processes_of(folder) == {}
    assert list(folder.glob("*.env*")) == []


def test_what_a_killed_stack_announced_is_gone_when_the_next_one_starts(folder: Path) -> None:
    first = dummies.start(folder)
    first.wait_ready()
    dummies.kill(first)
    assert len(list(folder.glob("*.env"))) == 2

    second = dummies.start(folder)
    wait_until(lambda: dummies.pid_of(folder, "nats-server") is not None, seconds=30, what="a first server")
    assert list(folder.glob("*.env")) == []
    second.end()


def test_a_stack_that_is_stopped_while_it_starts_leaves_no_process(folder: Path) -> None:
    process = dummies.start(folder)
    wait_until(lambda: dummies.pid_of(folder, "nats-server") is not None, seconds=30, what="a first server")

    assert process.end(signal.SIGINT) == 0

    assert processes_of(folder) == {}
    assert not (folder / environment.FILE).exists()


def test_a_stack_whose_make_is_killed_stops_too(folder: Path) -> None:
    script = f"import subprocess, sys; subprocess.run([sys.executable, *{ENTRY}, 'run'])"
    env = {**inherited(os.environ), "DATA": str(folder), "CUECUTTER_FOLLOWS": "parent"}
    make = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    wait_until((folder / environment.FILE).exists, seconds=60, what="stack.env")

    make.kill()
    make.wait()

    wait_until(lambda: not processes_of(folder), seconds=20, what="every process to be gone")
    assert not (folder / environment.FILE).exists()


def test_the_gateway_gets_the_port_that_was_asked_for_and_keeps_it(folder: Path) -> None:
    port = ports.choose()
    url = f"http://127.0.0.1:{port}"
    first = dummies.start(folder, {"PORT": str(port)})
    assert first.wait_ready()["GATEWAY_URL"] == url
    first.end()

    second = dummies.start(folder)
    assert second.wait_ready()["GATEWAY_URL"] == url
    second.end()


def test_a_second_ctrl_c_does_not_wait_for_a_service_that_will_not_stop(folder: Path) -> None:
    process = dummies.start(folder, {"DUMMY_STAYS": "catalog"})
    process.wait_ready()
    process.process.send_signal(signal.SIGINT)
    wait_until(lambda: dummies.pid_of(folder, "dummy_service.py gateway") is None, seconds=10, what="the first to stop")
    assert dummies.pid_of(folder, "dummy_service.py catalog") is not None

    began = time.monotonic()
    assert process.end(signal.SIGINT) == 0

    assert time.monotonic() - began < 5
    assert processes_of(folder) == {}


def test_a_command_that_does_not_exist_is_explained(folder: Path) -> None:
    process = StackProcess(folder, arguments=("-m", "stack", "walk"))
    assert process.process.wait(timeout=20) == 2
    assert "usage" in process.output
