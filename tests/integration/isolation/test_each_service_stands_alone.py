"""Each service installs from its own lock into an empty environment, holds nothing it does not need, and starts."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from stack import ports
from tests.stacks import ROOT, wait_until

SERVICES = ("gateway", "segmenter", "manifest", "catalog")
FOREIGN = {
    "gateway": ("av", "numpy", "pydub", "soxr", "sqlalchemy", "asyncpg", "alembic", "segmenter", "pytest"),
    "segmenter": ("litestar", "jwt", "multipart", "sqlalchemy", "asyncpg", "alembic", "gateway", "pytest"),
    "manifest": ("litestar", "av", "numpy", "sqlalchemy", "asyncpg", "srt", "transcripts", "segmenter", "pytest"),
    "catalog": ("litestar", "av", "numpy", "aiobotocore", "objects", "transcripts", "alembic", "segmenter", "pytest"),
}
ENV = {
    "NATS_URL": "nats://127.0.0.1:1",
    "DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x",
    "JWT_SECRET_KEY": "k" * 32,
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
    "S3_BUCKET_NAME": "bucket",
}


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PIP_NO_INPUT": "1"})


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of every package of ours, built from copies: a build leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("wheels")
    sources = [shutil.copytree(path.parent, folder / "src" / path.parent.name) for path in ours()]
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder), *map(str, sources))
    return folder


def ours() -> list[Path]:
    return sorted([*ROOT.glob("libs/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")])


def needed(service: str) -> list[str]:
    text = (ROOT / "services" / service / "pyproject.toml").read_text(encoding="utf-8")
    return [service, *re.findall(r'^ *"cuecutter-([a-z]+)",', text, re.MULTILINE)]


def install(folder: Path, lock: Path, wheels: Path, packages: list[str]) -> Path:
    """Returns the interpreter of the new environment."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip(
        "--python",
        str(python),
        "install",
        "--no-compile",
        "--require-hashes",
        "-r",
        str(lock),
    )
    found = [str(next(wheels.glob(f"cuecutter_{name}-*.whl"))) for name in packages]
    pip("--python", str(python), "install", "--no-compile", "--no-deps", "--no-index", *found)
    pip("--python", str(python), "check")
    return python


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_installs_alone_and_starts(service: str, wheels: Path, tmp_path: Path) -> None:
    lock = ROOT / "services" / service / "requirements.lock"
    python = install(tmp_path / "venv", lock, wheels, needed(service))
    search = f"from importlib.util import find_spec; print([n for n in {FOREIGN[service]} if find_spec(n)])"
    assert run(python, "-c", search, cwd=tmp_path) == "[]"
    port = ports.choose()
    env = {**ENV, "HTTP_PORT": str(port), "PATH": os.environ["PATH"]}
    process = subprocess.Popen([str(python), "-m", service], cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: healthy(port), seconds=30, what=f"{service} answers")
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10, trust_env=False).status_code == 503
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert process.returncode in (0, -signal.SIGTERM)


def test_the_migrations_install_alone_and_start(wheels: Path, tmp_path: Path) -> None:
    packages = ["contracts", "bus", "objects", "catalog"]
    python = install(tmp_path / "venv", ROOT / "migrations" / "requirements.lock", wheels, packages)
    answer = subprocess.run(
        [str(python), "-m", "migrations"], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, "missing settings" in answer.stderr) == (2, True)


def test_the_services_locks_are_parts_of_the_one_lock() -> None:
    whole = set(pins(ROOT / "requirements.lock"))
    for lock in [*ROOT.glob("services/*/requirements.lock"), ROOT / "migrations" / "requirements.lock"]:
        assert set(pins(lock)) <= whole, lock


def pins(lock: Path) -> list[str]:
    return re.findall(r"^([^ ]+==[^ ]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)


def run(python: Path, *arguments: str, cwd: Path) -> str:
    return subprocess.run([str(python), *arguments], cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


def healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
