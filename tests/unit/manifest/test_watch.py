"""The watchdog: a run that is quiet for an hour or older than a day is ended, others are left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.dataset import Options, Status, TranscriptType
from contracts.queries import DatasetRow, Progress
from contracts.warnings import WarningSummary
from manifest.domain.watch import stalled

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def row(asked: timedelta, fact: timedelta | None) -> DatasetRow:
    return DatasetRow(
        id="d",
        user_id="u",
        seq=2,
        created_seq=1,
        status=Status.PROCESSING,
        run=2,
        name="n",
        description="",
        transcript_type=TranscriptType.SRT,
        audio_key="a",
        transcript_key="t",
        training_data_key=None,
        segment_count=None,
        total_duration_seconds=None,
        progress=Progress(segments=0, of=None),
        error=None,
        warnings=WarningSummary(),
        options=Options(),
        created_at=NOW - asked,
        updated_at=NOW - asked,
        fact_at=None if fact is None else NOW - fact,
    )


@pytest.mark.parametrize(
    ("asked", "fact", "ended"),
    [
        (timedelta(minutes=5), None, False),
        (timedelta(minutes=61), None, True),
        (timedelta(hours=20), timedelta(minutes=59), False),
        (timedelta(hours=20), timedelta(minutes=61), True),
        (timedelta(hours=24, minutes=1), timedelta(seconds=1), True),
    ],
)
def test_a_run_is_ended_when_quiet_for_an_hour_or_older_than_a_day(
    asked: timedelta, fact: timedelta | None, ended: bool
) -> None:
    problem = stalled(row(asked, fact), NOW)
    assert (problem is not None) == ended
    assert problem is None or problem.code == "run-stalled"
