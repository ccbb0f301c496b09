"""Strikes the processes of one stack, and no other: they are found by the stack's own marks, never by name alone."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from tests.chaos.schedule import Fault, Kind
from tests.chaos.wires import Wire
from tests.stacks import processes_of

_PATIENCE_SECONDS = 6.0  # the supervisor brings a child back within five seconds


class Striker:
    """`struck` counts what was done, by (kind, target); `missed` what found nobody alive to strike."""

    def __init__(self, folder: Path, wires: Mapping[str, Wire]) -> None:
        self.folder, self._wires = folder, wires
        self._lasting: set[asyncio.Task[None]] = set()
        self._frozen: set[int] = set()
        self.struck: Counter[tuple[str, str]] = Counter()
        self.missed: Counter[tuple[str, str]] = Counter()

    async def play(self, faults: tuple[Fault, ...]) -> None:
        """Returns once the last fault is over: what was frozen is thawed, what was stalled flows."""
        began = monotonic()
        for fault in faults:
            await asyncio.sleep(began + fault.at_seconds - monotonic())
            await self._strike(fault)
        await asyncio.gather(*self._lasting)

    async def _strike(self, fault: Fault) -> None:
        if fault.kind is Kind.CUT:
            self._wires[fault.target].cut()
        elif fault.kind is Kind.STALL:
            self._last(self._wires[fault.target].stall(fault.lasts_seconds))
        elif (pid := await self._victim(fault)) is None:
            self.missed[fault.kind.value, fault.target] += 1
            return
        elif fault.kind is Kind.KILL:
            _send(pid, signal.SIGKILL)
        else:
            _send(pid, signal.SIGSTOP)
            self._frozen.add(pid)
            self._last(self._thaw(pid, fault.lasts_seconds))
        self.struck[fault.kind.value, fault.target] += 1

    def _last(self, lasting: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(lasting)
        self._lasting.add(task)

    async def _thaw(self, pid: int, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        finally:
            self._frozen.discard(pid)
            if pid in processes_of(self.folder):
                _send(pid, signal.SIGCONT)

    async def _victim(self, fault: Fault) -> int | None:
        deadline = monotonic() + _PATIENCE_SECONDS
        # A frozen one is spared: killed, it would never wake as a zombie.
        while not (alive := [pid for pid in self.alive(fault.target) if pid not in self._frozen]):
            if monotonic() > deadline:
                return None
            await asyncio.sleep(0.1)
        return alive[fault.which % len(alive)]

    def alive(self, target: str) -> list[int]:
        """The processes that are `target`: a server's one, or a service's replicas."""
        found = processes_of(self.folder)
        if target == "postgres":
            # Its children have its command line too; the file names the one that started them.
            file = self.folder / "postgres" / "postmaster.pid"
            first = file.read_text(encoding="utf-8").partition("\n")[0] if file.exists() else ""
            return [pid for pid in found if str(pid) == first]
        words = {"nats": "nats-server", "s3": "rclone"}.get(target, f"tests.chaos.altered {target}")
        return sorted(pid for pid, line in found.items() if words in line)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it may end between being found and being struck
        os.kill(pid, number)
