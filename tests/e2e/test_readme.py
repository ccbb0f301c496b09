"""What the README tells people to do works as it stands there."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import User, noise, srt, wav
from tests.stacks import ROOT, RunningStack

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


async def test_the_subscriber_hears_a_life(alice: User, running_stack: RunningStack, tmp_path: Path) -> None:
    (example,) = blocks("python")
    script = tmp_path / "subscriber.py"
    script.write_text(example, encoding="utf-8")
    listener = await asyncio.create_subprocess_exec(
        sys.executable,
        "-u",
        str(script),
        env={**os.environ, "NATS_URL": running_stack.env["NATS_URL"]},
        stdout=asyncio.subprocess.PIPE,
    )
    assert listener.stdout is not None
    try:
        dataset = await alice.made(wav(noise(1)), srt((0, 900, "one")))
        types: list[str] = []
        while len(types) < 3:
            line = (await listener.stdout.readline()).decode()
            types += [line.split()[0]] if dataset["id"] in line else []
    finally:
        listener.kill()
        await listener.wait()
    assert types == ["DatasetUploaded", "ProcessRequested", "DatasetReady"]


def curl_lines() -> list[str]:
    walk = next(block for block in blocks("sh") if "curl -sS" in block).replace("\\\n", " ")
    return [line for line in walk.splitlines() if line.startswith("curl")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk is written for curl, which is not here")
def test_the_walk_with_curl_goes_through(running_stack: RunningStack) -> None:
    env = {**running_stack.env, "PATH": os.environ["PATH"], "auth": f"Authorization: Bearer {running_stack.token()}"}
    statuses = []
    for line in curl_lines():
        command = [*shlex.split(line_with(env, line), comments=True), "-w", " %{http_code}"]
        body, _, status = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.rpartition(" ")
        statuses.append(int(status))
        if status == "201":
            env["ID"] = json.loads(body)["id"]
    assert statuses[:4] == [201, 202, 200, 200]
    # Whether the first run is over when the second is asked for, and whether there is one to cancel, is a race.
    assert {statuses[4], statuses[5]} <= {202, 409}
    assert statuses[6] == 204


def line_with(env: dict[str, str], line: str) -> str:
    """As a shell expands the variables."""
    return re.sub(r"\$(\w+)", lambda name: env[name[1]], line)


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing, shlex.join(missing)
