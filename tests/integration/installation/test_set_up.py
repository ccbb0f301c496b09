"""What `make demo` and `make test` install: from the real index, into an environment of the test's own."""

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import installation.__main__ as program
from installation.commands import Progress, megabytes

ROOT = Path(__file__).parents[3]
LARGEST_MB = 410  # and 40 of byte code, once it has run: 450 in all
CPU_SECONDS = 15.0  # 6 measured; how long that takes depends on what else the machine does
ONLY_FOR_TESTS = (
    "pytest",
    "mypy",
    "ruff",
    "hypothesis",
    "schemathesis",
    "kubernetes_validate",
    "uv",
    "pip",
    "setuptools",
)


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(program, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(program, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return tmp_path / ".venv"


def cpu_seconds() -> float:
    """What the processes that this one has waited for have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def asked(venv: Path, text: str) -> str:
    command = [str(venv / "bin" / "python"), "-I", "-c", text]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_run_gets_what_it_needs_and_nothing_else(venv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = cpu_seconds()
    assert program.main(["run"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"80 packages …\n(.*\n)+.* s  set up: \d+ MB in \.venv\n$", told), told
    assert "not with uv" not in told
    assert cpu_seconds() - before < CPU_SECONDS
    assert megabytes(venv) <= LARGEST_MB
    assert asked(venv, f"import importlib.util as u; print([n for n in {ONLY_FOR_TESTS} if u.find_spec(n)])") == "[]"
    assert (
        asked(
            venv,
            "import gateway.app, segmenter.app, manifest.app, catalog.app, alembic, httpx, cuecutter; print('all')",
        )
        == "all"
    )
    s3 = "from botocore.session import Session as S; print(S().get_service_model('s3').service_name)"
    assert asked(venv, s3) == "s3"


def test_pip_does_it_where_uv_cannot_be_had(
    venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_uv = tmp_path / "uv.txt"
    no_uv.write_text(f"uv==0.0.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    few = tmp_path / "few.txt"
    few.write_text("".join(map(block, ("flit-core", "msgspec", "srt"))), encoding="utf-8")
    monkeypatch.setattr(program, "UV_LOCK", no_uv)
    program.set_up(few, Progress(venv))
    told = capsys.readouterr().out
    assert "not with uv, but with pip" in told
    assert re.search(r"https?://(?!…)", told) is None
    assert asked(venv, "import transcripts, srt; print('both')") == "both"


def test_a_wrong_hash_is_refused_by_both(
    venv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = tmp_path / "forged.txt"
    forged.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", block("srt")), encoding="utf-8")
    monkeypatch.setitem(program.LOCKS, "run", forged)
    assert program.main(["run"]) == 1
    shown = capsys.readouterr()
    assert "not with uv" in shown.out
    assert "hash" in shown.err.lower()
    assert "Traceback" not in shown.err


def test_an_older_python_is_told_which_one_is_needed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "OLDEST", (sys.version_info.major, sys.version_info.minor + 1))
    assert program.main(["run"]) == 1
    assert "Python 3.11 or later" in capsys.readouterr().err


def block(package: str) -> str:
    """What the lock says of one package: its version and hashes."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.search(rf"^{package}==.*(?:\n    .*)*\n", lock, re.MULTILINE)
    assert found is not None
    return found[0]
