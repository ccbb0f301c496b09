"""`make demo`, with a dummy for the pipeline: what it shows, how it ends, and that it cleans up."""

import signal
from pathlib import Path

import pytest

from stack.demo_story import SLICE
from tests.integration.stack import dummies
from tests.stacks import StackProcess, processes_of, wait_until


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def demo(temporary: Path, ends: str) -> StackProcess:
    return dummies.start(temporary / "ignored", {"TMPDIR": str(temporary), "DUMMY_ENDS": ends}, "demo")


def nothing_is_left(temporary: Path) -> bool:
    return not processes_of(temporary) and not [*temporary.glob("cuecutter-demo-*")]


def test_a_sample_that_becomes_ready_is_told_event_by_event_heard_and_corrected(temporary: Path) -> None:
    process = demo(temporary, "ready")

    assert process.process.wait(timeout=60) == 0, process.output

    told = [line.split(" s  ")[1] for line in process.output.splitlines() if " s  life " in line]
    assert [line.split()[1:] for line in told] == [
        ["tts.dataset.uploaded.v1", 'name="sample"'],
        ["tts.process.requested.v1", 'name="sample"'],
        ["tts.dataset.ready.v1", "segment_count=2"],
    ]
    eins, zwei, corrected = (line for line in process.output.splitlines() if "chars/s" in line)
    assert eins == "    0     0.000 s   1.750 s    9.5 chars/s  -               eins"
    assert zwei == f"    1     2.000 s   1.750 s    9.5 chars/s  too-slow        {'zwei half-way ' * 3}zwei half-way…"
    assert corrected.endswith(f"{'zwei halfway ' * 4}zwe…")
    assert "result_outdated is true" in process.output
    assert f"6 bytes, to listen to in {SLICE}" in process.output
    assert SLICE.read_text(encoding="utf-8") == '"RIFF"'
    assert "done: 2 segments, 3.5 s of speech, 1 warnings" in process.output
    assert nothing_is_left(temporary)


@pytest.mark.parametrize(
    ("ends", "problem"),
    [
        ("failed", "the dataset is failed: no cue could be used"),
        ("refused", 'POST /tts/datasets was answered 503, not 201: {"code": "not-today"}'),
    ],
)
def test_a_sample_that_fails_is_explained_with_the_ends_of_all_logs(temporary: Path, ends: str, problem: str) -> None:
    process = demo(temporary, ends)

    assert process.process.wait(timeout=60) == 1, process.output

    assert f"the demo failed: {problem}" in process.output
    for name in ("postgres", "nats", "s3", "gateway", "segmenter", "manifest", "catalog"):
        assert f"\n{name}.log\n    | " in process.output
    assert nothing_is_left(temporary)


def test_a_demo_that_is_stopped_cleans_up(temporary: Path) -> None:
    process = demo(temporary, "never")
    wait_until(lambda: "tts.dataset.uploaded.v1" in process.output, seconds=60, what="the first event")

    assert process.end(signal.SIGINT) == 130

    assert nothing_is_left(temporary)
