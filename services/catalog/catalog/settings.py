"""What the catalog reads from its environment, once, at the start."""

from msgspec import Struct

from bus.connection import NatsUrl
from catalog.database_url import check_setting
from runtime.exporting import Endpoint
from runtime.settings import Port


class Settings(Struct, frozen=True, kw_only=True, rename=str.upper):
    """`http_port` serves /healthz and /readyz; port 0 lets the system choose."""

    database_url: str
    nats_url: NatsUrl
    http_host: str = "127.0.0.1"
    http_port: Port = 8000
    otel_exporter_otlp_endpoint: Endpoint = ""

    def __post_init__(self) -> None:
        check_setting(self.database_url)  # a malformed one stops the start, not the first question
