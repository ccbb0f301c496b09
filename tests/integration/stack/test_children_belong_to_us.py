"""One child at a time: what it inherits, what becomes of its own children, and how it is kept."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.children import MARKER, Child, Spec, complete, inherited
from stack.errors import CannotStart
from stack.progress import Progress
from stack.supervised_child import SupervisedChild
from tests.stacks import processes_of, wait_until


class Recorded(Progress):
    """Keeps what would be printed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def plain(self, text: str) -> None:
        self.lines.append(text)


def spec(*argv: str) -> Spec:
    return Spec("child", argv, env={}, answers=lambda: True)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert processes_of(tmp_path) == {}


def test_a_child_inherits_nothing_that_would_lead_it_to_other_servers() -> None:
    shell = {
        "PATH": "/bin",
        "AWS_PROFILE": "work",
        "PGHOST": "far",
        "https_proxy": "http://far",
        "SEGMENTERS": "2",
        "DATABASE_URL": "postgresql://far/db",
        "MAKEFLAGS": "-- DATA=x",
    }
    assert inherited(shell) == {
        "PATH": "/bin",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


def test_what_a_dead_child_leaves_in_its_group_is_killed(folder: Path) -> None:
    child = Child(spec("sh", "-c", "sleep 1000 & kill -9 $$"), folder / "log", str(folder))

    wait_until(child.has_ended, seconds=10, what="the child to end")

    assert child.exit_code == -9
    wait_until(lambda: not processes_of(folder), seconds=5, what="its own child to be gone")


def test_a_child_and_its_children_die_with_the_thread_that_started_them(folder: Path) -> None:
    script = (
        "import sys, os; from pathlib import Path; from stack.children import Child, Spec;"
        "folder = Path(sys.argv[1]);"
        "Child(Spec('c', ('sleep', '1000'), {}, answers=lambda: True), folder / 'log', str(folder));"
        "os.kill(os.getpid(), 9)"
    )
    exit_code, _said = complete((sys.executable, "-c", script, str(folder)), {"PYTHONPATH": os.pathsep.join(sys.path)})
    assert exit_code == -9
    wait_until(lambda: not processes_of(folder), seconds=5, what="the child to be gone")


def test_a_child_is_marked_and_leads_a_session_of_its_own(folder: Path) -> None:
    child = Child(spec("sleep", "1000"), folder / "log", str(folder))
    assert list(processes_of(folder)) == [child.pid]
    assert os.getsid(child.pid) == child.pid
    assert f"{MARKER}={folder}".encode() in Path(f"/proc/{child.pid}/environ").read_bytes()
    child.kill()
    wait_until(child.has_ended, seconds=5, what="the child to end")


def test_children_that_let_nobody_read_their_marks_are_found_beside_one_that_does(folder: Path) -> None:
    """As segmenters and their decoders are for all but root, who can read everything and sees no difference."""
    hides = "import ctypes, os, time; ctypes.CDLL(None).prctl(4, 0); print(os.fork(), flush=True); time.sleep(1000)"
    hidden = Child(spec(sys.executable, "-c", hides), folder / "hidden", str(folder))
    marked = Child(spec("sleep", "1000"), folder / "log", str(folder))
    wait_until(lambda: len((folder / "hidden").read_text().split()) == 2, seconds=30, what="both to hide")
    theirs = max(map(int, (folder / "hidden").read_text().split()))
    assert set(processes_of(folder)) == {hidden.pid, theirs, marked.pid}
    for child in (hidden, marked):
        child.kill()
        wait_until(child.has_ended, seconds=5, what="the child to end")


def test_a_child_that_keeps_dying_is_started_later_and_later_and_quoted(folder: Path) -> None:
    say = Recorded()
    supervised = SupervisedChild(spec("sh", "-c", "echo no luck; exit 4"), folder / "log", str(folder), say)

    def hopeless() -> bool:
        supervised.restart_if_dead()
        return len([line for line in say.lines if "died" in line]) == 4

    wait_until(hopeless, seconds=20, what="four deaths")

    delays = [line.rpartition(" in ")[2] for line in say.lines if "died: exit code 4" in line]
    assert delays == ["0.2 s", "0.4 s", "0.8 s", "1.6 s"]
    assert any("keeps dying" in line and "    | no luck" in line for line in say.lines)


def test_a_program_that_does_not_exist_is_an_error_of_ours(folder: Path) -> None:
    with pytest.raises(CannotStart, match="no-such-program"):
        Child(spec("no-such-program"), folder / "log", str(folder))


def test_a_log_that_has_grown_too_long_is_put_aside_at_the_start(folder: Path) -> None:
    log = folder / "child.log"
    log.write_bytes(b"x" * 5_000_001)

    child = Child(spec("echo", "hello"), log, str(folder))
    wait_until(child.has_ended, seconds=5, what="the child to end")

    assert log.read_text() == "hello\n"
    assert (folder / "child.log.1").stat().st_size == 5_000_001
