"""A collector of the tests' own: OTLP over HTTP as the SDK sends it, kept as spans to look at."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """One span; ids in hex, `parent` empty for the first of a trace."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, str]


@dataclass
class Collector:
    """`stop` makes it as if it had never been: connections to `endpoint` are refused."""

    endpoint: str
    stop: Callable[[], None]
    spans: list[Seen] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def trace(self, trace: str) -> dict[str, Seen]:
        return {span.id: span for span in self.spans if span.trace == trace}

    def take(self, body: bytes) -> None:
        self.bodies.append(body)
        for told in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(a.value.string_value for a in told.resource.attributes if a.key == "service.name")
            for span in (span for scope in told.scope_spans for span in scope.spans):
                said = {a.key: str(a.value.string_value or a.value.int_value) for a in span.attributes}
                ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                self.spans.append(Seen(service, span.name, *ids, said))


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/v1/traces":
                collector.take(body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True

    def stop() -> None:
        server.shutdown()
        server.server_close()

    collector = Collector(f"http://127.0.0.1:{server.server_address[1]}", stop)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield collector
    finally:
        stop()
