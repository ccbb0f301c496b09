"""Questions to a server on 127.0.0.1 whether it answers. They last a second at most and go through no proxy."""

import socket
from http.client import HTTPConnection, HTTPException

from stack.ports import HOST

_PATIENCE_SECONDS = 1.0


def http(port: int, path: str = "/", status: int | None = None) -> bool:
    """Whether GET `path` is answered: with any status, or with this one."""
    connection = HTTPConnection(HOST, port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        answered = connection.getresponse().status
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return status is None or answered == status


def greets(port: int, greeting: bytes) -> bool:
    """Whether the server speaks first, and with these bytes."""
    try:
        with socket.create_connection((HOST, port), timeout=_PATIENCE_SECONDS) as connection:
            return connection.recv(len(greeting), socket.MSG_WAITALL) == greeting
    except OSError:
        return False
