"""A step tells when it begins and that it lives, and its failure without the address of the index."""

import sys
from pathlib import Path

import pytest

from installation import commands
from installation.commands import Failed, Progress, megabytes


def test_a_step_that_lasts_says_so_with_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "BEAT_SECONDS", 0.05)
    Progress(tmp_path).run("80 packages", [sys.executable, "-c", "import time; time.sleep(0.5)"])
    first, *beats = capsys.readouterr().out.splitlines()
    assert first.endswith(" s  80 packages …")
    assert beats[0].endswith(" s  80 packages … 0 MB in .venv so far")


def test_a_failure_quotes_the_end_without_an_address(tmp_path: Path) -> None:
    program = "print('no route to https://user:hidden@index.example/simple/av/'); raise SystemExit(3)"
    with pytest.raises(Failed) as failed:
        Progress(tmp_path).run("80 packages", [sys.executable, "-c", program])
    assert str(failed.value) == "no route to https://…/simple/av/"


def test_a_program_that_is_not_there_is_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="uv"):
        Progress(tmp_path).run("80 packages", [tmp_path / "uv"])


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(3 * 2**20))
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert megabytes(tmp_path) == 3
