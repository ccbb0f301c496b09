"""The segmenter's settings, read once from the environment."""

import os
import socket
from collections.abc import Mapping

from msgspec import Struct

from bus.settings import load as load_settings
from objects import S3Settings


class Settings(Struct, frozen=True, kw_only=True, rename="upper"):
    """Sizes in bytes, times in seconds. Variables have the fields' names in upper case."""

    nats_url: str
    aws_access_key_id: str
    aws_secret_access_key: str
    s3_bucket_name: str
    aws_region: str = "us-east-1"
    aws_session_token: str | None = None
    aws_endpoint_url_s3: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    sweep_seconds: int = 600

    def s3(self) -> S3Settings:
        return S3Settings(
            endpoint_url=self.aws_endpoint_url_s3,
            region=self.aws_region,
            access_key_id=self.aws_access_key_id,
            secret_access_key=self.aws_secret_access_key,
            session_token=self.aws_session_token,
            bucket=self.s3_bucket_name,
        )


def load(env: Mapping[str, str]) -> Settings:
    """Raises: SystemExit naming every variable that is missing or malformed."""
    return load_settings(env, Settings)


def worker_name() -> str:
    """Names this process in its progress messages, for people who read them."""
    return f"{socket.gethostname()}:{os.getpid()}"
