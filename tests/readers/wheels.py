"""The trainers' own code, downloaded by pip once and kept in .venv/readers. Nothing of it is ever committed.

Each file of `pins` is one download, with the sha256 of every file that it may consist of; pip refuses any other. What
can't be had fails the tests that need it, and names the package: a test that is skipped proves nothing.
"""

import fcntl
import functools
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

PINS: Final = Path(__file__).with_name("pins")
CACHE: Final = Path(sys.prefix) / "readers"
LIBRARIES: Final = "libraries"
IMPORTED: Final = ("datasets", "lhotse", "webdataset")  # with all that they need, in one folder
# A test may take 300 s, and would end without a word about the package.
PATIENCE_SECONDS: Final = 240
_ADDRESS: Final = re.compile(r"\b(https?://)[^\s/'\"`]+")
_PIN: Final = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


class Missing(Exception):
    """A download could not be done; the text names the packages, with the end of what pip said."""


def source(package: str, member: str) -> str:
    """The text of one file of the package's wheel, by its path inside it.

    Raises: Missing; KeyError when the wheel has no such file.
    """
    (wheel,) = _kept(package).glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        return opened.read(member).decode("utf-8")


def libraries() -> Path:
    """The folder to import datasets, lhotse and webdataset from, apart from what is installed in .venv.

    Raises: Missing.
    """
    return _kept(LIBRARIES)


def versions() -> dict[str, str]:
    """The version of each package whose code reads our exports, as pinned; asks no index."""
    wanted = {file.stem for file in PINS.glob("*.txt")} | set(IMPORTED)
    found = (pin for file in sorted(PINS.glob("*.txt")) for pin in _PIN.findall(file.read_text(encoding="utf-8")))
    return {name: version for name, version in found if name in wanted}


def pytest_report_header() -> str:
    """The first lines of every run say whose code reads our exports."""
    return "readers: " + ", ".join(f"{name} {version}" for name, version in sorted(versions().items()))


def _kept(pin: str) -> Path:
    kept = _outcome(pin)
    if isinstance(kept, Missing):
        raise kept
    return kept


@functools.cache
def _outcome(pin: str) -> Path | Missing:
    """Remembered in any case, so that an index that does not answer is waited for once, not once a test."""
    try:
        return fill(pin, PINS / f"{pin}.txt", CACHE)
    except Missing as exc:
        return exc


def fill(name: str, pins: Path, cache: Path) -> Path:
    """The folder of `cache` that holds what `pins` says: filled by the first who asks, while the others wait.

    Raises: Missing.
    """
    # Some of the libraries are compiled for one version of Python.
    stamp = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache / f"{name}-{stamp}"
    if folder.exists():
        return folder
    cache.mkdir(exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in cache.glob(f"{name}-{'?' * len(stamp)}"):
                shutil.rmtree(old)
            _download(name, pins, folder)
    return folder


def _download(name: str, pins: Path, folder: Path) -> None:
    """`folder` appears complete or not at all."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as unfinished:
        there = Path(unfinished) / "there"
        getting = (
            ["install", "--no-compile", "--target"]
            if name == LIBRARIES
            # Read and never run as a whole, so it does not matter for which Python it was made.
            else ["download", "--ignore-requires-python", "--dest"]
        )
        _pip([*getting, str(there), "--requirement", str(pins)], _told(name, pins))
        there.rename(folder)


def _told(name: str, pins: Path) -> str:
    """What a person calls it; of the libraries, pip's own words name the one that is missing."""
    if name == LIBRARIES:
        return ", ".join(IMPORTED)
    return " ".join(f"{package} {version}" for package, version in _PIN.findall(pins.read_text(encoding="utf-8")))


def _pip(arguments: list[str], packages: str) -> None:
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--retries=1", "--quiet", "--no-input"]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired as exc:
        raise Missing(f"pip did not bring {packages} within {PATIENCE_SECONDS} s") from exc
    if done.returncode:
        said = _ADDRESS.sub(r"\1…", done.stderr).strip().splitlines()[-8:]
        raise Missing("\n".join([f"pip can't bring {packages}:", *said]))
