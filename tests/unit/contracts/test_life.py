"""The life of a dataset: given events, when a command, then an event or a refusal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from contracts import commands as c
from contracts import events as e
from contracts import life
from contracts.dataset import Options, Result, Source, Status, TranscriptFile, TranscriptType
from contracts.failure import RunFailure
from contracts.warnings import WarningSummary

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"dataset_id": "d", "user_id": "u", "correlation_id": "co", "cause": "ca", "at": NOON}
SOURCE = Source(
    name="n",
    description="",
    created_at=NOON,
    audio_key="a",
    audio_bytes=1,
    audio_sha256="00",
    transcript_key="t",
    transcript_bytes=1,
    transcript_sha256="11",
    transcript_type=TranscriptType.SRT,
    transcript_encoding="utf-8",
)
OPTIONS = Options(sample_rate=16_000)
OTHER = Options(sample_rate=22_050)
ERROR = RunFailure(code="x", title="X", detail="x", stage="segmenter")


def result(run: int, options: Options = OPTIONS) -> Result:
    return Result(
        run=run,
        options=options,
        plan_id="p",
        prefix="f/",
        training_data_key="f/training_data.jsonl",
        training_data_sha256="22",
        segment_count=3,
        total_frames=48_000,
        sample_rate=16_000,
        warnings=WarningSummary(),
    )


UPLOADED = e.DatasetUploaded(**WHO, run=None, source=SOURCE, options=OPTIONS)
REQUESTED = e.ProcessRequested(**WHO, run=None, source=SOURCE, options=OPTIONS, result=None)
READY = e.DatasetReady(**WHO, run=2, source=SOURCE, result=result(2))
REREQUESTED = e.ProcessRequested(**WHO, run=None, source=SOURCE, options=OTHER, result=result(2))
FAILED = e.DatasetFailed(**WHO, run=2, source=SOURCE, options=OPTIONS, result=None, error=ERROR)
CANCELLED = e.ProcessCancelled(**WHO, run=2, source=SOURCE, options=OPTIONS, result=None)
DELETED = e.DatasetDeleted(**WHO, run=None)


def given_events(*happened: e.Life) -> life.State:
    state: life.State = life.Absent()
    for seq, event in enumerate(happened, start=1):
        state = life.evolve(state, event, seq)
    return state


def status(state: life.State) -> Status:
    assert isinstance(state, life.Alive)
    return life.status_of(state)


@pytest.mark.parametrize(
    ("happened", "shown"),
    [
        ([UPLOADED], Status.PENDING),
        ([UPLOADED, REQUESTED], Status.PROCESSING),
        ([UPLOADED, REQUESTED, READY], Status.READY),
        ([UPLOADED, REQUESTED, FAILED], Status.FAILED),
        ([UPLOADED, REQUESTED, CANCELLED], Status.PENDING),
    ],
)
def test_the_status_follows_from_the_life(happened: list[e.Life], shown: Status) -> None:
    assert status(given_events(*happened)) == shown


def test_a_run_cancelled_over_an_earlier_result_leaves_the_dataset_ready_with_that_results_options() -> None:
    state = given_events(UPLOADED, REQUESTED, READY, REREQUESTED)
    event = life.decide(state, c.CancelProcess(**WHO))
    assert event == e.ProcessCancelled(**WHO, run=4, source=SOURCE, options=OPTIONS, result=result(2))
    assert status(life.evolve(state, event, 5)) == Status.READY


def test_a_failed_re_run_keeps_the_last_ready_result() -> None:
    state = given_events(UPLOADED, REQUESTED, READY, REREQUESTED)
    event = life.decide(state, c.FailRun(**WHO, run=4, error=ERROR))
    assert event == e.DatasetFailed(**WHO, run=4, source=SOURCE, options=OTHER, result=result(2), error=ERROR)


def test_processing_without_options_uses_those_the_dataset_shows() -> None:
    event = life.decide(given_events(UPLOADED), c.RequestProcess(**WHO))
    assert event == REQUESTED


def test_processing_while_processing_is_refused_and_names_the_run() -> None:
    refused = life.decide(given_events(UPLOADED, REQUESTED), c.RequestProcess(**WHO))
    assert refused == life.Refused(code="already-processing", run=2)


@pytest.mark.parametrize("happened", [[UPLOADED], [UPLOADED, REQUESTED, READY], [UPLOADED, REQUESTED, FAILED]])
def test_pending_ready_and_failed_may_be_processed_but_not_cancelled(happened: list[e.Life]) -> None:
    state = given_events(*happened)
    assert isinstance(life.decide(state, c.RequestProcess(**WHO)), e.ProcessRequested)
    assert life.decide(state, c.CancelProcess(**WHO)) == life.Refused(code="not-processing")


@pytest.mark.parametrize(
    "command",
    [c.RequestProcess(**WHO), c.CancelProcess(**WHO), c.DeleteDataset(**WHO), c.FailRun(**WHO, run=2, error=ERROR)],
)
@pytest.mark.parametrize("happened", [[], [UPLOADED, DELETED]])
def test_nothing_happens_to_a_dataset_that_never_was_or_is_deleted(
    happened: list[e.Life], command: c.AnyCommand
) -> None:
    assert life.decide(given_events(*happened), command) == life.Refused(code="not-found")


def test_somebody_elses_dataset_is_not_found() -> None:
    command = c.DeleteDataset(**WHO | {"user_id": "eve"})
    assert life.decide(given_events(UPLOADED), command) == life.Refused(code="not-found")


def test_a_run_that_is_not_the_current_one_can_neither_finish_nor_fail() -> None:
    state = given_events(UPLOADED, REQUESTED, CANCELLED, REQUESTED)
    assert life.decide(state, c.FinishRun(**WHO, run=2, result=result(2))) == life.Refused(code="stale-run", run=2)
    assert life.decide(state, c.FailRun(**WHO, run=2, error=ERROR)) == life.Refused(code="stale-run", run=2)
    assert isinstance(life.decide(state, c.FinishRun(**WHO, run=4, result=result(4))), e.DatasetReady)


def test_a_deletion_names_nothing_of_the_content() -> None:
    event = life.decide(given_events(UPLOADED, REQUESTED), c.DeleteDataset(**WHO))
    assert event == e.DatasetDeleted(**WHO, run=2)
    assert {"source", "result", "options"}.isdisjoint(event.__struct_fields__)


def test_an_event_that_does_not_come_later_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not follow"):
        life.evolve(given_events(UPLOADED, REQUESTED), READY, 2)


FAILED_AGAIN = e.DatasetFailed(**WHO, run=4, source=SOURCE, options=OTHER, result=result(2), error=ERROR)
CORRECTED = TranscriptFile(key="c", size_bytes=9, sha256="33", type=TranscriptType.CUES, encoding="utf-8")
CORRECTED_SOURCE = structs.replace(
    SOURCE,
    transcript_key="c",
    transcript_bytes=9,
    transcript_sha256="33",
    transcript_type=TranscriptType.CUES,
)


@pytest.mark.parametrize(
    ("happened", "shown"),
    [
        ([UPLOADED], Status.PENDING),
        ([UPLOADED, REQUESTED, FAILED], Status.PENDING),
        ([UPLOADED, REQUESTED, READY], Status.READY),
        ([UPLOADED, REQUESTED, READY, REREQUESTED, FAILED_AGAIN], Status.READY),
    ],
)
def test_a_correction_leaves_a_dataset_ready_where_a_result_stands_and_pending_elsewhere(
    happened: list[e.Life], shown: Status
) -> None:
    state = given_events(*happened)
    for command in (c.ReplaceTranscript(**WHO, transcript=CORRECTED), c.RenameDataset(**WHO, name="new")):
        event = life.decide(state, command)
        assert isinstance(event, e.Corrected)
        assert event.options == OPTIONS
        assert status(life.evolve(state, event, len(happened) + 1)) == shown


def test_a_replaced_transcript_leaves_the_rest_of_the_source_and_names_what_the_result_was_made_from() -> None:
    event = life.decide(given_events(UPLOADED, REQUESTED, READY), c.ReplaceTranscript(**WHO, transcript=CORRECTED))
    made_from = structs.replace(result(2), transcript_key="t", transcript_sha256="11")
    assert event == e.TranscriptReplaced(**WHO, source=CORRECTED_SOURCE, options=OPTIONS, result=made_from)
    assert made_from.is_outdated_by(CORRECTED_SOURCE)
    assert not made_from.is_outdated_by(SOURCE)


def test_a_result_names_the_transcript_that_its_run_began_with() -> None:
    replaced = e.TranscriptReplaced(**WHO, source=CORRECTED_SOURCE, options=OPTIONS, result=None)
    requested = e.ProcessRequested(**WHO, source=CORRECTED_SOURCE, options=OPTIONS, result=None)
    event = life.decide(given_events(UPLOADED, replaced, requested), c.FinishRun(**WHO, run=3, result=result(3)))
    made_from = structs.replace(result(3), transcript_key="c", transcript_sha256="33")
    assert event == e.DatasetReady(**WHO, run=3, source=CORRECTED_SOURCE, result=made_from)


def test_a_new_name_leaves_the_description_and_the_other_way_round() -> None:
    changes: list[dict[str, Any]] = [{"name": "new"}, {"description": "new"}, {"name": "new", "description": ""}]
    for given in changes:
        event = life.decide(given_events(UPLOADED), c.RenameDataset(**WHO, **given))
        assert event == e.DatasetRenamed(**WHO, source=structs.replace(SOURCE, **given), options=OPTIONS, result=None)


def test_nothing_is_corrected_while_a_run_is_in_progress() -> None:
    state = given_events(UPLOADED, REQUESTED)
    refused = life.Refused(code="already-processing", run=2)
    assert life.decide(state, c.ReplaceTranscript(**WHO, transcript=CORRECTED, seen_seq=1)) == refused
    assert life.decide(state, c.RenameDataset(**WHO, name="new", seen_seq=1)) == refused


def test_of_two_editors_who_saw_the_same_the_second_is_refused() -> None:
    """Whether they name the life that they saw, or the transcript."""
    state = given_events(UPLOADED)
    for seen in ({"seen_seq": 1}, {"seen_sha256": "11"}):
        command = c.ReplaceTranscript(**WHO, transcript=CORRECTED, **seen)
        first = life.decide(state, command)
        assert isinstance(first, e.TranscriptReplaced)
        second = life.decide(life.evolve(state, first, 2), command)
        assert second == life.Refused(code="precondition-failed")
    renamed = life.evolve(state, e.DatasetRenamed(**WHO, source=SOURCE, options=OPTIONS, result=None), 2)
    assert life.decide(renamed, c.RenameDataset(**WHO, name="x", seen_seq=1)) == life.Refused(
        code="precondition-failed"
    )
    # Who edits cues saw the transcript alone, which a new name does not change.
    seen_cues = c.ReplaceTranscript(**WHO, transcript=CORRECTED, seen_sha256="11")
    assert isinstance(life.decide(renamed, seen_cues), e.TranscriptReplaced)
