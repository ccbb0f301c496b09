"""The manifest service's settings, read once from the environment."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from bus.connection import NatsUrl
from objects import S3Environment
from runtime.exporting import Endpoint
from runtime.settings import Port
from runtime.settings import load as load_settings


class Settings(S3Environment, frozen=True, kw_only=True, rename="upper"):
    """Times in seconds. Variables have the fields' names in upper case."""

    nats_url: NatsUrl
    http_host: str = "127.0.0.1"
    http_port: Port = 8000
    otel_exporter_otlp_endpoint: Endpoint = ""
    watch_seconds: Annotated[float, Meta(gt=0)] = 30.0


def load(env: Mapping[str, str]) -> Settings:
    """Raises: SystemExit naming every variable that is missing or malformed."""
    return load_settings(env, Settings)
