"""A dataset's row as its life shows it. The catalog stores it, the gateway answers with it: one function, one truth."""

from datetime import datetime

from contracts import life
from contracts.queries import DatasetRow, Progress
from contracts.warnings import WarningSummary


def row_of(state: life.Alive, *, at: datetime, created_seq: int) -> DatasetRow:
    """`at` is the time of the last life event. A run starts with no segments; the catalog counts them from there."""
    result, source = state.result, state.source
    processing = isinstance(state, life.Processing)
    return DatasetRow(
        id=state.dataset_id,
        user_id=state.user_id,
        seq=state.seq,
        created_seq=created_seq,
        status=life.status_of(state),
        run=state.run if isinstance(state, life.Processing) else None,
        name=source.name,
        description=source.description,
        transcript_type=source.transcript_type,
        audio_key=source.audio_key,
        transcript_key=source.transcript_key,
        training_data_key=result.training_data_key if result else None,
        segment_count=result.segment_count if result else None,
        total_duration_seconds=result.total_duration_seconds if result else None,
        progress=Progress(segments=0, of=None) if processing else None,
        error=state.error if isinstance(state, life.Failed) else None,
        warnings=result.warnings if result else WarningSummary(),
        options=state.options,
        created_at=source.created_at,
        updated_at=at,
        result_outdated=result is not None and result.is_outdated_by(source),
        fact_at=at if processing else None,
    )
