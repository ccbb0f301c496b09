"""Each service, each library and the client: installs from its own lock, alone; holds no more than that; and runs."""

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
LIBRARIES = ("contracts", "runtime", "bus", "objects", "transcripts")
FOREIGN = {
    "contracts": ("nats", "faststream", "litestar", "prometheus_client", "aiobotocore", "opentelemetry", "bus"),
    "runtime": ("nats", "faststream", "litestar", "aiobotocore", "sqlalchemy", "contracts", "bus", "objects"),
    "bus": ("litestar", "aiobotocore", "sqlalchemy", "av", "numpy", "objects", "transcripts"),
    "objects": ("nats", "faststream", "litestar", "boto3", "opentelemetry", "contracts", "bus"),
    "transcripts": ("nats", "litestar", "aiobotocore", "opentelemetry", "contracts", "bus"),
    "gateway": ("av", "numpy", "pydub", "soxr", "sqlalchemy", "asyncpg", "alembic", "segmenter", "pytest"),
    "segmenter": ("litestar", "jwt", "multipart", "sqlalchemy", "asyncpg", "alembic", "gateway", "pytest"),
    "manifest": ("litestar", "av", "numpy", "sqlalchemy", "asyncpg", "srt", "transcripts", "segmenter", "pytest"),
    "client": ("litestar", "nats", "aiobotocore", "contracts", "transcripts", "gateway", "pytest"),
    "catalog": ("litestar", "av", "numpy", "aiobotocore", "objects", "transcripts", "alembic", "segmenter", "pytest"),
}
ENV = {
    "NATS_URL": "nats://127.0.0.1:1",
    "NATS_PURGE_URL": "nats://127.0.0.1:1",
    "DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x",
    "JWT_SECRET_KEY": "k" * 32,
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
    "S3_BUCKET_NAME": "bucket",
}
# Prints the name of each module of the package that its argument names.
IMPORT_ALL = (
    "import importlib, pkgutil, sys\n"
    "package = importlib.import_module(sys.argv[1])\n"
    "for found in pkgutil.walk_packages(package.__path__, f'{package.__name__}.'):\n"
    "    importlib.import_module(found.name)\n"
    "    print(found.name)"
)


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
    return sorted(path for shape in ("client", "libs/*", "services/*") for path in ROOT.glob(f"{shape}/pyproject.toml"))


def needed(place: Path) -> list[str]:
    text = (place / "pyproject.toml").read_text(encoding="utf-8")
    return [place.name, *re.findall(r'^ *"cuecutter-([a-z]+)",', text, re.MULTILINE)]


def alone(place: Path, wheels: Path, folder: Path) -> Path:
    """The interpreter of an environment that holds `place` and what it needs; fails where it holds more."""
    python = install(folder / "venv", place / "requirements.lock", wheels, needed(place))
    search = f"from importlib.util import find_spec; print([n for n in {FOREIGN[place.name]} if find_spec(n)])"
    assert run(python, "-c", search, cwd=folder) == "[]"
    return python


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
    distributions = ["cuecutter" if name == "client" else f"cuecutter_{name}" for name in packages]
    found = [str(next(wheels.glob(f"{name}-*.whl"))) for name in distributions]
    pip("--python", str(python), "install", "--no-compile", "--no-deps", "--no-index", *found)
    pip("--python", str(python), "check")
    return python


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_installs_alone_and_starts(service: str, wheels: Path, tmp_path: Path) -> None:
    python = alone(ROOT / "services" / service, wheels, tmp_path)
    port = ports.choose()
    env = {**ENV, "HTTP_PORT": str(port), "PATH": os.environ["PATH"]}
    process = subprocess.Popen([str(python), "-m", service], cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: healthy(port), seconds=60, what=f"{service} answers")
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10, trust_env=False).status_code == 503
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert process.returncode in (0, -signal.SIGTERM)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_installs_alone_and_all_of_it_can_be_imported(library: str, wheels: Path, tmp_path: Path) -> None:
    python = alone(ROOT / "libs" / library, wheels, tmp_path)
    assert run(python, "-c", IMPORT_ALL, library, cwd=tmp_path).startswith(f"{library}.")


def test_the_client_installs_alone_and_all_of_it_can_be_imported(wheels: Path, tmp_path: Path) -> None:
    python = alone(ROOT / "client", wheels, tmp_path)
    assert "cuecutter.blocking.client" in run(python, "-c", IMPORT_ALL, "cuecutter", cwd=tmp_path).splitlines()


def test_the_migrations_install_alone_and_start(wheels: Path, tmp_path: Path) -> None:
    packages = ["contracts", "runtime", "bus", "objects", "catalog"]
    python = install(tmp_path / "venv", ROOT / "migrations" / "requirements.lock", wheels, packages)
    answer = subprocess.run(
        [str(python), "-m", "migrations"], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, "missing settings" in answer.stderr) == (2, True)


def test_every_lock_is_a_part_of_the_one_lock() -> None:
    whole = set(pins(ROOT / "requirements-dev.lock"))
    for place in [*(path.parent for path in ours()), ROOT / "migrations", ROOT / "installation", ROOT]:
        lock = place / "requirements.lock"
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
