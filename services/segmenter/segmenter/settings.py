"""The segmenter's settings, read once from the environment."""

import os
import socket
from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta

from bus.connection import NatsUrl
from objects import S3Environment
from runtime.exporting import Endpoint
from runtime.settings import Port
from runtime.settings import load as load_settings
from segmenter.decoding.process import MOST_SECONDS

MOST_KEEP_SECONDS: Final = 100 * 365 * 24 * 3600  # what a date still holds


class SweepSettings(S3Environment, frozen=True, kw_only=True, rename="upper"):
    """What one sweep needs. `keep_superseded_seconds`: how long a result stays after another one has taken its place.

    Variables have the fields' names in upper case.
    """

    nats_url: NatsUrl
    keep_superseded_seconds: Annotated[int, Meta(ge=0, le=MOST_KEEP_SECONDS)] = 24 * 3600


class Settings(SweepSettings, frozen=True, kw_only=True, rename="upper"):
    """`nats_purge_url` is of the user `purger`. Sizes in bytes, times in seconds."""

    nats_purge_url: NatsUrl
    http_host: str = "127.0.0.1"
    http_port: Port = 8000
    otel_exporter_otlp_endpoint: Endpoint = ""
    sweep_seconds: Annotated[int, Meta(ge=1)] = 600
    max_decoded_seconds: Annotated[int, Meta(ge=1)] = MOST_SECONDS


def load(env: Mapping[str, str]) -> Settings:
    """Raises: SystemExit naming every variable that is missing or malformed."""
    return load_settings(env, Settings)


def load_for_sweep(env: Mapping[str, str]) -> SweepSettings:
    """Raises: SystemExit naming every variable that is missing or malformed."""
    return load_settings(env, SweepSettings)


def worker_name() -> str:
    """Names this process in its progress messages, for people who read them."""
    return f"{socket.gethostname()}:{os.getpid()}"
