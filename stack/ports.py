"""Ports on 127.0.0.1 that stay ours over restarts.

They are chosen below the kernel's ephemeral range (32768 and up), so that no outgoing connection takes one
while we are down.
"""

import os
import random
import socket
from collections.abc import Collection
from typing import Final

from stack.errors import BadSetting, PortTaken

HOST: Final = "127.0.0.1"
VARIABLE: Final = "CUECUTTER_PORTS"  # first-last: several systems that start at once need not meet
_RANGE: Final = range(20_000, 32_768)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As our servers do: connections of the last run in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def choose(taken: Collection[int] = ()) -> int:
    """A free port outside of `taken`. Between choosing and listening another process may still get it.

    Raises: PortTaken when there is none; BadSetting where CUECUTTER_PORTS is no range.
    """
    allowed = _allowed(os.environ.get(VARIABLE, ""))
    for port in random.sample(allowed, k=min(len(allowed), 200)):
        if port not in taken and is_free(port):
            return port
    raise PortTaken(f"no free port found between {allowed.start} and {allowed.stop - 1}")


def _allowed(text: str) -> range:
    first, _, last = text.partition("-")
    try:
        return range(int(first), int(last) + 1) if text else _RANGE
    except ValueError as exc:
        raise BadSetting(f"{VARIABLE}={text}: write the first and the last port, as 20000-20999") from exc
