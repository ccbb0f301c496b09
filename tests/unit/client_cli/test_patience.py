"""A server that is away for a while is waited for, once for all work."""

import time

import pytest

from cuecutter import Problem, Unreachable
from cuecutter.cli import patience
from cuecutter.cli.patience import Patience


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSE_SECONDS", 0.01)


class Attempts:
    """Fails with each of `errors`, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.count = list(errors), 0

    async def __call__(self) -> str:
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def busy(status: int, after: float | None = None) -> Problem:
    return Problem(status=status, code="x", title="t", retry_after_seconds=after)


async def test_absent_and_busy_servers_are_asked_again_after_the_time_they_name() -> None:
    attempt, pauses = Attempts(Unreachable("x"), busy(503), busy(429, 0.3)), list[float]()
    began = time.monotonic()
    assert await Patience(5).until_done(attempt, pauses.append) == "done"
    assert (attempt.count, pauses) == (4, [0.01, 0.02, 0.3])
    assert time.monotonic() - began >= 0.33


async def test_a_refusal_is_no_absence() -> None:
    attempt = Attempts(busy(404))
    with pytest.raises(Problem):
        await Patience(5).until_done(attempt, lambda seconds: None)
    assert attempt.count == 1


async def test_what_one_has_waited_the_next_need_not_wait_again() -> None:
    shared = Patience(0.1)
    first, second = Attempts(*[Unreachable("x")] * 99), Attempts(*[Unreachable("x")] * 99)
    with pytest.raises(Unreachable):
        await shared.until_done(first, lambda seconds: None)
    with pytest.raises(Unreachable):
        await shared.until_done(second, lambda seconds: None)
    assert first.count > second.count


async def test_an_answer_renews_patience() -> None:
    shared = Patience(0.2)
    for _ in range(4):
        assert await shared.until_done(Attempts(Unreachable("x"), busy(503, 0.1)), lambda seconds: None) == "done"
