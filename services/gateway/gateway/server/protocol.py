"""uvicorn's HTTP/1.1 protocol, with problems for bytes that are no request, a time limit for a request's head, and
half-closed connections. Why: `gateway.server`.
"""

from asyncio import TimerHandle, Transport
from typing import Final
from uuid import uuid4

import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.http import breaking_off, problems
from gateway.http.correlation import PRIVATE_HEADERS
from gateway.http.problem_types import HEAD_TIMEOUT, MALFORMED_REQUEST, ProblemType

TRUNCATED: Final = "cuecutter.truncated"  # the key in the scope; `LingeringClose` reads it
HEAD_SECONDS: Final = 20.0
FIRST_REQUEST_SECONDS: Final = 1.0  # for one that was about to come when the gateway stopped to listen
CLOSE_SECONDS: Final = 2.0  # between the answer to what is no request and the close: a lingering close, too

_NOT_HTTP: Final = "Its first line, a header or the framing of its body breaks the rules of RFC 9112."
_PRIVATE: Final = "".join(f"{name}: {value}\r\n" for name, value in PRIVATE_HEADERS.items())
_PHRASES: Final = {400: "Bad Request", 408: "Request Timeout"}


class HttpProtocol(H11Protocol):
    """What uvicorn creates for every connection."""

    _head_timer: TimerHandle | None = None
    _is_closing = False
    _is_leaving = False  # the next request is the last

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_closing:
            return
        super().data_received(data)
        self._set_head_timer()

    def handle_events(self) -> None:
        """Begins what has arrived: the next request of the connection, also one that was sent with the one before."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:  # the application does not run before this returns
            self.cycle.scope[breaking_off.KEY] = self._break_off  # type: ignore[typeddict-unknown-key]
            if self._is_leaving:
                self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Overrides uvicorn's, which hangs up on a client that has just connected and is about to ask."""
        has_asked = self.cycle is not None
        if not has_asked and not self._is_leaving:
            self._is_leaving = True
            self.loop.call_later(FIRST_REQUEST_SECONDS, self.shutdown)
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Overrides uvicorn's, which answers in plain text, and fails where an answer has begun already."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self._reject(MALFORMED_REQUEST, _NOT_HTTP)
        else:
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Returns whether the connection stays open for writing: until a request in progress is answered."""
        cycle = self.cycle
        if self._is_closing or cycle is None or cycle.response_complete:
            return False
        if cycle.more_body:
            cycle.scope[TRUNCATED] = True  # type: ignore[typeddict-unknown-key]
            cycle.more_body = False
            cycle.message_event.set()
        cycle.keep_alive = False
        return True

    def _break_off(self, at_once: bool) -> None:
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()

    def _set_head_timer(self) -> None:
        """From the connection's first moment, and from the first byte of each further request, until one begins."""
        if self._is_closing or (self.cycle is not None and not self.cycle.response_complete):
            self._cancel_head_timer()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._on_head_timeout)

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _on_head_timeout(self) -> None:
        if self.conn.trailing_data[0]:
            self._reject(HEAD_TIMEOUT, f"The headers were not complete after {HEAD_SECONDS:g} seconds.")
        else:
            self.transport.close()

    def _reject(self, problem_type: ProblemType, detail: str) -> None:
        """Answers and closes, dropping what still arrives; a handler that reads the request's body gets an error."""
        self._is_closing = True
        self._cancel_head_timer()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_answer(problem_type, detail))
        self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(CLOSE_SECONDS, self.transport.close)


def _answer(problem_type: ProblemType, detail: str) -> bytes:
    request_id = str(uuid4())
    body = msgspec.json.encode(problems.without_request(problem_type, detail, request_id))
    head = (
        f"HTTP/1.1 {problem_type.status} {_PHRASES[problem_type.status]}\r\ncontent-type: {problems.MEDIA_TYPE}\r\n"
        f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\n{_PRIVATE}connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
