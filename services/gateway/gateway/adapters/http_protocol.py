"""HTTP/1.1 as uvicorn speaks it, with two answers it does not give: a problem for what is no HTTP, and one for a client
that says it has sent its last byte before its body is complete.
"""

from typing import Final
from uuid import uuid4

import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.adapters import problems

TRUNCATED: Final = "cuecutter.truncated"  # the key in the scope; `Lingering` reads it


class HttpProtocol(H11Protocol):
    """What uvicorn makes for every connection."""

    def send_400_response(self, msg: str) -> None:
        """Overrides uvicorn's, which answers in plain text, and breaks where an answer is under way already."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(_malformed())
        self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keeps the way to the client open until a request under way is answered; uvicorn would hang up."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        if cycle.more_body:
            cycle.scope[TRUNCATED] = True  # type: ignore[typeddict-unknown-key]
            cycle.more_body = False
            cycle.message_event.set()
        cycle.keep_alive = False
        return True


def _malformed() -> bytes:
    request_id = str(uuid4())
    body = msgspec.json.encode(problems.malformed_request(request_id))
    head = (
        f"HTTP/1.1 400 Bad Request\r\ncontent-type: {problems.MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
        f"x-request-id: {request_id}\r\nconnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
