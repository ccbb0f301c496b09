"""`python -m tests.chaos.altered NAME`: one of our programs, with what the chaos suite changes in it and nothing else.

The ack wait may be shorter, so that a frozen worker becomes a zombie within seconds; every program of a stack gets
the same one, also the one that declares the durables. The sweeper may hesitate before each step, so that lives go on
between its reading and its doing. The controls have their fences taken away, of runs or of the retirement of roots.
"""

import asyncio
import os
import random
import runpy
import sys
from collections.abc import Mapping
from typing import Any

from bus import settlement, topology
from bus.messages import Message, MessageFactory
from segmenter.sweeping.removal import Remover
from segmenter.sweeping.superseded import Superseded

ACK_WAIT = "CHAOS_ACK_WAIT_SECONDS"
UNFENCED = "CHAOS_UNFENCED"
UNFENCED_ROOT = "CHAOS_UNFENCED_ROOT"
HESITATION = "CHAOS_SWEEP_HESITATES_SECONDS"


def alter(env: Mapping[str, str]) -> None:
    if seconds := env.get(ACK_WAIT):
        topology.ACK_WAIT_SECONDS = settlement.ACK_WAIT_SECONDS = float(seconds)  # type: ignore[misc,attr-defined]
    if env.get(UNFENCED):
        MessageFactory.fenced = MessageFactory.once = _unconditional  # type: ignore[method-assign]
    if env.get(UNFENCED_ROOT):
        MessageFactory.lasting = _unconditional_and_kept  # type: ignore[method-assign]
    if seconds := env.get(HESITATION):
        _hesitate(float(seconds))


def _unconditional(self: MessageFactory, subject: str, event: Any, **_: Any) -> Message:
    return self._message(subject, event, self._ttl())


def _unconditional_and_kept(self: MessageFactory, subject: str, event: Any, **_: Any) -> Message:
    return self._message(subject, event, {})


def _hesitate(most_seconds: float) -> None:
    """Before a root is retired, and before every tenth removal: sweeps must still come round each second or so."""
    for kind, method, share in ((Superseded, "_retire", 1.0), (Remover, "remove", 0.1)):
        setattr(kind, method, _late(getattr(kind, method), most_seconds, share))


def _late(step: Any, most_seconds: float, share: float) -> Any:
    async def hesitating(*arguments: Any) -> Any:
        if random.random() < share:
            await asyncio.sleep(random.uniform(0, most_seconds))
        return await step(*arguments)

    return hesitating


if __name__ == "__main__":
    alter(os.environ)
    program = sys.argv.pop(1)
    runpy.run_module(program, run_name="__main__", alter_sys=True)
