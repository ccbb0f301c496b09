"""The command line as a person has it: a process of its own, in a folder of its own, against the whole system."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cuecutter import Client
from stack.children import inherited
from tests.e2e.conftest import noise, srt, wav
from tests.stacks import RunningStack

RATE = 8_000
COMMAND = (sys.executable, "-m", "cuecutter.cli")
SECONDS = 120


@dataclass(frozen=True)
class Person:
    """`url` and `token` are in the environment of every command; `home` has nothing yet."""

    url: str
    token: str
    home: Path

    def env(self, **more: str) -> dict[str, str]:
        # A width in the environment would hide that of a terminal; parallel runs of the tests have one.
        around = {name: value for name, value in inherited(os.environ).items() if name not in ("COLUMNS", "LINES")}
        own = {"HOME": str(self.home), "CUECUTTER_URL": self.url, "CUECUTTER_TOKEN": self.token}
        return {**around, **own, **more}

    def run(
        self, *arguments: str | Path, env: Mapping[str, str] = {}, **settings: Any
    ) -> "subprocess.CompletedProcess[str]":
        """The command, ended. The token must be in nothing that it said, and no error a traceback."""
        settings = {"stdin": subprocess.DEVNULL, **settings} if "input" not in settings else settings
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            env={**self.env(), **env},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            **settings,
        )
        assert not self.token or self.token not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def client(self) -> Client:
        return Client(self.url, self.token)


@pytest.fixture
def person(running_stack: RunningStack, tmp_path: Path) -> Person:
    """A user of the test's own."""
    home = tmp_path / "home"
    home.mkdir()
    return Person(running_stack.env["GATEWAY_URL"], running_stack.token(f"person-{uuid4().hex}"), home)


@pytest.fixture
def chapters(person: Person) -> Callable[..., Path]:
    return lambda *names, **more: make_chapters(person.home / "chapters", *names, **more)


def make_chapters(folder: Path, *names: str, seconds: float = 2.0) -> Path:
    """A pair for each name: no two recordings alike, two cues that are kept, and one that has no time."""
    for seed, name in enumerate(names, start=1):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.with_name(f"{place.name}.wav").write_bytes(wav(noise(seconds, rate=RATE, seed=seed), rate=RATE))
        place.with_name(f"{place.name}.srt").write_bytes(cues_of(place.name))
    return folder


def cues_of(name: str) -> bytes:
    spoken = "".join(char for char in name if char.isalnum() or char == " ")
    kept = srt((0, 900, f"This is {spoken}."), (1000, 1900, "Here it ends."))
    return kept + b"\n3\n00:00:xx,000 --> 00:00:03,000\nWho knows when.\n"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
