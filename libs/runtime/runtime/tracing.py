"""Traces across HTTP and NATS, in W3C's form: `traceparent` in requests and in every event. Off unless asked for.

Off, a span is one shared object that does nothing, events carry no header, and OpenTelemetry is never imported: what
knows it is `runtime.otlp`, loaded by `runtime.exporting` alone. An exporter that can't reach its collector drops what
it can't keep; no handler ever waits for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Literal, Protocol

TRACEPARENT: Final = "traceparent"

Kind = Literal["server", "client", "consumer", "producer", "internal"]
Value = str | int | float | bool | None


class Span(Protocol):
    """Work in progress. It may carry nothing of a user's content: no name, no text."""

    def rename(self, name: str) -> None: ...

    def note(self, **attributes: Value) -> None:
        """None is left out; the names get the prefix `cuecutter.`."""

    def fail(self, why: str) -> None: ...


class Tracer(Protocol):
    def span(self, name: str, kind: Kind, headers: Mapping[str, str] | None) -> AbstractContextManager[Span]: ...

    def past(self, name: str, seconds: float, traceparent: str) -> None: ...

    def outgoing(self) -> dict[str, str]: ...

    async def close(self) -> None: ...


class _Untraced:
    def rename(self, name: str) -> None: ...

    def note(self, **attributes: Value) -> None: ...

    def fail(self, why: str) -> None: ...


_UNTRACED: Final[AbstractContextManager[Span]] = nullcontext(_Untraced())
_tracer: Tracer | None = None


@contextmanager
def traced_by(tracer: Tracer) -> Iterator[None]:
    """Within the block every span of the process goes to `tracer`."""
    global _tracer
    _tracer = tracer
    try:
        yield
    finally:
        _tracer = None


def span(name: str, kind: Kind, headers: Mapping[str, str] | None = None) -> AbstractContextManager[Span]:
    """A span of the block: a child of what `headers` name, where they are given, else of the span around it."""
    return _UNTRACED if _tracer is None else _tracer.span(name, kind, headers)


def past(name: str, seconds: float, traceparent: str) -> None:
    """A span that ends now and took `seconds`, for a message of a batch; none for one that is not traced."""
    if _tracer is not None and traceparent:
        _tracer.past(name, seconds, traceparent)


def outgoing() -> dict[str, str]:
    """The headers that make what is sent now part of the current trace; empty outside of one."""
    return {} if _tracer is None else _tracer.outgoing()
