"""Traces sent to a collector while a process works, if it has one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Annotated

from msgspec import Meta

from runtime import tracing

# The setting OTEL_EXPORTER_OTLP_ENDPOINT of every service: the base URL of a collector; empty means off.
Endpoint = Annotated[str, Meta(pattern=r"^https?://\S+$")]


@asynccontextmanager
async def exporting(service: str, endpoint: Endpoint) -> AsyncIterator[None]:
    """Traces while the block runs, if `endpoint` is not empty; its end sends what is left, within two seconds."""
    if not endpoint:
        yield
        return
    # Loaded only here: the SDK costs every process that is not traced its start and its memory.
    tracer: tracing.Tracer = import_module("runtime.otlp").OtlpTracer(service, endpoint)
    try:
        with tracing.traced_by(tracer):
            yield
    finally:
        await tracer.close()
