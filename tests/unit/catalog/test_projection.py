"""Given these events, then this row. Event n happens n seconds after noon and is stored half a second later."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.projection import Fact, Rows, fold, project
from contracts import events
from contracts.dataset import Options, Status, TranscriptType
from contracts.queries import DatasetRow, Progress
from contracts.warnings import WarningSummary
from tests.unit.catalog.values import DATASET, NOON, OTHER, Story, at, problem, stored, told

FACT_DELAY = timedelta(milliseconds=500)


def row_after(story: Story) -> DatasetRow:
    row = fold({}, story.facts)[DATASET]
    assert row is not None
    return row


def test_an_upload_makes_the_whole_row() -> None:
    assert row_after(Story().uploaded()) == DatasetRow(
        id=DATASET,
        user_id="u",
        seq=1,
        created_seq=1,
        status=Status.PENDING,
        run=None,
        name="A talk",
        description="",
        transcript_type=TranscriptType.SRT,
        audio_key="a.wav",
        transcript_key="t.srt",
        training_data_key=None,
        segment_count=None,
        total_duration_seconds=None,
        progress=None,
        error=None,
        warnings=WarningSummary(),
        options=Options(),
        created_at=NOON,
        updated_at=at(1),
        fact_at=None,
    )


def test_a_request_opens_a_run_without_segments() -> None:
    row = row_after(Story().uploaded().requested())
    assert (row.status, row.run, row.seq, row.created_seq) == (Status.PROCESSING, 2, 2, 1)
    assert (row.progress, row.fact_at) == (Progress(segments=0, of=None), at(2))


def test_a_plan_says_how_many_segments_there_will_be() -> None:
    row = row_after(Story().uploaded().requested().planned(40))
    assert (row.progress, row.fact_at) == (Progress(segments=0, of=40), at(3) + FACT_DELAY)


def test_progress_adds_up() -> None:
    row = row_after(Story().uploaded().requested().planned(40).progressed(7).progressed(5))
    assert (row.progress, row.fact_at) == (Progress(segments=12, of=40), at(5) + FACT_DELAY)


def test_progress_before_the_plan_is_kept_when_the_plan_comes() -> None:
    assert row_after(Story().uploaded().requested().progressed(7).planned(40)).progress == Progress(segments=7, of=40)


def test_a_span_that_is_done_only_shows_that_the_run_is_alive() -> None:
    row = row_after(Story().uploaded().requested().planned(40).progressed(7).span_done())
    assert (row.progress, row.fact_at) == (Progress(segments=7, of=40), at(5) + FACT_DELAY)


def test_work_leaves_the_time_and_sequence_of_the_life_alone() -> None:
    row = row_after(Story().uploaded().requested().planned(40).progressed(7))
    assert (row.seq, row.updated_at) == (2, at(2))


def test_a_result_replaces_the_progress() -> None:
    row = row_after(Story().uploaded().requested().planned(3).progressed(3).ready())
    assert (row.status, row.run, row.progress, row.fact_at) == (Status.READY, None, None, None)
    assert (row.segment_count, row.total_duration_seconds, row.training_data_key) == (3, 4.5, "x/training_data.jsonl")
    assert (row.warnings, row.updated_at) == (WarningSummary({"empty": 2}), at(5))


def test_a_result_is_outdated_from_another_transcript_until_it_is_processed_again() -> None:
    story = Story().uploaded().requested().ready()
    assert not row_after(story).result_outdated
    story.replaced()
    row = row_after(story)
    assert (row.status, row.result_outdated, row.segment_count) == (Status.READY, True, 3)
    assert (row.transcript_type, row.transcript_key) == (TranscriptType.CUES, "t3")
    assert row_after(story.renamed("New")).result_outdated
    assert row_after(story.requested()).result_outdated
    assert not row_after(story.ready()).result_outdated


def test_a_transcript_replaced_before_the_first_run_outdates_nothing() -> None:
    assert not row_after(Story().uploaded().replaced()).result_outdated
    assert not row_after(Story().uploaded().replaced().requested().ready()).result_outdated


def test_a_new_name_is_shown_and_the_dataset_keeps_its_place_in_the_list() -> None:
    row = row_after(Story().uploaded().renamed("New"))
    assert (row.name, row.created_seq, row.seq, row.created_at) == ("New", 1, 2, NOON)


def test_a_failed_run_shows_its_problem() -> None:
    row = row_after(Story().uploaded().requested().progressed(2).failed())
    assert (row.status, row.error, row.progress) == (Status.FAILED, problem(), None)


def test_a_rerun_that_fails_or_is_cancelled_leaves_the_result_in_place() -> None:
    failed = row_after(Story().uploaded().requested().ready().requested().progressed(1).failed())
    cancelled = row_after(Story().uploaded().requested().ready().requested().progressed(1).cancelled())
    assert (failed.status, failed.segment_count) == (Status.FAILED, 3)
    assert (cancelled.status, cancelled.segment_count) == (Status.READY, 3)


def test_a_cancelled_first_run_is_pending_again() -> None:
    row = row_after(Story().uploaded().requested().planned(40).cancelled())
    assert (row.status, row.progress, row.created_seq, row.seq) == (Status.PENDING, None, 1, 4)


def test_a_new_run_begins_counting_from_nothing() -> None:
    row = row_after(Story().uploaded().requested().planned(40).progressed(30).cancelled().requested())
    assert row.progress == Progress(segments=0, of=None)


@pytest.mark.parametrize(
    "late",
    [
        lambda story: story.planned(9, run=2),
        lambda story: story.progressed(9, run=2),
        lambda story: story.span_done(run=2),
    ],
)
def test_work_of_an_older_run_changes_nothing(late: object) -> None:
    story = Story().uploaded().requested().cancelled().requested().progressed(1)
    before = row_after(story)
    assert callable(late)
    late(story)
    assert project(before, story.facts[-1]) is before


def test_work_that_comes_after_the_end_of_its_run_changes_nothing() -> None:
    story = Story().uploaded().requested().ready().progressed(9, run=2)
    before = row_after(Story().uploaded().requested().ready())
    assert project(before, story.facts[-1]) is before


def test_work_of_a_dataset_without_a_row_makes_none() -> None:
    assert fold({}, Story().progressed(3, run=1).facts) == {}


def test_a_deleted_dataset_has_no_row() -> None:
    assert fold({}, Story().uploaded().requested().deleted().facts) == {}
    standing = fold({}, Story().uploaded().facts)
    assert fold(standing, Story(first_seq=2).uploaded().deleted().facts[-1:]) == {DATASET: None}


def test_work_after_the_deletion_does_not_bring_the_row_back() -> None:
    assert fold({}, Story().uploaded().requested().deleted().progressed(3, run=2).facts) == {}


def test_what_shows_nothing_in_a_row_changes_nothing() -> None:
    row = row_after(Story().uploaded().requested())
    who = {name: value for name, value in told(3).items() if name != "at"}
    claimed = events.RootClaimed(**who, run=2, plan_id="p")
    assert project(row, stored(claimed, 3)) is row


def test_a_fold_names_only_the_rows_that_changed() -> None:
    standing = fold({}, Story().uploaded().requested().facts) | fold({}, Story(OTHER, 10).uploaded().facts)
    facts = Story(first_seq=1).uploaded().requested().progressed(1).facts[-1:]
    assert list(fold(standing, facts)) == [DATASET]


# Any history that can happen: what a command does when it is allowed, work of this run or an older one at any time.
_STEPS = ("requested", "cancelled", "ready", "failed", "deleted", "planned", "progressed", "span_done", "late")


@st.composite
def histories(draw: st.DrawFn, dataset_id: str = DATASET) -> Story:
    story = Story(dataset_id).uploaded()
    runs = [0]
    for step in draw(st.lists(st.sampled_from(_STEPS), max_size=25)):
        _take(story, step, runs, draw(st.integers(0, 9)))
    return story


def _take(story: Story, step: str, runs: list[int], number: int) -> None:
    processing = bool(story.run) and type(story.state).__name__ == "Processing"
    match step:
        case "planned" | "progressed":
            getattr(story, step)(number)
        case "span_done":
            story.span_done()
        case "late":
            story.progressed(number, run=runs[number % len(runs)])
        case "requested" if type(story.state).__name__ in ("Pending", "Ready", "Failed"):
            runs.append(story.requested().run)
        case "deleted" if type(story.state).__name__ != "Deleted":
            story.deleted()
        case "cancelled" | "ready" | "failed" if processing:
            getattr(story, step)()


@st.composite
def streams(draw: st.DrawFn) -> list[Fact]:
    """Two lives in one stream: each in its own order, in any interleaving."""
    one, two = draw(histories()).facts, draw(histories(OTHER)).facts
    turns = draw(st.permutations([True] * len(one) + [False] * len(two)))
    left, right = iter(one), iter(two)
    return [next(left) if turn else next(right) for turn in turns]


def in_batches(facts: list[Fact], sizes: list[int]) -> Rows:
    rows: Rows = {}
    rest = facts
    for size in [*sizes, len(facts)]:
        changed = fold(rows, rest[:size])
        rows = {dataset_id: row for dataset_id, row in (rows | changed).items() if row is not None}
        rest = rest[size:]
    return rows


@given(streams(), st.lists(st.integers(1, 6), max_size=20))
def test_batches_of_any_size_give_the_same_rows(facts: list[Fact], sizes: list[int]) -> None:
    assert in_batches(facts, sizes) == in_batches(facts, [])


@given(streams())
def test_lives_do_not_touch_each_other(facts: list[Fact]) -> None:
    alone = [in_batches([f for f in facts if f.event.dataset_id == which], []) for which in (DATASET, OTHER)]
    assert in_batches(facts, []) == alone[0] | alone[1]


@given(histories())
def test_after_a_life_event_the_row_depends_on_life_events_only(story: Story) -> None:
    ends = max(n for n, fact in enumerate(story.facts) if isinstance(fact.event, events.LifeEvent))
    facts = story.facts[: ends + 1]
    life_only = [fact for fact in facts if isinstance(fact.event, events.LifeEvent)]
    assert in_batches(facts, []) == in_batches(life_only, [])


@given(histories())
def test_a_row_never_claims_more_segments_than_its_run_wrote(story: Story) -> None:
    row = in_batches(story.facts, []).get(DATASET)
    written = (fact.event for fact in story.facts if isinstance(fact.event, events.SpanProgressed))
    if row is not None and row.progress is not None:
        assert row.progress.segments == sum(event.added for event in written if event.run == row.run)


def test_the_row_is_a_value_that_travels_unchanged() -> None:
    row = row_after(Story().uploaded().requested().planned(4).progressed(1))
    assert msgspec.json.decode(msgspec.json.encode(row), type=DatasetRow) == row
