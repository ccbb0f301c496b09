"""From what went wrong to what the client reads. One row here for each row of the table."""

import json
import logging
from typing import Any, cast

import msgspec
import pytest
from litestar.exceptions import (
    ClientException,
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from bus.errors import BusUnavailable, ConditionFailed, TopologyDrift
from contracts import life
from contracts.envelope import UndecodableEvent
from gateway import errors as e
from gateway.http import problems
from objects import BucketMissing, StoreUnavailable, UploadLost
from transcripts import DropCode, DroppedCue, NoText, NoUsableCue, UndecodableText, UnknownEncoding

SCOPE: Any = {"type": "http", "path": "/tts/datasets/x y", "state": {"request_id": "r-1"}}
CUES = tuple(DroppedCue(n, 3 * n + 1, DropCode.BAD_TIME, "25:99") for n in range(150))


def problem_of(problem: Exception) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(msgspec.json.encode(problems.describe(problem, SCOPE)))
    return read


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [
        (e.InvalidRequest(e.FieldError("name", "missing", "It is missing.")), 400, "invalid-request"),
        (e.MalformedRequest("x"), 400, "malformed-request"),
        (e.MalformedBody("x"), 400, "malformed-body"),
        (e.ClientGone("x"), 400, "client-gone"),
        (e.Unauthenticated("x", "Bearer"), 401, "unauthenticated"),
        (e.NotFound("x"), 404, "not-found"),
        (e.UploadTimedOut("x"), 408, "upload-timeout"),
        (e.BodyTimedOut("x"), 408, "body-timeout"),
        (e.UploadTooLarge("x"), 413, "upload-too-large"),
        (e.AudioTooLarge("x"), 413, "audio-too-large"),
        (e.TranscriptTooLarge("x"), 413, "transcript-too-large"),
        (e.NotAudio("x"), 415, "not-audio"),
        (e.NoAudio("x"), 415, "no-audio"),
        (e.UnsupportedAudio("x"), 415, "unsupported-audio"),
        (e.EmptyAudio("x"), 422, "empty-audio"),
        (UnknownEncoding("x"), 422, "unknown-encoding"),
        (UndecodableText("x", line=3, offset=7, remedy="y"), 422, "undecodable-text"),
        (NoUsableCue("x", dropped=(), remedy="y"), 422, "no-usable-cue"),
        (NoText("x"), 422, "no-text"),
        (e.CatalogUnavailable("x"), 503, "catalog-unavailable"),
        (BusUnavailable("x"), 503, "bus-unavailable"),
        (ConditionFailed("x"), 503, "bus-unavailable"),
        (TopologyDrift("x"), 503, "bus-unavailable"),
        (UndecodableEvent("x"), 503, "bus-unavailable"),
        (StoreUnavailable("x"), 503, "storage-unavailable"),
        (UploadLost("x"), 503, "storage-unavailable"),
        (BucketMissing("x"), 503, "storage-unavailable"),
        (e.CommandRefused(life.Refused(code=life.NOT_FOUND)), 404, "not-found"),
        (e.NotFound(e.NO_SUCH_PATH), 404, "not-found"),
        (e.CommandRefused(life.Refused(code=life.ALREADY_PROCESSING, run=7)), 409, "already-processing"),
        (e.CommandRefused(life.Refused(code=life.NOT_PROCESSING)), 409, "not-processing"),
        (e.CommandRefused(life.Refused(code=life.ALREADY_EXISTS)), 409, "already-exists"),
        (e.CommandRefused(life.Refused(code=life.STALE_RUN, run=7)), 409, "stale-run"),
        (NotFoundException(), 404, "not-found"),
        (MethodNotAllowedException(), 405, "method-not-allowed"),
        (HTTPException(status_code=413), 413, "body-too-large"),
        (ValidationException(), 400, "invalid-request"),
        (ClientException(), 400, "malformed-request"),
        (InternalServerException("secret"), 500, "internal-error"),
        (HTTPException(status_code=418), 500, "internal-error"),
        (RuntimeError("secret"), 500, "internal-error"),
        (TimeoutError("secret"), 500, "internal-error"),
    ],
)
def test_every_problem_has_its_status_and_code(problem: Exception, status: int, code: str) -> None:
    answer = problem_of(problem)
    assert (answer["status"], answer["code"], answer["type"]) == (status, code, f"urn:cuecutter:problem:{code}")
    assert answer["title"]
    assert answer["detail"]
    assert answer["remedy"].endswith(".")
    assert answer["instance"] == "/tts/datasets/x%20y"
    assert answer["request_id"] == "r-1"
    assert "secret" not in str(answer)


def test_a_conflict_names_the_run_in_the_way() -> None:
    answer = problem_of(e.CommandRefused(life.Refused(code=life.ALREADY_PROCESSING, run=4_711)))
    assert answer["run"] == 4_711
    assert answer["detail"] == "The dataset is being processed: run 4711 is under way."


