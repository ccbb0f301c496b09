"""HTTP/1.1 as uvicorn speaks it, with what it does not give: a problem for what is no HTTP; one for a client that says
it has sent its last byte before its body is complete; and an end to waiting for a request that does not begin.
"""

from asyncio import TimerHandle, Transport
from typing import Final
from uuid import uuid4

import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.http import problems
from gateway.http.correlation import PRIVATE_HEADERS
from gateway.http.problem_types import HEAD_TIMEOUT, MALFORMED_REQUEST, Kind

TRUNCATED: Final = "cuecutter.truncated"  # the key in the scope; `Lingering` reads it
HEAD_SECONDS: Final = 20.0
# Closing at once resets the connection of a client that is still sending, and it may never see the answer.
PARTING_SECONDS: Final = 2.0

_NO_HTTP: Final = "Its first line, a header or the framing of its body breaks the rules of RFC 9112."
_PRIVATE: Final = "".join(f"{name}: {value}\r\n" for name, value in PRIVATE_HEADERS.items())
_PHRASES: Final = {400: "Bad Request", 408: "Request Timeout"}


class HttpProtocol(H11Protocol):
    """What uvicorn makes for every connection."""

    _awaiting_head: TimerHandle | None = None
    _parting = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._parting:
            return
        super().data_received(data)
        self._watch_head()

    def send_400_response(self, msg: str) -> None:
        """Overrides uvicorn's, which answers in plain text, and breaks where an answer is under way already."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self._part(MALFORMED_REQUEST, _NO_HTTP)
        else:
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keeps the way to the client open until a request under way is answered; uvicorn would hang up."""
        cycle = self.cycle
        if self._parting or cycle is None or cycle.response_complete:
            return False
        if cycle.more_body:
            cycle.scope[TRUNCATED] = True  # type: ignore[typeddict-unknown-key]
            cycle.more_body = False
            cycle.message_event.set()
        cycle.keep_alive = False
        return True

    def _watch_head(self) -> None:
        """From the connection's first moment, and from the first byte of each further request, until one begins."""
        if self._parting or (self.cycle is not None and not self.cycle.response_complete):
            self._end_watch()
        elif self._awaiting_head is None:
            self._awaiting_head = self.loop.call_later(HEAD_SECONDS, self._on_no_head)

    def _end_watch(self) -> None:
        if self._awaiting_head is not None:
            self._awaiting_head.cancel()
            self._awaiting_head = None

    def _on_no_head(self) -> None:
        if self.conn.trailing_data[0]:
            self._part(HEAD_TIMEOUT, f"The headers were not complete after {HEAD_SECONDS:g} seconds.")
        else:
            self.transport.close()

    def _part(self, kind: Kind, detail: str) -> None:
        """Answers, and takes leave: what still comes is dropped, and whoever works on a request of it is told."""
        self._parting = True
        self._end_watch()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_answer(kind, detail))
        self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(PARTING_SECONDS, self.transport.close)


def _answer(kind: Kind, detail: str) -> bytes:
    request_id = str(uuid4())
    body = msgspec.json.encode(problems.without_request(kind, detail, request_id))
    head = (
        f"HTTP/1.1 {kind.status} {_PHRASES[kind.status]}\r\ncontent-type: {problems.MEDIA_TYPE}\r\n"
        f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\n{_PRIVATE}connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
