"""Starts children in stages, keeps them alive, and stops the last stage first.

Nothing here knows what the children are. Used by one thread only, the main one.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stack.children import Spec
from stack.keeper import Keeper
from stack.progress import Progress
from stack.signals import StopRequests

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
    _stages: list[list[Keeper]] = field(default_factory=list)

    def start(self, specs: Sequence[Spec]) -> None:
        """Starts one more stage and returns when every child of it answers.

        Raises: CannotStart, StopAsked.
        """
        stage: list[Keeper] = []
        self._stages.append(stage)
        for spec in specs:
            stage.append(self._keeper(spec))
        began = reminded = time.monotonic()
        while silent := [keeper for keeper in stage if not keeper.answers()]:
            self._turn(silent, began)
            if time.monotonic() - reminded > _REMINDER_SECONDS:
                reminded = time.monotonic()
                self.say("still waiting for " + ", ".join(keeper.spec.name for keeper in silent))

    def run(self, spec: Spec) -> None:
        """Runs a program to its end, while everything else is kept alive.

        Raises: CannotStart when it fails, StopAsked.
        """
        program = self._keeper(spec)
        began = time.monotonic()
        try:
            while not program.child.has_ended():
                self._turn([program], began)
        finally:
            self._end([program])
        if program.child.exit_code:
            raise program.cannot_start(f"failed: {program.end()}")
        self.say(f"{spec.name} done ({program.age_seconds():.1f} s)")

    def tick(self) -> None:
        """One look at every child; never blocks."""
        for stage in self._stages:
            for keeper in stage:
                keeper.look()

    def stop(self) -> None:
        """Waits until every child is gone; a second wish to stop kills what is left. Repeatable."""
        while self._stages:
            self._end(self._stages[-1])
            self._stages.pop()

    def logs_of_all(self) -> list[Path]:
        return [keeper.log for stage in self._stages for keeper in stage]

    def _keeper(self, spec: Spec) -> Keeper:
        return Keeper(spec, self.logs / f"{spec.name}.log", self.marker, self.say)

    def _turn(self, awaited: Sequence[Keeper], began: float) -> None:
        self.stop_requests.check()
        self.tick()
        for keeper in awaited:
            keeper.check_hope()
        if time.monotonic() - began > _START_SECONDS:
            raise awaited[0].cannot_start(f"did not answer within {_START_SECONDS:.0f} s")
        self.stop_requests.pause(_TURN_SECONDS)

    def _end(self, stage: Sequence[Keeper]) -> None:
        asked = time.monotonic()
        for keeper in stage:
            keeper.child.ask_to_stop()
        while alive := [keeper for keeper in stage if not keeper.child.has_ended()]:
            for keeper in alive:
                if time.monotonic() - asked > keeper.spec.stop_seconds or self.stop_requests.count > 1:
                    keeper.child.kill()
            self.stop_requests.pause(_TURN_SECONDS)