def test_a_missing_dataset_is_answered_alike_wherever_it_is_found_missing() -> None:
    by_command = problem_of(e.CommandRefused(life.Refused(code=life.NOT_FOUND)))
    assert by_command == problem_of(e.NotFound())
    assert by_command["detail"] == "There is no dataset of yours with this id."


def test_members_that_do_not_apply_are_not_there() -> None:
    assert set(problem_of(e.NotFound())) == {
        "type",
        "title",
        "status",
        "detail",
        "remedy",
        "code",
        "instance",
        "request_id",
    }


def test_several_errors_are_listed() -> None:
    field_errors = [
        e.FieldError("name", "missing", "It is missing."),
        e.FieldError("audio", "truncated", "It is cut.", 3),
    ]
    assert problem_of(e.InvalidRequest(*field_errors))["errors"] == [
        {"field": "name", "code": "missing", "detail": "It is missing."},
        {"field": "audio", "code": "truncated", "detail": "It is cut.", "line": 3},
    ]


def test_dropped_cues_are_listed_with_their_lines_up_to_a_hundred() -> None:
    answer = problem_of(NoUsableCue("none of 150 cues can be used", dropped=CUES, remedy="correct the lines named"))
    assert (answer["detail"], answer["remedy"]) == ("None of 150 cues can be used.", "Correct the lines named.")
    assert len(answer["errors"]) == 100
    assert answer["errors"][1] == {"field": "transcript", "code": "bad-time", "detail": "25:99", "line": 4}

    assert answer["errors_left_out"] == 50


HOSTILE = ("x" * 50_000, "\0" * 50_000, "😀" * 50_000, '"' * 50_000, "\ud800" * 50_000, "\u202e" * 50_000)


@pytest.mark.parametrize("text", HOSTILE, ids=["long", "controls", "four bytes", "quotes", "surrogates", "turned"])
def test_no_answer_grows_with_what_was_sent(text: str) -> None:
    field_errors = [e.FieldError(f"{n}{text}", "unknown", f"There is no {text}.", line=n) for n in range(1, 5_001)]
    path = f"/tts/datasets/{text.replace(chr(0xD800), chr(0xFFFD))}"
    cues = NoUsableCue(text, dropped=CUES, remedy="x")
    for problem in (e.InvalidRequest(*field_errors), e.MalformedBody(text, *field_errors), cues):
        described = problems.describe(problem, cast(Any, {**SCOPE, "path": path, "state": {"request_id": "r" * 64}}))
        assert len(msgspec.json.encode(described)) <= 16 * 1024
        assert isinstance(described.errors, tuple)
        assert 1 <= len(described.errors) <= 100
    described = problems.describe(e.InvalidRequest(*field_errors), SCOPE)
    assert isinstance(described.errors, tuple)
    assert described.errors_left_out == 5_000 - len(described.errors)
    assert "4995 more" in problems.describe(e.InvalidRequest(*short(5_000)), SCOPE).detail


def short(count: int) -> list[e.FieldError]:
    return [e.FieldError(f"f{n}", "unknown", "There is none.") for n in range(count)]


def test_a_hundred_short_errors_are_listed_and_the_others_counted() -> None:
    answer = problem_of(e.InvalidRequest(*short(101)))
    assert (len(answer["errors"]), answer["errors_left_out"]) == (100, 1)
    answer = problem_of(e.InvalidRequest(*short(100)))
    assert (len(answer["errors"]), answer.get("errors_left_out")) == (100, None)


def test_the_frameworks_errors_have_the_form_of_ours() -> None:
    answer = problem_of(
        ValidationException(extra=[{"key": "limit", "message": "x"}, {"key": "size", "message": "y" * 500}])
    )
    limit, size = answer["errors"]
    must_be = "'limit' must be a whole number from 1 to 100, such as limit=20."
    assert limit == {"field": "limit", "code": "invalid", "detail": must_be}
    assert (size["field"], size["code"]) == ("size", "invalid")
    assert len(size["detail"]) < 330
    assert answer["detail"] == f"{limit['detail']} {size['detail']}"


def test_an_unknown_encoding_is_a_error_of_its_own_field() -> None:
    answer = problem_of(UnknownEncoding("unknown transcript encoding 'klingon'", remedy="name one such as utf-8"))
    assert answer["detail"] == "Unknown transcript encoding 'klingon'."
    assert answer["remedy"] == "Name one such as utf-8."
    assert [error["field"] for error in answer["errors"]] == ["transcript_encoding"]


@pytest.mark.parametrize("problem", [BusUnavailable("x"), StoreUnavailable("x"), e.CatalogUnavailable("x")])
def test_what_may_pass_says_when_to_try_again(problem: Exception) -> None:
    assert problems._headers(problem) == {"retry-after": "2"}


def test_a_missing_token_is_challenged() -> None:
    assert problems._headers(e.Unauthenticated("x", "Bearer realm=x")) == {"www-authenticate": "Bearer realm=x"}


def test_a_failure_of_ours_is_logged_with_the_id_that_the_client_sees(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        problem_of(RuntimeError("boom"))
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.__dict__["fields"] == {"correlation_id": "r-1"}
