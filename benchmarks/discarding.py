"""`python -m benchmarks.discarding`: an S3 store that takes slices and forgets them; the real one does the rest.

So a segmenter can be measured without what its store costs, or with a store that is far away and answers each slice
`DISCARDING_DELAY_MS` later. Run next to a system's services: `HTTP_PORT` says that it is ready, the port of
`DISCARDING_PORT` is the store. It takes as little processor time as it can: it shares two processors with what is
measured, so the kernel discards the slices uncopied.
"""

import os
import socket
import socketserver
import threading
import time
from typing import Final
from urllib.parse import urlsplit

PORT_VARIABLE: Final = "DISCARDING_PORT"
DELAY_VARIABLE: Final = "DISCARDING_DELAY_MS"

_HOST: Final = "127.0.0.1"
_PIECE_BYTES: Final = 1 << 20
_READY: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_STORED: Final = b'HTTP/1.1 200 OK\r\nETag: "0"\r\nContent-Length: 0\r\n\r\n'


class Store(socketserver.ThreadingTCPServer):
    """Forwards to the store at `upstream`, whose signatures hold: the host a request names is not changed."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, upstream: tuple[str, int], delay_seconds: float) -> None:
        self.upstream, self.delay_seconds = upstream, delay_seconds
        super().__init__((_HOST, port), _Connection)


class _Connection(socketserver.BaseRequestHandler):
    """Any number of requests of one client; the connection ends with the first that is forwarded."""

    request: socket.socket
    server: Store

    def handle(self) -> None:
        buffer = memoryview(bytearray(_PIECE_BYTES))
        while (count := _read_head(self.request, buffer)) > 0:
            head, _, begun = bytes(buffer[:count]).partition(b"\r\n\r\n")
            left = length_of(head) - len(begun)
            if waits(head):
                self.request.sendall(_GO_ON)
            if not is_slice(head):
                self._forward(head + b"\r\nconnection: close\r\n\r\n" + begun, left, buffer)
                return
            _forget(self.request, left, buffer)
            time.sleep(self.server.delay_seconds)
            self.request.sendall(_STORED)

    def _forward(self, begun: bytes, left: int, buffer: memoryview) -> None:
        with socket.create_connection(self.server.upstream) as store:
            store.sendall(begun)
            while left > 0 and (count := self.request.recv_into(buffer, min(left, _PIECE_BYTES))):
                store.sendall(buffer[:count])
                left -= count
            while count := store.recv_into(buffer):
                self.request.sendall(buffer[:count])


def is_slice(head: bytes) -> bool:
    """Whether a request stores a slice whole."""
    line = head.partition(b"\r\n")[0]
    return line.startswith(b"PUT ") and b"/segments/" in line and b"uploadId=" not in line


def waits(head: bytes) -> bool:
    """Whether the client sends the body when it is told to, as botocore's does; untold, it loses a second each time."""
    return b"\r\nexpect: 100-continue" in head.lower()


def length_of(head: bytes) -> int:
    """Bytes of the body after a request's head."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _read_head(client: socket.socket, buffer: memoryview) -> int:
    """How many bytes are in the buffer, a whole head among them; 0 when the client has gone."""
    filled = 0
    while count := client.recv_into(buffer[filled:]):
        filled += count
        if b"\r\n\r\n" in buffer[:filled].tobytes():
            return filled
    return 0


def _forget(client: socket.socket, left: int, buffer: memoryview) -> None:
    while left > 0 and (count := client.recv_into(buffer, min(left, _PIECE_BYTES), socket.MSG_TRUNC)):
        left -= count


class _Ready(socketserver.BaseRequestHandler):
    request: socket.socket

    def handle(self) -> None:
        self.request.sendall(_READY)


def main() -> None:
    upstream = urlsplit(os.environ["AWS_ENDPOINT_URL_S3"])
    delay_seconds = float(os.environ.get(DELAY_VARIABLE) or 0) / 1000
    store = Store(int(os.environ[PORT_VARIABLE]), (upstream.hostname or "", upstream.port or 80), delay_seconds)
    with store, socketserver.TCPServer((_HOST, int(os.environ["HTTP_PORT"])), _Ready) as ready:
        threading.Thread(target=ready.serve_forever, daemon=True).start()
        store.serve_forever()


if __name__ == "__main__":
    main()
