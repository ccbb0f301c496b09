"""A stack that runs: who may see what, and what happens to a child that dies. One stack serves all of these tests."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest

from stack import environment, postgres, probes
from tests.integration.stack import dummies
from tests.stacks import RunningStack, command_line, processes_of, wait_until

AWS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL_S3", "S3_BUCKET_NAME"}
MISLEADING = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "stale", "HTTP_PROXY": "http://127.0.0.1:9", "PGHOST": "far"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("supervised") / "data"
    process = dummies.start(folder, {"SEGMENTERS": "2", **MISLEADING})
    yield process.wait_running()
    process.end()
    assert processes_of(folder) == {}


def test_stack_env_has_what_a_client_needs_and_no_secret_of_ours(stack: RunningStack) -> None:
    assert set(stack.env) == {"GATEWAY_URL", "NATS_URL", "TOKEN"}
    assert stack.env["NATS_URL"].startswith("nats://observer:")
    secrets = dummies.saved(stack.folder).secrets
    assert jwt.decode(stack.env["TOKEN"], secrets["jwt"], algorithms=["HS256"])["sub"] == "demo"
    text = (stack.folder / environment.FILE).read_text(encoding="utf-8")
    assert [name for name, secret in secrets.items() if secret in text] == ["nats-observer"]


def test_admin_env_has_everything_for_the_operator(stack: RunningStack) -> None:
    assert set(stack.admin) == AWS | {"DATABASE_URL", "JWT_SECRET_KEY", "NATS_URL", "NATS_PURGE_URL", "GATEWAY_URL"}
    assert stack.admin["DATABASE_URL"].startswith("postgresql://cuecutter:")
    assert stack.admin["NATS_URL"].startswith("nats://topology:")


def test_files_with_secrets_are_their_owners(stack: RunningStack) -> None:
    for name in (environment.FILE, environment.ADMIN_FILE, "state.json", "nats/server.conf"):
        assert (stack.folder / name).stat().st_mode & 0o777 == 0o600


def test_stack_env_is_written_last(tmp_path: Path) -> None:
    (tmp_path / environment.FILE).mkdir()  # stands in the way
    with pytest.raises(IsADirectoryError):
        environment.write(tmp_path, {"TOKEN": "t"}, {"JWT_SECRET_KEY": "k"})
    assert environment.read_admin(tmp_path) == {"JWT_SECRET_KEY": "k"}


def test_the_start_tells_url_token_curl_line_and_logs(stack: RunningStack) -> None:
    output = stack.process.output
    for words in (stack.env["GATEWAY_URL"], "curl -sS", "Authorization: Bearer ey", str(stack.folder / "logs")):
        assert words in output
    assert "auto_process=true" in output


@pytest.mark.parametrize(
    ("service", "names"),
    [
        ("gateway", {"JWT_SECRET_KEY", "NATS_URL", *AWS}),
        ("segmenter", {"NATS_URL", "NATS_PURGE_URL", *AWS}),
        ("segmenter-2", {"NATS_URL", "NATS_PURGE_URL", *AWS}),
        ("manifest", {"NATS_URL", *AWS}),
        ("catalog", {"DATABASE_URL", "NATS_URL"}),
    ],
)
def test_a_service_gets_what_it_needs_and_no_more(stack: RunningStack, service: str, names: set[str]) -> None:
    port = dummies.saved(stack.folder).ports[service]
    seen = dummies.environment_seen_by(port)
    public = {*stack.env, *stack.admin, *MISLEADING, "SEGMENTERS", "DATA"}
    assert set(seen) & public == names
    assert (seen["HTTP_HOST"], seen["HTTP_PORT"]) == ("127.0.0.1", str(port))
    assert seen["NATS_URL"].startswith(f"nats://{service.removesuffix('-2')}:")


def test_a_services_name_stands_in_its_own_command_line_only(stack: RunningStack) -> None:
    lines = [*processes_of(stack.folder).values(), command_line(stack.process.process.pid)]
    counts = {name: sum(name in line for line in lines) for name in ("gateway", "segmenter", "manifest", "catalog")}
    assert counts == {"gateway": 1, "segmenter": 2, "manifest": 1, "catalog": 1}


def test_no_secret_stands_in_a_command_line(stack: RunningStack) -> None:
    lines = "\n".join(processes_of(stack.folder).values())
    assert "rclone" in lines
    assert not [name for name, secret in dummies.saved(stack.folder).secrets.items() if secret in lines]


def test_a_second_stack_on_the_same_folder_is_refused(stack: RunningStack) -> None:
    link = stack.folder.with_name("another-name")
    link.symlink_to(stack.folder)
    second = dummies.start(link)

    assert second.process.wait(timeout=20) == 1

    assert f"another stack (process {stack.process.process.pid}) already runs" in second.output
    assert (stack.folder / environment.FILE).exists()


@pytest.mark.parametrize("words", ["dummy_service.py gateway", "nats-server", "rclone", "bin/postgres"])
def test_a_child_that_is_killed_comes_back(stack: RunningStack, words: str) -> None:
    before = dummies.pid_of(stack.folder, words)
    assert before is not None

    os.kill(before, signal.SIGKILL)

    wait_until(lambda: _answers_anew(stack, words, before), seconds=20, what=f"{words} to come back")
    assert "died: killed by signal 9" in stack.process.output


def _answers_anew(stack: RunningStack, words: str, before: int) -> bool:
    ports = dummies.saved(stack.folder).ports
    answers = {
        "dummy_service.py gateway": lambda: probes.http(ports["gateway"], "/readyz", 200),
        "nats-server": lambda: probes.greets(ports["nats"], b"INFO "),
        "rclone": lambda: probes.http(ports["s3"]),
        "bin/postgres": lambda: postgres.answers(ports["postgres"]),
    }
    return dummies.pid_of(stack.folder, words) not in (None, before) and answers[words]()
