"""A decoder that a file has taken over reaches nothing: each guard is tried alone where the others are taken away."""

import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from runtime.metrics import REGISTRY
from segmenter.decoding import kernel, process
from segmenter.decoding.process import Decoders
from segmenter.decoding.sandbox import become_unreadable
from segmenter.domain.errors import DecoderCrashed, UnsupportedAudio
from tests.integration.segmenter.recordings import MemorySource

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="all guards are Linux'")

OF_THE_PARENT = {"parent's environment", "parent's memory", "parent's memory by call", "tracing the parent"}
OUTSIDE = OF_THE_PARENT | {
    *("a file", "a new file", "a connection", "an abstract socket", "a signal to the parent"),
    *("another program", "the parent's descriptors"),
}


@pytest.fixture
def listening() -> Iterator[int]:
    """Whoever connects to the port, or to the abstract socket that is named after it, is answered by the kernel."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        port: int = tcp.getsockname()[1]
        abstract.bind(f"\0cuecutter-{port}")
        abstract.listen()
        yield port


@pytest.fixture
def unreadable() -> Iterator[None]:
    become_unreadable()
    yield
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


@pytest.fixture
def taken_over(monkeypatch: pytest.MonkeyPatch, listening: int) -> None:
    monkeypatch.setattr(process, "_CHILD", "tests.integration.segmenter.hostile_decoder")
    monkeypatch.setenv("CUECUTTER_PORT", str(listening))
    monkeypatch.setenv("CUECUTTER_WITHOUT", "")
    for secret in ("AWS_SECRET_ACCESS_KEY", "NATS_URL", "JWT_SECRET_KEY"):
        monkeypatch.setenv(secret, "hidden")


async def told(decoders: Decoders) -> dict[str, Any]:
    with pytest.raises(UnsupportedAudio) as answer:
        await decoders.measure(MemorySource(b"hostile"))
    found: dict[str, Any] = json.loads(str(answer.value))
    return found


def refused(found: dict[str, Any]) -> set[str]:
    return {name for name, outcome in found["tries"].items() if outcome != "done"}


@pytest.mark.usefixtures("taken_over")
async def test_it_reaches_nothing_and_may_start_threads(decoders: Decoders, caplog: pytest.LogCaptureFixture) -> None:
    found = await told(decoders)
    assert {name for name, outcome in found["tries"].items() if outcome == "done"} == {"a thread"}
    assert "hidden" not in found["environment"].values()
    # The pipes, no errors, the shared memory by two numbers, and the folder that was being listed.
    assert len(found["descriptors"]) == 5
    assert REGISTRY.get_sample_value("cuecutter_decoder_guards", {"guard": "seccomp"}) == 1
    assert "decoder guards missing" not in caplog.messages


@pytest.mark.usefixtures("taken_over")
async def test_where_seccomp_is_missing_landlock_keeps_it_from_all_that_is_outside(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CUECUTTER_WITHOUT", "unreadable,no-capabilities,seccomp")
    with caplog.at_level(logging.WARNING):
        assert refused(await told(decoders)) >= OUTSIDE
        await told(decoders)
    (line,) = [record for record in caplog.records if record.message == "decoder guards missing"]
    assert line.__dict__["fields"] == {"missing": "unreadable, no-capabilities, seccomp"}
    shown = {
        guard: REGISTRY.get_sample_value("cuecutter_decoder_guards", {"guard": guard})
        for guard in ("seccomp", "landlock")
    }
    assert shown == {"seccomp": 0, "landlock": 1}


@pytest.mark.usefixtures("taken_over", "unreadable")
async def test_where_both_are_missing_its_parent_is_still_closed_to_it(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUECUTTER_WITHOUT", "landlock,seccomp")
    assert refused(await told(decoders)) >= OF_THE_PARENT


@pytest.mark.usefixtures("taken_over")
async def test_without_any_guard_it_would_reach_all_of_it(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is refused above is refused by the guards, not by the machine the tests run on."""
    monkeypatch.setenv("CUECUTTER_WITHOUT", "unreadable,no-new-privileges,no-capabilities,landlock,seccomp")
    reached = {"parent's environment", "a file", "a connection", "an abstract socket", "a signal to the parent"}
    assert refused(await told(decoders)).isdisjoint(reached | {"a process", "another program", "executable memory"})


@pytest.mark.usefixtures("taken_over")
async def test_a_crash_is_still_told_from_an_end(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUECUTTER_ABORTS", "1")
    with pytest.raises(DecoderCrashed, match="SIGABRT"):
        await decoders.measure(MemorySource(b"hostile"))


def test_it_has_imported_all_of_pyav_before_it_can_read_no_file() -> None:
    left = (
        "import importlib, pkgutil, sys, av, segmenter.decoding.child\n"
        "before = set(sys.modules)\n"
        "for found in pkgutil.walk_packages(av.__path__, 'av.'):\n"
        "    if not found.name.endswith('__main__'):\n"
        "        importlib.import_module(found.name)\n"
        "print(sorted(name for name in set(sys.modules) - before if name.startswith('av.')))"
    )
    said = subprocess.run([sys.executable, "-c", left], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "['av.datasets']"  # which downloads samples
