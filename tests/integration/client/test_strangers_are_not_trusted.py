"""What answers may be another program, an older or newer gateway, or somebody who wants the token."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from cuecutter import Client, CuecutterError, Problem, ServerTooOld, UnusableAnswer
from tests.integration.client.lines import Said, Stranger, dataset, problem, stranger

TOKEN = "a-token-that-must-not-be-seen"
NO_CALLS = Said(200, {"openapi": "3.1.0", "info": {"version": "0.0.9"}, "paths": {"/tts/datasets": {}}})


def of(other: Stranger) -> Client:
    return Client(other.url, TOKEN, retry_seconds=0, timeout_seconds=5)


def archive(content: bytes, **headers: str) -> Said:
    return Said(200, content, {"etag": '"1"', **headers})


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:9/tts/archive", "//evil.example/tts/archive", "tts/archive", ""]
)
def test_no_redirection_leads_to_another_server(location: str, tmp_path: Path) -> None:
    with (
        stranger(Said(307, b"", {"location": location})) as other,
        of(other) as client,
        pytest.raises(UnusableAnswer),
    ):
        client.download(["1"], "piper", tmp_path / "a.zip")
    assert len(other.heard) == 1


def test_a_redirection_of_any_other_call_is_not_followed() -> None:
    with (
        stranger(Said(302, b"", {"location": "/elsewhere"})) as other,
        of(other) as client,
        pytest.raises(Problem) as raised,
    ):
        client.dataset("1")
    assert raised.value.code == "http-302"
    assert len(other.heard) == 1


def test_no_next_page_is_on_another_server() -> None:
    page = Said(200, [{"id": "1", "name": "x", "status": "ready"}], {"link": '<http://evil.example/x>; rel="next"'})
    with stranger(page) as other, of(other) as client, pytest.raises(UnusableAnswer):
        list(client.datasets())


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"id": 7}', b"\xff", b""])
def test_an_answer_of_another_kind_is_an_error_of_its_own(body: bytes) -> None:
    with stranger(Said(200, body)) as other, of(other) as client, pytest.raises(UnusableAnswer):
        client.dataset("1")


def test_a_refusal_that_is_no_problem_object_is_told_all_the_same() -> None:
    with (
        stranger(Said(403, b"<html>forbidden</html>", {"x-request-id": "7"})) as other,
        of(other) as client,
        pytest.raises(Problem) as raised,
    ):
        client.dataset("1")
    assert (raised.value.status, raised.value.code, raised.value.request_id) == (403, "http-403", "7")


@pytest.mark.parametrize("content", [b"no archive", b"PK\3\4", b"", bytes(512), bytes(5000)])
def test_what_is_no_archive_is_not_kept(content: bytes, tmp_path: Path) -> None:
    with stranger(archive(content)) as other, of(other) as client, pytest.raises(CuecutterError):
        client.download(["1"], "piper", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_an_archive_without_an_etag_can_not_be_resumed_and_is_refused(tmp_path: Path) -> None:
    with stranger(Said(200, b"x")) as other, of(other) as client, pytest.raises(UnusableAnswer):
        client.download(["1"], "piper", tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("range", "etag"), [("bytes 0-9/20", '"1"'), ("bytes 5-9/30", '"1"'), ("bytes 5-9/20", '"2"'), ("", '"1"')]
)
def test_a_part_that_does_not_fit_is_refused(range: str, etag: str, tmp_path: Path) -> None:
    begun = Said(200, b"PK\3\4x", {"etag": '"1"', "content-length": "20"})
    # It announces more than it sends, and the connection's end is what cuts it off.
    begun.headers["connection"] = "close"
    other_part = Said(206, b"01234", {"etag": etag, "content-range": range})
    with stranger(begun, other_part) as other, of(other) as client, pytest.raises(UnusableAnswer):
        client.download(["1"], "piper", tmp_path / "a.zip")
    assert (tmp_path / "a.zip.part").read_bytes() == b"PK\3\4x"


OF_LATER_SERVERS: dict[str, Callable[[Client, Path], object]] = {
    "check": lambda client, to: client.check(["1"], "piper"),
    "download": lambda client, to: client.download(["1"], "piper", to),
    "cues": lambda client, to: client.cues("1"),
    "segments": lambda client, to: next(client.segments("1")),
}


@pytest.mark.parametrize("call", OF_LATER_SERVERS)
def test_an_old_server_is_told_by_the_call_that_it_lacks(call: str, tmp_path: Path) -> None:
    with (
        stranger(problem(404, "not-found"), NO_CALLS) as other,
        of(other) as client,
        pytest.raises(ServerTooOld) as raised,
    ):
        OF_LATER_SERVERS[call](client, tmp_path / "a.zip")
    assert raised.value.call.startswith("/tts/")


def test_an_old_server_says_what_it_is() -> None:
    with stranger(NO_CALLS) as other, of(other) as client:
        assert client.formats() == ()
        assert client.server().version == "0.0.9"


def test_a_dataset_that_is_missing_is_not_taken_for_an_old_server() -> None:
    knows = Said(200, {"paths": {"/tts/datasets/{dataset_id}/cues": {}}})
    with stranger(problem(404, "not-found"), knows) as other, of(other) as client, pytest.raises(Problem) as raised:
        client.cues("1")
    assert raised.value.code == "not-found"


@pytest.mark.parametrize("dataset_id", ["../../healthz", "a/b", "?x=1", "#", "%2e%2e/x"])
def test_an_id_is_never_another_path(dataset_id: str) -> None:
    with stranger(dataset()) as other, of(other) as client:
        client.dataset(dataset_id)
    assert other.heard[0].path.startswith("/tts/datasets/")
    assert other.heard[0].path.count("/") == 3
    assert "?" not in other.heard[0].path


def test_the_token_is_in_no_error_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with stranger(problem(401, "unauthenticated"), Said(0), Said(200, b"<")) as other, of(other) as client:
        texts = [repr(client), repr(vars(client))]
        for _ in range(3):
            with pytest.raises(CuecutterError) as raised:
                client.dataset("1")
            texts.append("".join(traceback.format_exception(raised.value)))
    assert other.heard[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in "".join(texts) + caplog.text


def test_what_a_newer_server_adds_is_ignored() -> None:
    with stranger(dataset("a-later-status")) as other, of(other) as client:
        assert client.dataset("1").status == "a-later-status"
