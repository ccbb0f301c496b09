"""A setting that is missing or malformed stops every service, named, and its value is not shown."""

from importlib import import_module
from typing import Any

import msgspec
import pytest

from runtime.settings import load

SERVICES = ("gateway", "segmenter", "manifest", "catalog", "migrations")
GOOD = {
    "NATS_URL": "nats://user:password@127.0.0.1:4222,nats://127.0.0.2:4222",
    "NATS_PURGE_URL": "nats://purger:password@127.0.0.1:4222",
    "DATABASE_URL": "postgresql://u:p@127.0.0.1/x",
    "JWT_SECRET_KEY": "k" * 32,
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "S3_BUCKET_NAME": "bucket",
}
BAD = {
    "NATS_URL": "http://u:verysecret@127.0.0.1",
    "NATS_PURGE_URL": "purger:verysecret@127.0.0.1",
    "DATABASE_URL": "mysql://u:verysecret@127.0.0.1",
    "JWT_SECRET_KEY": "verysecret",
    "S3_BUCKET_NAME": "bucket/verysecret",
    "AWS_ENDPOINT_URL_S3": "verysecret:9000",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "verysecret:4318",
    "HTTP_PORT": "99999",
    "MAX_AUDIO_BYTES": "2GiB",
    "MAX_TRANSCRIPT_BYTES": "0",
    "MAX_UPLOAD_SECONDS": "-1",
    "UPLOAD_MEMORY_BYTES": "1",
    "MAX_UPLOADS_PER_USER": "0",
    "MIN_UPLOAD_BYTES_PER_SECOND": "-1",
    "UPLOAD_WINDOW_SECONDS": "0",
    "SESSION_COOKIE_SECURE": "verysecret",
    "DRAIN_SECONDS": "-1",
    "SWEEP_SECONDS": "0",
    "KEEP_SUPERSEDED_SECONDS": "-1",
    "MAX_DECODED_SECONDS": "0",
    "WATCH_SECONDS": "0",
    "STREAM_REPLICAS": "many",
}
FREE = {"HTTP_HOST", "AWS_REGION", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def settings(service: str) -> Any:
    return import_module(f"{service}.settings").Settings


def names(service: str, *, required: bool) -> list[str]:
    return [f.encode_name for f in msgspec.structs.fields(settings(service)) if f.required or not required]


def told(service: str, env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        load(env, settings(service))
    assert stopped.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_missing_is_named(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    load(GOOD, settings(service))
    for name in names(service, required=True):
        assert f"missing settings: {name};" in told(service, {**GOOD, name: ""}, capsys)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_malformed_is_named_and_not_shown(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in names(service, required=False):
        if name not in FREE:
            line = told(service, {**GOOD, name: BAD[name]}, capsys)
            assert f"malformed setting: {name}" in line
            assert "verysecret" not in line
