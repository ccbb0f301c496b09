"""Each import contract of pyproject.toml notices when it is broken: here it is broken, in a copy."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.stacks import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

# Which contract, and the import that breaks it: module, line.
BREACHES = {
    "contracts and transcripts import nothing of ours and do no I/O": ("contracts/keys.py", "import socket"),
    "contracts and transcripts do not know each other": ("transcripts/cues.py", "import contracts.keys"),
    "runtime and objects import nothing of ours": ("runtime/logs.py", "import transcripts"),
    "objects and runtime do not know each other": ("objects/store.py", "import runtime.tasks"),
    "bus imports contracts and runtime only": ("bus/stream.py", "import objects"),
    "no service imports another": ("manifest/handlers.py", "import segmenter.planning"),
    "domains import only contracts and transcripts": ("segmenter/domain/plan.py", "import bus.stream"),
    "adapters do not reach up to handlers or app": ("manifest/adapters/facts.py", "import manifest.handlers"),
    "the gateway's rooms lie above one another": ("gateway/http/auth.py", "import gateway.handlers.datasets"),
    "the client imports nothing of the services and libraries": ("cuecutter/values.py", "import contracts.dataset"),
    "services and libraries do not import the client": ("gateway/settings.py", "import cuecutter.login"),
    "the client's calls, operations and runners lie above one another": (
        "cuecutter/steps.py",
        "import cuecutter.retrying",
    ),
    "operations of the client do no I/O on the network": ("cuecutter/operations/results.py", "import httpx"),
    "the segmenter's rooms lie above one another": ("segmenter/probing/length.py", "import segmenter.audio.source"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shape")
    shapes = ("client/*", "libs/*/*", "services/*/*")
    for package in (path for shape in shapes for path in ROOT.glob(f"{shape}/__init__.py")):
        shutil.copytree(package.parent, folder / package.parent.name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> str:
    run = "from importlinter.cli import lint_imports_command as lint; lint()"
    env = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    answer = subprocess.run(
        [sys.executable, "-c", run, "--no-cache"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    return answer.stdout + answer.stderr


def test_the_copy_as_it_is_keeps_every_contract(copy: Path) -> None:
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken" in lint(copy)


def test_every_contract_has_its_breach() -> None:
    assert {contract["name"] for contract in CONTRACTS} == set(BREACHES)


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_noticed(copy: Path, name: str) -> None:
    path, line = copy / BREACHES[name][0], BREACHES[name][1]
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        assert f"{name} BROKEN" in lint(copy)
    finally:
        path.write_text(before, encoding="utf-8")
