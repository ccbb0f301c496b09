"""How tests share the workers of pytest-xdist: what needs one worker, and what runs while nothing else does.

The whole system takes seconds to start, so every test of `running_stack` runs in one worker. Tests marked `alone`
measure time or memory, or strike at a whole system: they come last, in one worker, and each waits until the other
workers have ended the tests they had begun.
"""

import fcntl
import functools
import json
import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from stack import ports

_PORTS: Final = range(20_000, 32_768)
_GROUPS: Final = "CUECUTTER_TEST_GROUPS"
_WORKER: Final = "PYTEST_XDIST_WORKER"
# Locks need a file, not its content. These exist, so that nothing has to be made or removed.
_DOOR: Final = Path(__file__)
_ROOM: Final = Path(__file__).with_name("conftest.py")


class Exclusion:
    """A lock across processes: any number share it, or one has it alone. Who waits to be alone is not overtaken."""

    def __init__(self, door: Path = _DOOR, room: Path = _ROOM) -> None:
        self._door = os.open(door, os.O_RDONLY | os.O_CLOEXEC)
        self._room = os.open(room, os.O_RDONLY | os.O_CLOEXEC)
        self._held = False

    def enter(self, *, alone: bool) -> None:
        """Waits for as long as it takes. Does nothing when it is held already."""
        if self._held:
            return
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            # Whoever is alone keeps the door too, so that the others wait there and not in a queue without order.
            fcntl.flock(self._door, fcntl.LOCK_UN)
        self._held = True

    def leave(self) -> None:
        fcntl.flock(self._room, fcntl.LOCK_UN)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        self._held = False


@functools.cache
def _exclusion() -> Exclusion:
    return Exclusion()


class Groups(LoadScopeScheduling):
    """Gives each worker one group of tests after the other, in the order of the first test of each.

    `--dist loadgroup` would do it, but finds no group under pytest 9.2: the workers write them into a file instead.
    """

    def __init__(self, config: pytest.Config, log: Producer, file: Path) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)
        self._file = file
        self._groups: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        self._groups = self._groups or json.loads(self._file.read_bytes())
        return self._groups[nodeid]


def pytest_configure(config: pytest.Config) -> None:
    """Each worker chooses ports of its own, so that none takes one whose server is being restarted by a test."""
    if worker := os.environ.get(_WORKER):
        count, number = int(os.environ["PYTEST_XDIST_WORKER_COUNT"]), int(worker.removeprefix("gw"))
        first, last = (_PORTS.start + len(_PORTS) * n // count for n in (number, number + 1))
        os.environ[ports.VARIABLE] = f"{first}-{last - 1}"
    elif config.getoption("numprocesses", None):
        folder = tempfile.TemporaryDirectory(prefix="cuecutter-tests-")
        config.add_cleanup(folder.cleanup)
        os.environ[_GROUPS] = str(Path(folder.name) / "groups.json")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    return Groups(config, log, Path(os.environ[_GROUPS]))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The system's tests first, because they take longest in one worker; what runs alone last."""
    order = {"stack": 0, "alone": 2}
    items.sort(key=lambda item: order.get(_group(item), 1))
    if worker := os.environ.get(_WORKER):
        file = Path(os.environ[_GROUPS])
        written = file.with_name(worker)
        written.write_text(json.dumps({item.nodeid: _group(item) for item in items}), encoding="utf-8")
        written.replace(file)


def _group(item: pytest.Item) -> str:
    """Tests of one group run in one worker, one after the other."""
    if is_alone(item):
        return "alone"
    if "running_stack" in getattr(item, "fixturenames", ()):
        return "stack"
    return item.nodeid if item.get_closest_marker("apart") else str(item.path)


def is_alone(item: pytest.Item | None) -> bool:
    return item is not None and item.get_closest_marker("alone") is not None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Around everything else, so that the wait is no part of the test's time nor of its timeout."""
    if _WORKER not in os.environ:
        return (yield)
    _exclusion().enter(alone=is_alone(item))
    try:
        return (yield)
    finally:
        # Between two tests that run alone nobody else begins.
        if not (is_alone(item) and is_alone(nextitem)):
            _exclusion().leave()
