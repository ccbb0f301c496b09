"""The half of tracing that knows OpenTelemetry: the SDK's spans, sent in batches over OTLP/HTTP by a thread of its own.

`runtime.exporting` loads it where an endpoint is set. Other variables of OpenTelemetry (OTEL_TRACES_SAMPLER,
OTEL_EXPORTER_OTLP_HEADERS, OTEL_BSP_…) are the SDK's own and hold here too. No baggage and no tracestate is passed on:
both would carry what a client wrote.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Thread
from time import time_ns
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from runtime.tracing import TRACEPARENT, Kind, Value

EXPORT_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 2.0  # a stopping service does not wait longer for a collector that is unavailable

_W3C: Final = TraceContextTextMapPropagator()


class OtlpSpan:
    """One span of the SDK, as `runtime.tracing.Span`."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, **attributes: Value) -> None:
        for name, value in attributes.items():
            if value is not None:
                self._span.set_attribute(f"cuecutter.{name}", value)

    def fail(self, why: str) -> None:
        self._span.set_status(Status(StatusCode.ERROR, why))


class OtlpTracer:
    """Nothing is registered globally, so no library of ours or of others begins to trace by itself."""

    def __init__(self, service: str, endpoint: str) -> None:
        resource = Resource.create({"service.name": service, "service.namespace": "cuecutter"})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("cuecutter")

    @contextmanager
    def span(self, name: str, kind: Kind, headers: Mapping[str, str] | None) -> Iterator[OtlpSpan]:
        parent = None if headers is None else _context(headers.get(TRACEPARENT, ""))
        # An exception's text may hold what a trace must not; its type says enough.
        with self._tracer.start_as_current_span(
            name, parent, SpanKind[kind.upper()], record_exception=False, set_status_on_exception=False
        ) as started:
            span = OtlpSpan(started)
            try:
                yield span
            except BaseException as exc:
                span.fail(type(exc).__name__)
                raise

    def past(self, name: str, seconds: float, traceparent: str) -> None:
        now = time_ns()
        begun = now - int(seconds * 1e9)
        self._tracer.start_span(name, _context(traceparent), SpanKind.CONSUMER, start_time=begun).end(now)

    def outgoing(self) -> dict[str, str]:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return {TRACEPARENT: carrier[TRACEPARENT]} if carrier else {}

    async def close(self) -> None:
        """Sends what is left. The SDK would wait half a minute for a collector that is silent; its thread is left."""
        loop, closed = asyncio.get_running_loop(), asyncio.Event()

        def shut() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the loop is closed: `close` has stopped waiting
                loop.call_soon_threadsafe(closed.set)

        Thread(target=shut, daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await closed.wait()


def _context(traceparent: str) -> Context:
    """The trace it names; a new one where it is empty, or nonsense."""
    return _W3C.extract({TRACEPARENT: traceparent}, Context())
