"""The gateway's settings, read once from the environment."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from bus.connection import NatsUrl
from gateway.domain.pace import MinRate
from gateway.http.sessions import Sessions
from gateway.uploads.limits import MEBIBYTE, Capacity, Limits
from objects import S3Environment
from runtime.exporting import Endpoint
from runtime.settings import Port
from runtime.settings import load as load_settings


class Settings(S3Environment, frozen=True, kw_only=True, rename="upper"):
    """Sizes in bytes, times in seconds. Variables have the fields' names in upper case."""

    # HS256 is only as strong as its key, and is guessed offline: no shorter than its hash.
    jwt_secret_key: Annotated[str, Meta(min_length=32)]
    nats_url: NatsUrl
    http_host: str = "127.0.0.1"
    http_port: Port = 8000
    otel_exporter_otlp_endpoint: Endpoint = ""
    max_audio_bytes: Annotated[int, Meta(ge=1)] = 2 * 1024 * MEBIBYTE
    max_transcript_bytes: Annotated[int, Meta(ge=1)] = 16 * MEBIBYTE
    max_upload_seconds: Annotated[float, Meta(gt=0)] = 6 * 3600.0
    # Not less than two parts in flight and one upload with its transcript need.
    upload_memory_bytes: Annotated[int, Meta(ge=64 * MEBIBYTE)] = 128 * MEBIBYTE
    max_uploads_per_user: Annotated[int, Meta(ge=1)] = 4
    min_upload_bytes_per_second: Annotated[int, Meta(ge=0)] = 4096
    upload_window_seconds: Annotated[float, Meta(gt=0)] = 60.0
    drain_seconds: Annotated[float, Meta(ge=0, le=600)] = 0.0

    # `auto` needs TLS, or a balancer that ends TLS and sets X-Forwarded-Proto.
    session_cookie_secure: Literal["auto", "always"] = "auto"

    def sessions(self) -> Sessions:
        return Sessions(self.jwt_secret_key, always_secure=self.session_cookie_secure == "always")

    def limits(self) -> Limits:
        return Limits(
            audio_bytes=self.max_audio_bytes,
            transcript_bytes=self.max_transcript_bytes,
            upload_seconds=self.max_upload_seconds,
            capacity=Capacity(
                memory_bytes=self.upload_memory_bytes,
                per_user=self.max_uploads_per_user,
                min_rate=MinRate(self.min_upload_bytes_per_second, self.upload_window_seconds),
            ),
        )


def load(env: Mapping[str, str]) -> Settings:
    """Raises: SystemExit (status 2) naming what is missing or malformed, never its value."""
    return load_settings(env, Settings)
