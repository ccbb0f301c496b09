"""What the README tells people to do works as it stands there, block by block, from `make run` to Ctrl-C."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import environment
from stack.children import inherited
from tests.e2e.terminal import README, Terminal, block_with, blocks
from tests.stacks import ROOT, processes_of, wait_until

PYTHON = ROOT / ".venv" / "bin" / "python"
# Packages for trainers are gigabytes: who has them names their interpreter. Otherwise that block is only compiled.
TRAINER_PYTHON = os.environ.get("TRAINER_PYTHON", "")
SHELLS = [shell for shell in ("sh", "bash") if shutil.which(shell)]

pytestmark = pytest.mark.skipif(
    not PYTHON.exists() or shutil.which("curl") is None or shutil.which("make") is None,
    reason="the README is for a folder where make has set up .venv, and for curl",
)


@pytest.fixture(scope="module")
def data(server_folder: Path) -> Iterator[Path]:
    """The data folder of a system that README's own `make run` started, and that a Ctrl-C stops."""
    folder, script = server_folder / "readme", server_folder / "run.sh"
    script.write_text(block_with("make run"), encoding="utf-8")
    output = script.with_suffix(".output")
    env = {**inherited(os.environ), "DATA": str(folder)}
    with output.open("w") as told:
        # A session of its own: a terminal's Ctrl-C reaches shell, make and the stack alike.
        process = subprocess.Popen(
            ["sh", "-eu", str(script)], cwd=ROOT, env=env, stdout=told, stderr=told, start_new_session=True
        )
    try:
        wait_until((folder / environment.FILE).exists, seconds=120, what=f"stack.env: {output.read_text()}")
        yield folder
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
        wait_until(lambda: not processes_of(folder), seconds=20, what="every process to be gone")
    assert "stopped; everything is kept" in output.read_text()
    assert not list(folder.glob("*.env"))


@pytest.fixture
def terminal(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(getattr(request, "param", "sh"), tmp_path, {"DATA": str(data)})
    yield opened
    opened.close()


def test_the_demo_runs() -> None:
    done = subprocess.run(
        ["sh", "-eu", "-c", block_with("make demo")],
        cwd=ROOT,
        env=inherited(os.environ),
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "done: 10 segments" in done.stdout


@pytest.mark.parametrize("terminal", SHELLS, indirect=True)
def test_the_walk_goes_through_from_upload_to_deletion(terminal: Terminal) -> None:
    dataset, *statuses, listed = terminal.paste(block_with("stack.env"))
    assert json.loads(dataset)["status"] == "pending"
    assert statuses == ["processing", "ready", "processing", "ready"]
    assert json.loads(listed)[0]["id"] == json.loads(dataset)["id"]

    assert terminal.paste(block_with("USER=alice")) == ["[]"]

    rows, *statuses, corrected = terminal.paste(block_with("If-Match"))
    assert json.loads(rows)[0]["n"] == 0
    assert statuses == ["True", "processing", "ready"]
    assert corrected.startswith("If a worker stops halfway, another one")
    assert (ROOT / "build" / "segment_00000.wav").read_bytes()[:4] == b"RIFF"

    ready, kept, row = terminal.paste(block_with("voice.zip"))
    assert (ready, kept) == ("ready", "10")
    path, text = row.split("|")
    assert (ROOT / "build" / "voice" / path).read_bytes()[:4] == b"RIFF"
    assert text.startswith("Cuecutter begins with one long recording")
    _loads_the_result(terminal)

    report = terminal.paste(block_with("cuecutter cut").replace("-o build/out", "-o build/out --quiet"))
    assert any(line.startswith("build/out/sample-piper: 10 clips, 0.02 h") for line in report)
    assert (ROOT / "build" / "out" / "sample-piper" / "metadata.csv").read_text("utf-8").count("\n") == 10

    assert terminal.paste(block_with("-X DELETE")) == ["ready", "204"]
    assert terminal.errors().strip().splitlines()[1:] == [], "only make token tells something there"


def _loads_the_result(terminal: Terminal) -> None:
    block = block_with("load_dataset", "python")
    compile(block, "README.md", "exec")
    if TRAINER_PYTHON:
        terminal.paste(block_with("voice.zip").replace("format=piper&name=voice", "format=hf&name=voice"))
        done = subprocess.run([TRAINER_PYTHON, "-c", block], cwd=ROOT, capture_output=True, text=True, check=False)
        assert "Cuecutter begins with one long recording" in done.stdout, done.stderr
        assert "torch.Size([1, 115542])" in done.stdout  # 5.24 s at 22,050 Hz


def test_programs_get_what_stack_env_says_and_no_key_of_the_operator(terminal: Terminal) -> None:
    terminal.paste(block_with("stack.env"))
    terminal.paste(block_with("voice.zip"))
    given = terminal.environment()
    assert {"GATEWAY_URL", "NATS_URL", "TOKEN"} <= set(given)
    assert not {"JWT_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL"} & set(given)
    assert given["NATS_URL"].startswith("nats://observer:")


def test_the_subscriber_hears_a_life(terminal: Terminal, tmp_path: Path) -> None:
    terminal.paste(block_with("stack.env"))
    script = tmp_path / "listen.py"
    script.write_text(block_with("subscribe(", "python"), encoding="utf-8")
    with subprocess.Popen(
        [PYTHON, "-u", script], cwd=ROOT, env=terminal.environment(), stdout=subprocess.PIPE, text=True
    ) as listener:
        try:
            (uploaded,) = terminal.paste('echo "$ID"\n')
            assert listener.stdout is not None
            types: list[str] = []
            while len(types) < 5:
                line = listener.stdout.readline()
                assert line, "the subscriber ended"
                types += [line.split()[0]] if uploaded in line else []
        finally:
            listener.kill()
    assert types == ["DatasetUploaded", *["ProcessRequested", "DatasetReady"] * 2]


def test_what_the_operator_runs_works(terminal: Terminal) -> None:
    told = "\n".join(terminal.paste(block_with("make status")))
    assert "next:\n  nothing to do" in told
    assert told.endswith("0 dead letters")
    told = "\n".join(terminal.paste(block_with("catalog rebuild")))
    for words in ("next: start the services", "0 rows were added, 0 removed, 0 changed", "would remove 0 places"):
        assert words in told
    assert told.endswith("0 dead letters")


def test_no_block_is_left_untried() -> None:
    tried = {
        "make demo",
        "make run",
        "stack.env",
        "USER=alice",
        "If-Match",
        "voice.zip",
        "cuecutter cut",
        "-X DELETE",
        "make status",
        "catalog rebuild",
    }
    assert [block for block in blocks("sh") if not any(words in block for words in tried)] == []
    assert len(blocks("sh")) == len(tried)
    assert len(blocks("python")) == 3  # one of them is run by tests/integration/client


def test_every_command_names_the_interpreter_that_has_it() -> None:
    assert re.findall(r"(?<!\.venv/bin/)\bpython3? -m \w+", README) == []
    assert "about a minute" not in README


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing, shlex.join(missing)
