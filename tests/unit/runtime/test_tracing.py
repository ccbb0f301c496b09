"""Traces that nobody asked for cost nothing; those that are asked for are W3C's, and never a burden."""

import asyncio
import socket
import subprocess
import sys
from time import monotonic

import pytest

from bus.messages import MessageFactory
from catalog.settings import Settings
from contracts import subjects
from runtime import tracing
from runtime.exporting import exporting
from runtime.settings import load
from tests.collector import Collector, Seen, collecting
from tests.lives import span_order

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GIVEN = {"traceparent": f"00-{TRACE}-{CALLER}-01"}


def draft_headers() -> dict[str, str]:
    return MessageFactory("segmenter").once(subjects.span("d", 1, 0), span_order("d", run=1)).headers


async def sent(collector: Collector, name: str) -> Seen:
    async with asyncio.timeout(10):
        while not (found := [span for span in collector.spans if span.name == name]):
            await asyncio.sleep(0.01)
    return found[0]


async def test_off_an_event_has_no_header_more_and_a_span_is_nothing() -> None:
    async with exporting("segmenter", ""):
        with tracing.span("a", "consumer", GIVEN) as span:
            span.note(run=1)
            assert tracing.outgoing() == {}
            assert "traceparent" not in draft_headers()
        assert tracing.span("a", "internal") is tracing.span("b", "server", GIVEN)


def test_off_the_sdk_is_not_imported_by_any_service() -> None:
    program = (
        "import sys, gateway.__main__, gateway.app, segmenter.app, manifest.app, catalog.app\n"
        "print([m for m in sys.modules if m.startswith(('opentelemetry.sdk', 'opentelemetry.exporter', 'google.'))])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


async def test_an_event_belongs_to_the_trace_that_led_to_it() -> None:
    with collecting() as collector:
        async with exporting("segmenter", collector.endpoint):
            with tracing.span("handler", "consumer", GIVEN) as span:
                span.note(run=7, correlation_id=None)
                header = draft_headers()["traceparent"]
            tracing.past("in a batch", 0.5, header)
        handled, batched = await sent(collector, "handler"), await sent(collector, "in a batch")
    assert (handled.service, handled.trace, handled.parent) == ("segmenter", TRACE, CALLER)
    assert handled.attributes == {"cuecutter.run": "7"}
    assert header == f"00-{TRACE}-{handled.id}-01"
    assert (batched.trace, batched.parent) == (TRACE, handled.id)
    assert tracing.outgoing() == {}


@pytest.mark.parametrize("given", ["", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "x" * 100_000])
async def test_a_header_that_names_no_trace_begins_one(given: str) -> None:
    with collecting() as collector:
        async with exporting("gateway", collector.endpoint):
            with tracing.span("request", "server", {"traceparent": given}):
                pass
        assert (await sent(collector, "request")).parent == ""


async def test_the_text_of_an_exception_stays_here() -> None:
    with collecting() as collector:
        async with exporting("manifest", collector.endpoint):
            with pytest.raises(ValueError, match="private"), tracing.span("handler", "consumer", {}):
                raise ValueError("private")
        await sent(collector, "handler")
    assert b"ValueError" in b"".join(collector.bodies)
    assert b"private" not in b"".join(collector.bodies)


@pytest.mark.alone
async def test_a_collector_that_never_answers_holds_up_nobody() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = monotonic()
        async with exporting("catalog", f"http://127.0.0.1:{silent.getsockname()[1]}"):
            for _ in range(10_000):  # five times what the queue holds
                with tracing.span("request", "server", {}):
                    pass
            made = monotonic() - started
        assert (made < 5, monotonic() - started < 9) == (True, True)


def test_an_endpoint_that_is_no_url_stops_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    env = {"DATABASE_URL": "postgresql://x", "NATS_URL": "nats://x", "OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}
    with pytest.raises(SystemExit):
        load(env, Settings)
    assert "malformed setting: OTEL_EXPORTER_OTLP_ENDPOINT" in capsys.readouterr().err
