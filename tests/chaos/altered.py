"""`python -m tests.chaos.altered NAME`: one of our programs, with what the chaos suite changes in it and nothing else.

The ack wait may be shorter, so that a frozen worker becomes a zombie within seconds; every program of a stack gets
the same one, also the one that declares the durables. The control has its fences taken away.
"""

import os
import runpy
import sys
from collections.abc import Mapping
from typing import Any

from bus import settlement, topology
from bus.messages import Message, MessageFactory

ACK_WAIT = "CHAOS_ACK_WAIT_SECONDS"
UNFENCED = "CHAOS_UNFENCED"


def alter(env: Mapping[str, str]) -> None:
    if seconds := env.get(ACK_WAIT):
        topology.ACK_WAIT_SECONDS = settlement.ACK_WAIT_SECONDS = float(seconds)  # type: ignore[misc,attr-defined]
    if env.get(UNFENCED):
        MessageFactory.fenced = MessageFactory.once = _unconditional  # type: ignore[method-assign]


def _unconditional(self: MessageFactory, subject: str, event: Any, **_: Any) -> Message:
    return self._message(subject, event, self._ttl())


if __name__ == "__main__":
    alter(os.environ)
    program = sys.argv.pop(1)
    runpy.run_module(program, run_name="__main__", alter_sys=True)
