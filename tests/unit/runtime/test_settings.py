"""Settings are checked before anything connects, and never shown."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from runtime.settings import load


class Settings(Struct, frozen=True, kw_only=True, rename="upper"):
    nats_url: str
    secret_key: Annotated[str, Meta(min_length=8)]
    http_port: Annotated[int, Meta(ge=0, le=65_535)] = 8000


def refused(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        load(env, Settings)
    assert stopped.value.code == 2
    return capsys.readouterr().err


def test_variables_become_fields_of_their_types() -> None:
    settings = load({"NATS_URL": "nats://x", "SECRET_KEY": "long enough", "HTTP_PORT": "80", "OTHER": "y"}, Settings)
    assert settings == Settings(nats_url="nats://x", secret_key="long enough", http_port=80)


def test_everything_missing_is_named_at_once_and_empty_counts_as_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert "missing settings: NATS_URL, SECRET_KEY;" in refused({"NATS_URL": ""}, capsys)


@pytest.mark.parametrize(
    ("name", "value"), [("HTTP_PORT", "eighty"), ("HTTP_PORT", "70000"), ("HTTP_PORT", "-1"), ("SECRET_KEY", "hidden")]
)
def test_a_malformed_variable_is_named_without_its_value(
    name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refused({"NATS_URL": "nats://x", "SECRET_KEY": "long enough", name: value}, capsys)
    assert f"malformed setting: {name}" in told
    assert value not in told
