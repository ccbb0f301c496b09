"""Every error is a sentence, a code and what to do."""

import errno
import json

import pytest

from cuecutter import (
    CuecutterError,
    Dataset,
    DownloadDamaged,
    NotConfigured,
    Problem,
    ServerTooOld,
    StillProcessing,
    Unreachable,
    UnusableAnswer,
)
from cuecutter.cli import printing
from cuecutter.cli.exits import Exit
from cuecutter.cli.told import told


def lines(exc: Exception) -> list[str]:
    found = told(exc)
    assert found is not None
    return found.lines()


def test_a_problem_has_its_code_its_request_and_every_field() -> None:
    fields = tuple({"field": f"f{n}", "code": "invalid", "detail": f"Field {n}\x1b is wrong."} for n in range(7))
    exc = Problem(
        status=400,
        code="invalid-request",
        title="Not valid",
        detail="Several things.",
        errors=fields,
        request_id="r\x1b",
    )
    assert lines(exc) == [
        "error: Several things. (code invalid-request, request r\\x1b)",
        *(f"  Field {n}\\x1b is wrong." for n in range(5)),
        "  and 2 more",
        "what to do: Correct what is named, and run it again.",
    ]


def test_a_problem_that_is_its_only_field_is_said_once() -> None:
    exc = Problem(
        status=400, code="x", title="t", detail="Only this.", errors=({"detail": "Only this."},), remedy="Do."
    )
    assert lines(exc) == ["error: Only this. (code x)", "what to do: Do."]


@pytest.mark.parametrize(
    ("exc", "code", "exit_code"),
    [
        (NotConfigured("no server is known"), "not-configured", Exit.NOT_ALLOWED),
        (Unreachable("http://x does not answer"), "unreachable", Exit.UNREACHABLE),
        (ServerTooOld("/tts/archive"), "server-too-old", Exit.FAILED),
        (StillProcessing(Dataset(id="i", name="n", status="processing")), "still-processing", Exit.FAILED),
        (UnusableAnswer("odd"), "not-cuecutter", Exit.UNREACHABLE),
        (DownloadDamaged("odd"), "download-damaged", Exit.FAILED),
        (CuecutterError("odd"), "failed", Exit.FAILED),
        (Problem(status=401, code="unauthenticated", title="t"), "unauthenticated", Exit.NOT_ALLOWED),
        (Problem(status=403, code="http-403", title="t"), "http-403", Exit.NOT_ALLOWED),
        (Problem(status=404, code="not-found", title="t"), "not-found", Exit.FAILED),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "disk-full", Exit.FAILED),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "file", Exit.FAILED),
    ],
)
def test_every_error_has_an_exit_code(exc: Exception, code: str, exit_code: Exit) -> None:
    found = told(exc)
    assert found is not None
    assert (found.code, found.exit_code) == (code, exit_code)
    assert found.remedy


def test_addresses_and_files_keep_their_first_letter() -> None:
    assert lines(Unreachable("http://x does not answer"))[0] == "error: http://x does not answer. (code unreachable)"
    assert lines(NotConfigured("no server"))[0] == "error: No server. (code not-configured)"
    assert lines(FileNotFoundError(2, "No such file", "talk.mp3"))[0] == "error: talk.mp3: No such file. (code file)"


def test_a_fault_of_ours_is_not_explained_away() -> None:
    assert told(ValueError("x")) is None


def test_json_can_be_seen_in_a_terminal_and_says_the_same() -> None:
    value = {"text": "a\x9b2J\u202e😀\n", "more": ["ü"]}
    for shown in (printing.json_text(value), printing.json_line(value)):
        assert json.loads(shown) == value
        assert all(char.isprintable() or char == "\n" for char in shown)
        assert "😀" in shown
