"""What the catalog reads from its environment, once, at the start."""

from typing import Annotated

from msgspec import Meta, Struct

from bus.connection import NatsUrl
from runtime.exporting import Endpoint
from runtime.settings import Port


class Settings(Struct, frozen=True, kw_only=True, rename=str.upper):
    """`http_port` serves /healthz and /readyz; port 0 lets the system choose."""

    database_url: Annotated[str, Meta(pattern="^postgres(ql)?://")]
    nats_url: NatsUrl
    http_host: str = "127.0.0.1"
    http_port: Port = 8000
    otel_exporter_otlp_endpoint: Endpoint = ""
