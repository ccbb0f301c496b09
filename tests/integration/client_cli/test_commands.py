"""Every command once as it is meant, and what it says when it can't."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.integration.client_cli.conftest import COMMAND, Person
from tests.stacks import RunningStack

Chapters = Callable[..., Path]
COMMANDS = (
    *(
        "cut",
        "login",
        "upload",
        "process",
        "watch",
        "ls",
        "show",
        "segments",
        "cues get",
        "cues put",
        "download",
        "check",
    ),
    *("cancel", "rm", "doctor", "completion"),
)


def uploaded(person: Person, *more: str) -> str:
    done = person.run("upload", "chapters/one.wav", "chapters/one.srt", *more)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_life_of_a_dataset_in_single_commands(person: Person, chapters: Chapters) -> None:
    chapters("one")
    one = uploaded(person, "--name", "My voice", "-O", "sample_rate=8000")
    assert person.run("show", one).stdout.splitlines()[1].split(maxsplit=1) == ["name", "My voice"]
    done = person.run("process", one, "--wait")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{one}: ready")
    assert person.run("watch", one).stdout == f"{one}: ready\n"
    assert json.loads(person.run("ls", "--status", "ready", "--json").stdout)[0]["id"] == one
    assert person.run("ls", "--status", "failed").stdout.splitlines()[1:] == []
    lines = person.run("segments", one, "-q", "HERE IT ENDS").stdout.splitlines()
    assert [line.split("s  ")[1] for line in lines] == ["Here it ends."]
    row = json.loads(person.run("segments", one, "--sort", "worst", "--limit", "1", "--json").stdout)
    assert row["sample_rate"] == 8000
    assert "takes 2 of 2 clips" in person.run("check", one, "--for", "piper").stdout
    assert person.run("rm", one, "--yes").returncode == 0
    assert person.run("show", one).returncode == 1


def test_cues_are_read_corrected_and_put_back_once(person: Person, chapters: Chapters) -> None:
    chapters("one")
    one = uploaded(person)
    read = person.run("cues", "get", one).stdout
    corrected = read.replace("Here it ends.", "Here it really ends.")
    put = person.run("cues", "put", one, "-", input=corrected)
    assert (put.returncode, put.stdout) == (0, f"{one}: replaced; its result is none yet\n")
    late = person.run("cues", "put", one, "-", input=read)
    assert late.returncode == 1
    assert "(code precondition-failed, request " in late.stderr
    assert person.run("cues", "put", one, "-", input="{nothing}").returncode == 2
    assert "really" in person.run("cues", "get", one).stdout


def test_downloads_are_files_or_folders(person: Person, chapters: Chapters) -> None:
    chapters("one")
    one = uploaded(person, "--process")
    person.run("watch", one)
    done = person.run("download", one, "--for", "piper", "--name", "voice", "-o", "files/voice.zip")
    assert (done.returncode, done.stdout) == (0, "files/voice.zip\n")
    assert (person.home / "files" / "voice.zip").read_bytes()[:2] == b"PK"
    done = person.run("download", one, "--for", "f5-tts", "--name", "voice", "--unpack", "out")
    assert (done.returncode, done.stdout) == (0, "out/voice\n")
    assert str(person.home) in (person.home / "out" / "voice" / "metadata.csv").read_text()
    assert [entry.name for entry in (person.home / "out").iterdir()] == ["voice"]


def test_what_cannot_be_cancelled_is_said_and_the_others_are_tried(person: Person, chapters: Chapters) -> None:
    chapters("one")
    one, other = uploaded(person), str(uuid4())
    done = person.run("cancel", one, other)
    assert done.returncode == 1
    assert f"  for: {one}" in done.stderr.splitlines()
    assert f"  for: {other}" in done.stderr.splitlines()
    assert "(code not-processing, request " in done.stderr
    assert "(code not-found, request " in done.stderr


def test_rm_needs_a_yes(person: Person) -> None:
    done = person.run("rm", str(uuid4()))
    assert done.returncode == 2
    assert "--yes" in done.stderr


def test_login_keeps_a_token_for_its_owner_alone(person: Person) -> None:
    without = {"CUECUTTER_URL": "", "CUECUTTER_TOKEN": "", "XDG_CONFIG_HOME": str(person.home / "config")}
    before = person.run("ls", env=without)
    assert before.returncode == 4
    assert "cuecutter login" in before.stderr
    done = person.run("login", person.url, env=without, input=f"{person.token}\n")
    assert done.returncode == 0, done.stderr
    kept = person.home / "config" / "cuecutter" / "login.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert person.token in kept.read_text()
    assert person.run("ls", env=without).returncode == 0
    assert person.run("ls", env={**without, "CUECUTTER_TOKEN": "another"}).returncode == 4  # the environment wins


def test_a_token_that_is_not_good_is_not_kept(person: Person) -> None:
    done = person.run("login", person.url, env={"CUECUTTER_TOKEN": ""}, input="bad\n")
    assert done.returncode == 4
    assert not (person.home / ".config").exists()


def test_the_doctor_says_what_is_wrong(person: Person, running_stack: RunningStack) -> None:
    well = person.run("doctor")
    assert well.returncode == 0
    assert [line.split()[0] for line in well.stdout.splitlines()] == ["ok", "ok", "ok"]
    expired = running_stack.token("x", lifetime_seconds=-60)
    bad = person.run("doctor", env={"CUECUTTER_TOKEN": expired})
    assert (bad.returncode, bad.stdout.splitlines()[-1].split()[:2]) == (4, ["BAD", "token"])
    away = person.run("doctor", "--json", env={"CUECUTTER_URL": "http://127.0.0.1:1"})
    assert away.returncode == 3
    assert json.loads(away.stdout)[-1]["what"] == "server"
    assert person.run("doctor", env={"CUECUTTER_URL": "", "CUECUTTER_TOKEN": ""}).returncode == 4


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(person: Person, command: str) -> None:
    done = person.run(*command.split(), "--help")
    assert done.returncode == 0
    assert f"cuecutter {command}" in done.stdout.partition("Example")[2]


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["ls", "--nothing"], ["cut"], ["cut", "gone", "--for", "x", "-o", "o"]]
)
def test_a_wrong_call_is_two_and_says_where_help_is(person: Person, arguments: list[str]) -> None:
    done = person.run(*arguments)
    assert done.returncode == 2
    assert "--help" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(person: Person, shell: str) -> None:
    done = person.run("completion", shell)
    assert done.returncode == 0
    assert "_CUECUTTER_COMPLETE" in done.stdout


def test_bash_completes_commands_and_formats(person: Person) -> None:
    def completed(*words: str) -> list[str]:
        asked = {
            "_CUECUTTER_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
        }
        return [line.split(",")[-1] for line in person.run(env=asked).stdout.splitlines()]

    assert completed("cuecutter", "ca") == ["cancel"]
    assert completed("cuecutter", "cut", "--for", "pi") == ["piper"]


def test_a_reader_that_has_enough_is_no_error(person: Person) -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen([*COMMAND, "ls"], env=person.env(), stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(reading)
    os.close(writing)
    assert process.communicate(timeout=60)[1] == ""
