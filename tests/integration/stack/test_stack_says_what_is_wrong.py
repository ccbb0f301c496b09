"""A stack that cannot start names the culprit, shows its last words, says what to do, and leaves no process."""

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from stack import ports
from tests.integration.stack import dummies
from tests.stacks import StackProcess, processes_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def refused(folder: Path, env: Mapping[str, str] = {}) -> str:
    """What a stack said that ended with exit code 1."""
    process: StackProcess = dummies.start(folder, env)
    assert process.process.wait(timeout=60) == 1, process.output
    assert processes_of(folder) == {}
    return process.output


def test_a_service_that_keeps_dying_is_named_with_the_end_of_its_log(folder: Path) -> None:
    output = refused(folder, {"DUMMY_DIES": "manifest"})
    assert "manifest died: exit code 7; it is started again in 0.2 s" in output
    assert "manifest died: exit code 7; it is started again in 0.4 s" in output
    assert "error: manifest cannot start: exit code 7" in output
    assert f"{folder / 'logs' / 'manifest.log'}:\n    | my disk is full" in output


def test_a_failed_setup_ends_the_start(folder: Path) -> None:
    output = refused(folder, {"DUMMY_SETUP": "fails"})
    assert "error: migrations failed: exit code 3" in output
    assert "    | there is no stream of that name" in output


def test_a_damaged_database_is_shown_in_its_servers_own_words(folder: Path) -> None:
    process = dummies.start(folder)
    process.wait_ready()
    process.end()
    (folder / "postgres" / "global" / "pg_control").unlink()

    output = refused(folder)

    assert "error: postgres cannot start" in output
    assert "pg_control" in output.partition("error: postgres cannot start")[2]


def test_a_port_that_is_taken_is_named_with_a_remedy(folder: Path) -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        output = refused(folder, {"PORT": str(port)})
    assert f"error: port {port} is taken by another program\nwhat to do: choose another one with PORT=" in output


def test_data_without_its_passwords_is_not_started_over_silently(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    output = refused(folder)
    assert f"error: {folder / 'state.json'} is gone" in output


def test_a_damaged_state_is_not_started_over_silently(folder: Path) -> None:
    folder.mkdir()
    (folder / "state.json").write_text("{")
    assert f"error: cannot read {folder / 'state.json'}" in refused(folder)


def test_choices_that_make_no_sense_are_all_named_with_what_is_allowed_and_an_example(folder: Path) -> None:
    output = refused(folder, {"PORT": "abc", "SEGMENTERS": "0", "CATALOGS": "many"})
    assert output.strip().splitlines() == [
        "error: PORT='abc' cannot be used: it must be a whole number from 1 to 65535, for example PORT=8080",
        "error: SEGMENTERS='0' cannot be used: it must be a whole number from 1 to 64, for example SEGMENTERS=2",
        "error: CATALOGS='many' cannot be used: it must be a whole number from 1 to 64, for example CATALOGS=2",
    ]


def test_a_folder_that_is_a_file_is_explained(folder: Path) -> None:
    folder.write_text("a file")
    assert f"error: DATA='{folder}' cannot be used: {folder} is a file; it must be a folder" in refused(folder)
