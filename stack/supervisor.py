"""Starts children in stages, keeps them alive, and stops the last stage first.

Nothing here knows what the children are. Used by one thread only, the main one.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stack.children import Spec
from stack.progress import Progress
from stack.signals import StopRequests
from stack.supervised_child import SupervisedChild

_START_SECONDS: Final = 120.0  # a million events in NATS take 5 s to recover, a crashed Postgres may take longer
_REMINDER_SECONDS: Final = 5.0
_TURN_SECONDS: Final = 0.05


@dataclass
class Supervisor:
    """`logs` is the folder of `<name>.log`; `marker` goes into every child's environment."""

    logs: Path
    marker: str
    say: Progress
    stop_requests: StopRequests
    _stages: list[list[SupervisedChild]] = field(default_factory=list)

    def start(self, specs: Sequence[Spec]) -> None:
        """Starts one more stage and returns when every child of it answers.

        Raises: CannotStart, StopAsked.
        """
        stage: list[SupervisedChild] = []
        self._stages.append(stage)
        for spec in specs:
            stage.append(self._supervised(spec))
        began = reminded = time.monotonic()
        while silent := [child for child in stage if not child.answers()]:
            self._turn(silent, began)
            if time.monotonic() - reminded > _REMINDER_SECONDS:
                reminded = time.monotonic()
                self.say("still waiting for " + ", ".join(child.spec.name for child in silent))

    def run(self, spec: Spec) -> None:
        """Runs a program to its end, while everything else is kept alive.

        Raises: CannotStart when it fails, StopAsked.
        """
        program = self._supervised(spec)
        began = time.monotonic()
        try:
            while not program.process.has_ended():
                self._turn([program], began)
        finally:
            self._end([program])
        if program.process.exit_code:
            raise program.cannot_start(f"failed: {program.end()}")
        self.say(f"{spec.name} done ({program.age_seconds():.1f} s)")

    def tick(self) -> None:
        """One look at every child; never blocks."""
        for stage in self._stages:
            for child in stage:
                child.restart_if_dead()

    def stop(self) -> None:
        """Waits until every child is gone; a second request to stop kills what is left. Repeatable."""
        while self._stages:
            self._end(self._stages[-1])
            self._stages.pop()

    def logs_of_all(self) -> list[Path]:
        return [child.log for stage in self._stages for child in stage]

    def _supervised(self, spec: Spec) -> SupervisedChild:
        return SupervisedChild(spec, self.logs / f"{spec.name}.log", self.marker, self.say)

    def _turn(self, awaited: Sequence[SupervisedChild], began: float) -> None:
        self.stop_requests.check()
        self.tick()
        for child in awaited:
            child.check_deaths()
        if time.monotonic() - began > _START_SECONDS:
            raise awaited[0].cannot_start(f"did not answer within {_START_SECONDS:.0f} s")
        self.stop_requests.pause(_TURN_SECONDS)

    def _end(self, stage: Sequence[SupervisedChild]) -> None:
        asked = time.monotonic()
        for child in stage:
            child.process.ask_to_stop()
        while alive := [child for child in stage if not child.process.has_ended()]:
            for child in alive:
                if time.monotonic() - asked > child.spec.stop_seconds or self.stop_requests.count > 1:
                    child.process.kill()
            self.stop_requests.pause(_TURN_SECONDS)
