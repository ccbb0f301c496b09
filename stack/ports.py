"""Ports on 127.0.0.1 that stay ours over restarts.

They are chosen below the kernel's ephemeral range (32768 and up), so that no outgoing connection of anybody takes one
while we are down.
"""

import random
import socket
from collections.abc import Collection
from typing import Final

from stack.errors import PortTaken

HOST: Final = "127.0.0.1"
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
    """A free port outside of `taken`. Between choosing and listening somebody else may still get it.

    Raises: PortTaken when there is none.
    """
    for port in random.sample(_RANGE, k=200):
        if port not in taken and is_free(port):
            return port
    raise PortTaken(f"no free port found between {_RANGE.start} and {_RANGE.stop - 1}")
