"""`python3 -m installation run | dev`, as `make` calls it: the steps, each told with its seconds and megabytes."""

import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from installation import pip_settings, trimming
from installation.commands import Command, Failed, Progress, megabytes

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
UV_LOCK = ROOT / "installation" / "requirements.lock"
OLDEST = (3, 11)
DEBIAN = "this Python has no venv module; Debian has it in the package python3-venv"


def main(arguments: list[str]) -> int:
    """The exit status: 0 when all of the lock is installed."""
    kind = arguments[0] if arguments else ""
    if kind not in LOCKS:
        print("usage: python3 -m installation run | dev", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        have = "{}.{}".format(*sys.version_info[:2])
        print(f"Cuecutter needs Python 3.11 or later and this is {have}: make PYTHON=python3.12 …", file=sys.stderr)
        return 1
    try:
        set_up(LOCKS[kind], Progress(VENV))
    except Failed as exc:
        print(f"installation: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("installation: stopped; the next make continues it", file=sys.stderr)
        return 130
    return 0


def set_up(lock: Path, progress: Progress) -> None:
    """Raises: Failed."""
    progress.tell(f"setting up .venv with what {lock.name} names (once)")
    if not PYTHON.exists():
        progress.run("an empty environment", [sys.executable, "-m", "venv", "--without-pip", VENV], remedy=DEBIAN)
    with tempfile.TemporaryDirectory(prefix="cuecutter-installer-") as folder:
        pip = _pip(Path(folder), progress)
        try:
            _with_uv(pip, Path(folder), lock, progress)
        except Failed as exc:
            # Not every platform has uv, nor every index, and pip may be configured in a way that uv does not know.
            progress.tell(f"not with uv, but with pip, which takes longer; uv's reason:\n{exc}")
            _install([*pip, "--python", PYTHON, "install", "--no-compile"], lock, progress, {})
    trimming.trim(VENV)
    progress.tell(f"set up: {megabytes(VENV)} MB in .venv")


def _pip(folder: Path, progress: Progress) -> list[str | Path]:
    """The command of this Python's own pip, or of one in `folder`, which is made an environment in any case."""
    bare = find_spec("pip") is not None
    options = ["--without-pip"] if bare else []
    making: list[str | Path] = [sys.executable, "-m", "venv", *options, folder]
    progress.run("a place for the installer, removed at the end", making, remedy=DEBIAN)
    return [sys.executable if bare else _python(folder), "-m", "pip", "--disable-pip-version-check"]


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _with_uv(pip: Command, folder: Path, lock: Path, progress: Progress) -> None:
    having = [*pip, "--python", _python(folder), "install", "--no-compile", "--require-hashes", "-r", UV_LOCK]
    progress.run("uv, which installs", having)
    uv = _python(folder).with_name("uv")
    _install([uv, "pip", "install", "--python", PYTHON], lock, progress, pip_settings.for_uv(pip_settings.read(pip)))


def _install(install: Command, lock: Path, progress: Progress, env: Mapping[str, str]) -> None:
    pinned = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
    progress.run(f"{pinned} packages", [*install, "--no-deps", "--require-hashes", "-r", lock], env=env)
    places = sorted(
        found.parent for shape in ("client", "libs/*", "services/*") for found in ROOT.glob(f"{shape}/pyproject.toml")
    )
    own = [part for place in places for part in ("-e", place)]
    progress.run("ours, from this checkout", [*install, "--no-deps", "--no-build-isolation", *own], env=env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
