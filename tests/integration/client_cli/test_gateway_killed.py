"""Sixty pairs, and the gateway is killed in the middle of them, again and again."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.client_cli.conftest import COMMAND, Person, make_chapters
from tests.stacks import RunningStack, processes_of

PAIRS = 60


def gateways(stack: RunningStack) -> list[int]:
    return [pid for pid, line in processes_of(stack.folder).items() if line.endswith("-m gateway")]


@pytest.mark.alone
def test_everything_ends_in_its_folder_though_the_gateway_is_killed_midway(
    person: Person, running_stack: RunningStack
) -> None:
    names = [f"part {n // 20}/chapter {n}" for n in range(PAIRS)]
    make_chapters(person.home / "chapters", *names)
    process = subprocess.Popen(
        [*COMMAND, "cut", "chapters", "--for", "piper", "-o", "out"],
        env=person.env(),
        cwd=person.home,
        stdout=subprocess.PIPE,
        stderr=(person.home / "said").open("w"),
        text=True,
    )
    kills = 0
    while process.poll() is None:
        time.sleep(1.5)
        ended = (person.home / "said").read_text().count("segments, 1 dropped")
        if kills < 3 and ended > 12 * kills:
            for pid in gateways(running_stack):
                os.kill(pid, signal.SIGKILL)
                kills += 1
    report, said = process.communicate()[0], (person.home / "said").read_text()
    assert process.returncode == 0, said
    assert kills > 0
    assert_all_is_there(person.home / "out" / "chapters-piper", report)
    with person.client() as client:
        datasets = list(client.datasets())
    assert sorted(dataset.name for dataset in datasets) == sorted(names)  # none twice, none missing


def assert_all_is_there(folder: Path, report: str) -> None:
    rows = [line.split("|") for line in (folder / "metadata.csv").read_text().splitlines()]
    assert sorted(text for _, text in rows if text.startswith("This")) == sorted(
        f"This is chapter {n}." for n in range(PAIRS)
    )
    assert all((folder / sound).stat().st_size > 44 for sound, _ in rows)
    assert len({sound for sound, _ in rows}) == len(list((folder / "wavs").iterdir())) == 2 * PAIRS
    assert report.splitlines()[PAIRS + 1].split() == ["all", str(2 * PAIRS), str(PAIRS)]
