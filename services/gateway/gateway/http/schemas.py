"""What clients see, apart from the messages between services: a field here changes only with the public interface."""

from datetime import datetime

from msgspec import Struct

from contracts.dataset import Channel, Status, TextOptions, Timeline, TranscriptType
from contracts.queries import DatasetRow


class Options(Struct, frozen=True):
    """How the recording is cut. `sample_rate` in Hz; null keeps the source's, which is never exceeded."""

    sample_rate: int | None
    timeline: Timeline
    track: int | None
    channel: Channel
    text: TextOptions
    tier: str | int | None
    offset_ms: int
    time_scale: float


class Progress(Struct, frozen=True):
    """Segments stored so far; `of` is null until the run has counted what it will write."""

    segments: int
    of: int | None


class RunProblem(Struct, frozen=True):
    """Why a run failed, as its events say."""

    code: str
    title: str
    detail: str
    stage: str
    remedy: str
    retryable: bool


class Warning(Struct, frozen=True):
    """One cue that was dropped or changed. `line` is 1-based in the transcript, `cue` 0-based in file order."""

    code: str
    cue: int | None
    line: int | None
    detail: str


class Warnings(Struct, frozen=True):
    """Counts per code of all warnings, and the first hundred of them."""

    counts: dict[str, int]
    first: tuple[Warning, ...]


class Dataset(Struct, frozen=True, kw_only=True):
    """A dataset. Keys are without the bucket; the results of a run are null until one succeeds. `result_outdated`: the
    result was made from an earlier transcript.
    """

    id: str
    user_id: str
    name: str
    description: str
    status: Status
    transcript_type: TranscriptType
    audio_s3_key: str
    transcript_s3_key: str
    training_data_s3_key: str | None
    segment_count: int | None
    total_duration_seconds: float | None
    progress: Progress | None
    error_message: str | None
    error: RunProblem | None
    warnings: Warnings
    result_outdated: bool
    options: Options
    created_at: datetime
    updated_at: datetime


class Health(Struct, frozen=True):
    status: str
    service: str


class Readiness(Struct, frozen=True):
    ready: bool
    service: str
    missing: tuple[str, ...]


def to_api(row: DatasetRow) -> Dataset:
    """The dataset of a row, from the catalog or from a life event."""
    return Dataset(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        description=row.description,
        status=row.status,
        transcript_type=row.transcript_type,
        audio_s3_key=row.audio_key,
        transcript_s3_key=row.transcript_key,
        training_data_s3_key=row.training_data_key,
        segment_count=row.segment_count,
        total_duration_seconds=row.total_duration_seconds,
        progress=Progress(row.progress.segments, row.progress.of) if row.progress else None,
        error_message=(row.error.detail or row.error.title) if row.error else None,
        error=_problem(row),
        warnings=_warnings(row),
        result_outdated=row.result_outdated,
        options=_options(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _options(row: DatasetRow) -> Options:
    options = row.options
    return Options(
        options.sample_rate,
        options.timeline,
        options.track,
        options.channel,
        options.text,
        options.tier,
        options.offset_ms,
        options.time_scale,
    )


def _problem(row: DatasetRow) -> RunProblem | None:
    if row.error is None:
        return None
    error = row.error
    return RunProblem(error.code, error.title, error.detail, error.stage, error.remedy, error.retryable)


def _warnings(row: DatasetRow) -> Warnings:
    first = tuple(Warning(w.code, w.cue, w.line, w.detail) for w in row.warnings.first)
    return Warnings(row.warnings.counts, first)
