"""Tests that measure run while nothing else does; they wait for what was begun and are not overtaken."""

import threading
from pathlib import Path

import pytest

from stack import ports
from stack.errors import BadSetting, PortTaken
from tests.scheduling import Exclusion, is_alone


@pytest.fixture
def locks(tmp_path: Path) -> tuple[Path, Path]:
    door, room = tmp_path / "door", tmp_path / "room"
    door.touch()
    room.touch()
    return door, room


def entering(exclusion: Exclusion, *, alone: bool) -> threading.Thread:
    thread = threading.Thread(target=exclusion.enter, kwargs={"alone": alone}, daemon=True)
    thread.start()
    return thread


def waits(thread: threading.Thread) -> bool:
    thread.join(0.2)
    return thread.is_alive()


def test_any_number_of_tests_run_at_once(locks: tuple[Path, Path]) -> None:
    workers = [Exclusion(*locks) for _ in range(3)]
    for worker in workers:
        worker.enter(alone=False)
    for worker in workers:
        worker.leave()


def test_a_test_that_runs_alone_waits_for_the_others_and_is_not_overtaken(locks: tuple[Path, Path]) -> None:
    early, measuring, late = (Exclusion(*locks) for _ in range(3))
    early.enter(alone=False)
    alone = entering(measuring, alone=True)
    assert waits(alone)
    overtaking = entering(late, alone=False)
    assert waits(overtaking)
    early.leave()
    alone.join(10)
    assert not alone.is_alive()
    assert waits(overtaking)
    measuring.leave()
    overtaking.join(10)
    assert not overtaking.is_alive()


def test_what_is_held_already_is_not_waited_for(locks: tuple[Path, Path]) -> None:
    worker = Exclusion(*locks)
    worker.enter(alone=True)
    worker.enter(alone=True)
    worker.leave()


@pytest.mark.alone
def test_this_test_is_marked(request: pytest.FixtureRequest) -> None:
    assert is_alone(request.node)


def test_and_this_one_is_not(request: pytest.FixtureRequest) -> None:
    assert not is_alone(request.node)
    assert not is_alone(None)


def test_ports_are_chosen_where_they_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ports.VARIABLE, "31000-31002")
    assert ports.choose() in range(31_000, 31_003)
    with pytest.raises(PortTaken, match="between 31000 and 31002"):
        ports.choose(range(31_000, 31_003))


def test_a_range_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ports.VARIABLE, "many")
    with pytest.raises(BadSetting, match="CUECUTTER_PORTS=many: write the first and the last port"):
        ports.choose()
