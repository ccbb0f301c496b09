"""A gateway that is set up wrongly does not start, and says which variable it is; never what stands in it."""

import subprocess
import sys

import pytest

from gateway.domain.pace import MinRate
from gateway.settings import load

ENOUGH = {
    "JWT_SECRET_KEY": "k" * 32,
    "NATS_URL": "nats://gateway:hidden@127.0.0.1:4222",
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "hidden",
    "S3_BUCKET_NAME": "tts",
}


def test_what_is_not_given_has_its_default() -> None:
    settings = load(ENOUGH)
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8000)
    assert settings.limits().audio_bytes == 2_147_483_648
    assert settings.limits().transcript_bytes == 16_777_216
    assert settings.limits().upload_seconds == 21_600
    assert settings.limits().capacity.memory_bytes == 134_217_728
    assert settings.limits().capacity.per_user == 4
    assert settings.limits().capacity.min_rate == MinRate(bytes_per_second=4_096, window_seconds=60)
    assert settings.s3().endpoint_url is None


@pytest.mark.parametrize("name", sorted(ENOUGH))
def test_a_missing_variable_is_named(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        load({key: value for key, value in ENOUGH.items() if key != name})
    assert raised.value.code == 2
    assert name in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET_KEY", "hidden-and-31-characters-long-x"),
        ("HTTP_PORT", "hidden"),
        ("HTTP_PORT", "65536"),
        ("MAX_AUDIO_BYTES", "0"),
        ("MAX_TRANSCRIPT_BYTES", "-1"),
        ("MAX_UPLOAD_SECONDS", "0"),
        ("UPLOAD_MEMORY_BYTES", "1000000"),
        ("MAX_UPLOADS_PER_USER", "0"),
        ("MIN_UPLOAD_BYTES_PER_SECOND", "-1"),
        ("UPLOAD_WINDOW_SECONDS", "0"),
    ],
)
def test_a_malformed_variable_is_named(name: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        load({**ENOUGH, name: value})
    said = capsys.readouterr().err
    assert raised.value.code == 2
    assert name in said
    assert "hidden" not in said


def test_the_process_ends_with_status_2_and_without_a_traceback() -> None:
    ended = subprocess.run([sys.executable, "-m", "gateway"], env={}, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "JWT_SECRET_KEY" in ended.stderr
    assert "Traceback" not in ended.stderr
