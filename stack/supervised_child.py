"""Keeps one child alive: a child that dies is started again after 0.2 s, then after longer and longer delays up to 5 s.

The delay starts over once a child has lived for ten seconds. Nothing here waits; `restart_if_dead` is polled.
"""

import time
from pathlib import Path
from typing import Final

from stack.children import Child, Spec
from stack.errors import CannotStart
from stack.progress import Progress, tail

_FIRST_DELAY_SECONDS: Final = 0.2
_LAST_DELAY_SECONDS: Final = 5.0
_SETTLED_SECONDS: Final = 10.0
_MAX_DEATHS: Final = 5  # 3 s of trying: a killed Postgres may need some until its memory is free


class SupervisedChild:
    """`log` gets all that the child writes; `marker` goes into its environment."""

    def __init__(self, spec: Spec, log: Path, marker: str, say: Progress) -> None:
        self.spec = spec
        self.log = log
        self._marker = marker
        self._say = say
        self._deaths = 0
        self._restart_at: float | None = None
        self._answered = False
        self._start()

    def _start(self) -> None:
        self.process = Child(self.spec, self.log, self._marker)
        self._began = time.monotonic()
        self._restart_at = None

    def restart_if_dead(self) -> None:
        """Notices a death, and starts the child again once the delay is over."""
        if not self.process.has_ended():
            return
        if self._restart_at is None:
            self._plan_restart()
        elif time.monotonic() >= self._restart_at:
            self._start()

    def answers(self) -> bool:
        """Whether it has ever answered; says so the first time."""
        if self._answered or self.process.has_ended():
            return self._answered
        self._answered = self.spec.answers()
        if self._answered:
            where = f" on {self.spec.where}" if self.spec.where else ""
            self._say(f"{self.spec.name} answers{where} ({self.age_seconds():.1f} s)")
        return self._answered

    def age_seconds(self) -> float:
        return time.monotonic() - self._began

    def check_deaths(self) -> None:
        """Raises: CannotStart after too many deaths in a row."""
        if self._deaths >= _MAX_DEATHS:
            raise self.cannot_start(f"cannot start: {self.end()}")

    def cannot_start(self, problem: str) -> CannotStart:
        message = f"{self.spec.name} {problem}; the end of {self.log}:\n{self._log_tail()}"
        return CannotStart(message, remedy=self.spec.remedy)

    def end(self) -> str:
        code = self.process.exit_code
        return f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"

    def _plan_restart(self) -> None:
        if self.age_seconds() > _SETTLED_SECONDS:
            self._deaths = 0
        delay = min(_FIRST_DELAY_SECONDS * 2**self._deaths, _LAST_DELAY_SECONDS)
        self._deaths += 1
        self._restart_at = time.monotonic() + delay
        self._say(f"{self.spec.name} died: {self.end()}; it is started again in {delay:.1f} s")
        if self._deaths == 3 or self._deaths % 20 == 0:
            self._say.plain(f"{self.spec.name} keeps dying; the end of {self.log}:\n{self._log_tail()}")

    def _log_tail(self) -> str:
        return tail(self.log, since=self.process.log_start)
