"""`make dead-letters` and `make replay`: the bus's own command, with the rights that a stack's folder holds."""

from collections.abc import Sequence

from bus import dead_letters
from stack import nats
from stack import state as states
from stack.errors import NotRunning
from stack.settings import Settings


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """The exit code.

    Raises: NotRunning where there never was a stack.
    """
    state = states.load(settings.folder)
    if "nats" not in state.ports:
        raise NotRunning(f"no stack runs on {settings.folder}", remedy="start it with make run")
    url = nats.url("topology", state.ports["nats"], state.secrets["nats-topology"])
    return dead_letters.main(list(arguments), {"NATS_URL": url})
