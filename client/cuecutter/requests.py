"""From what is asked to httpx's arguments, and from its answers and errors to ours: what both runners need. Pure."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeGuard

import httpx

from cuecutter import release
from cuecutter.errors import Unreachable
from cuecutter.login import Login
from cuecutter.steps import Answer, Ask, Body

# Before some answers begin, a whole archive is counted or an upload is stored.
SLOW_SECONDS: Final = 300.0
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Sending:
    """How much of a call's body was handed to the connection."""

    def __init__(self, ask: Ask) -> None:
        self._size_bytes = ask.content.size_bytes if is_streamed(ask.content) else 0
        self.done_bytes = 0

    def count(self, chunk: bytes) -> None:
        self.done_bytes += len(chunk)

    @property
    def is_complete(self) -> bool:
        return self.done_bytes >= self._size_bytes


def settings(login: Login, timeout_seconds: float) -> dict[str, Any]:
    """Of a client. Proxies and certificates are those of the environment; no redirection is followed by httpx."""
    headers = {
        "authorization": f"Bearer {login.token}",
        "accept-encoding": "identity",  # sizes and ranges are those of the bytes on the wire
        "user-agent": f"cuecutter/{release.VERSION}",
    }
    return {"headers": headers, "timeout": timeout_seconds, "follow_redirects": False}


def arguments(ask: Ask, url: str, content: Any, timeout_seconds: float) -> dict[str, Any]:
    """Of httpx's `stream`. Each timeout is of one piece of silence, so no answer of any length runs into it."""
    headers = {**ask.headers, **(ask.sink.headers() if ask.sink else {})}
    if is_streamed(ask.content):
        headers["content-length"] = str(ask.content.size_bytes)
    silence = max(timeout_seconds, SLOW_SECONDS) if ask.is_slow else timeout_seconds
    return {
        "method": ask.method,
        "url": url + ask.path,
        "headers": headers,
        "content": content,
        "timeout": httpx.Timeout(silence, connect=timeout_seconds, pool=timeout_seconds),
    }


def is_streamed(content: bytes | Body | None) -> TypeGuard[Body]:
    return content is not None and not isinstance(content, bytes)


def answer_of(response: httpx.Response, body: bytes = b"") -> Answer:
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


@contextmanager
def explained(url: str, sending: Sending) -> Iterator[None]:
    """Raises: Unreachable instead of httpx's errors."""
    try:
        yield
    except httpx.TransportError as exc:
        may_have_happened = sending.is_complete and not isinstance(exc, _NEVER_SENT)
        raise Unreachable(f"{url} {_why(exc)}", may_have_happened=may_have_happened) from exc


def _why(exc: httpx.TransportError) -> str:
    if isinstance(exc, httpx.TimeoutException):
        return "does not answer in time"
    return f"does not answer ({str(exc) or type(exc).__name__})"
