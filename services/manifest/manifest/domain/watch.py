"""When a run is ended as stalled: nothing new for an hour, or older than a day. Pure; the clock arrives as a value."""

from datetime import datetime, timedelta
from typing import Final

from contracts.failure import RunFailure
from contracts.queries import DatasetRow

NO_FACT_FOR: Final = timedelta(hours=1)
OLDEST: Final = timedelta(hours=24)  # well before the work messages' TTL of 48 h


def stalled(row: DatasetRow, now: datetime) -> RunFailure | None:
    """Why the run of a `processing` row is to be ended, or None; such a row's `updated_at` is when it was requested."""
    quiet = now - (row.fact_at or row.updated_at)
    if now - row.updated_at > OLDEST:
        return _failure(f"The run is older than {OLDEST.total_seconds() / 3600:.0f} hours.")
    if quiet > NO_FACT_FOR:
        return _failure(f"Nothing was written for {quiet.total_seconds() / 60:.0f} minutes.")
    return None


def _failure(detail: str) -> RunFailure:
    return RunFailure(
        code="run-stalled",
        title="The run stalled",
        detail=detail,
        stage="manifest",
        remedy="Process the dataset again; if it stalls again, the operator should look at the workers.",
        retryable=True,
    )
