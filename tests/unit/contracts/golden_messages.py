"""What each file in golden/ says, written by hand: one a version of a message, as it was first sent.

A golden file is never made anew. A field that is added has a default and stands in none of them; a message whose
meaning changes is a new type with a file of its own, and the old file stays as long as old messages may be met.
"""

from datetime import UTC, datetime
from typing import Any, Final

from msgspec import structs

from contracts import events, plan_lines, queries
from contracts.dataset import Options, Result, Source, Status, TranscriptType
from contracts.failure import RunFailure
from contracts.warnings import CueWarning, WarningSummary

ID: Final = "0f8fad5b-d9cb-469f-a165-70867728950e"
FOLDER: Final = f"users/alice/datasets/{ID}/"
WHO: Final[dict[str, Any]] = {"dataset_id": ID, "user_id": "alice", "correlation_id": "req-1", "cause": "evt-0"}
AT: Final = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
LIFE: Final[dict[str, Any]] = {**WHO, "at": AT}
WORK: Final[dict[str, Any]] = {**WHO, "run": 42}

SOURCE: Final = Source(
    name="Chapter 1 – Übung",
    description="read by A.",
    created_at=datetime(2026, 1, 2, 3, 0, tzinfo=UTC),
    audio_key=f"{FOLDER}source_audio.wav",
    audio_bytes=52_920_044,
    audio_sha256="aa" * 32,
    transcript_key=f"{FOLDER}transcript.srt",
    transcript_bytes=1_234,
    transcript_sha256="bb" * 32,
    transcript_type=TranscriptType.SRT,
    transcript_encoding="utf-8",
)
OPTIONS: Final = Options(sample_rate=16_000)
WARNINGS: Final = WarningSummary(
    {"clamped": 1}, (CueWarning(code="clamped", cue=4, line=17, detail="ends at 600.5 s"),)
)
RESULT: Final = Result(
    run=42,
    options=OPTIONS,
    plan_id="cc" * 32,
    prefix=FOLDER,
    training_data_key=f"{FOLDER}training_data.jsonl",
    training_data_sha256="dd" * 32,
    segment_count=120,
    total_frames=9_600_000,
    sample_rate=16_000,
    warnings=WARNINGS,
)
CORRECTED: Final = structs.replace(
    SOURCE,
    transcript_key=f"{FOLDER}transcripts/{'ab' * 32}.json",
    transcript_bytes=2_345,
    transcript_sha256="ab" * 32,
    transcript_type=TranscriptType.CUES,
)
RESULT_OF_ITS_TRANSCRIPT: Final = structs.replace(
    RESULT, transcript_key=f"{FOLDER}transcript.srt", transcript_sha256="bb" * 32
)
ERROR: Final = RunFailure(
    code="audio-ends-early",
    title="The recording ends early",
    detail="It ends at 12.5 s.",
    stage="segmenter",
    remedy="Upload it again.",
    retryable=True,
)
AUDIO: Final = events.AudioFacts(
    kind="wav",
    rate_hz=44_100,
    channels=1,
    frames=26_460_000,
    declared_frames=26_460_000,
    sample_format="s16",
    data_offset=44,
    codec="pcm_s16le",
    ffmpeg="avcodec 62.11.100",
)
PLAN: Final[dict[str, Any]] = {
    **WORK,
    "plan_id": "cc" * 32,
    "plan_version": "1",
    "prefix": FOLDER,
    "plan_key": f"{FOLDER}plan.jsonl",
    "sample_rate": 16_000,
    "options": OPTIONS,
}

EVENTS: Final[dict[str, events.AnyEvent]] = {
    "tts.dataset.uploaded.v1": events.DatasetUploaded(**LIFE, run=None, source=SOURCE, options=OPTIONS),
    "tts.process.requested.v1": events.ProcessRequested(
        **LIFE, run=None, source=SOURCE, options=OPTIONS, result=RESULT
    ),
    "tts.process.cancelled.v1": events.ProcessCancelled(**LIFE, run=42, source=SOURCE, options=OPTIONS, result=RESULT),
    "tts.dataset.ready.v1": events.DatasetReady(**LIFE, run=42, source=SOURCE, result=RESULT),
    "tts.dataset.failed.v1": events.DatasetFailed(
        **LIFE, run=42, source=SOURCE, options=OPTIONS, result=RESULT, error=ERROR
    ),
    "tts.dataset.transcript-replaced.v1": events.TranscriptReplaced(
        **LIFE, source=CORRECTED, options=OPTIONS, result=RESULT_OF_ITS_TRANSCRIPT
    ),
    "tts.dataset.renamed.v1": events.DatasetRenamed(**LIFE, source=SOURCE, options=OPTIONS, result=None),
    "tts.dataset.deleted.v1": events.DatasetDeleted(**LIFE, run=None),
    "tts.root.claimed.v1": events.RootClaimed(**WORK, plan_id="cc" * 32),
    "tts.root.retired.v1": events.RootRetired(**WORK),
    "tts.segmentation.planned.v1": events.SegmentationPlanned(
        **PLAN,
        plan_sha256="ee" * 32,
        plan_bytes=9_876,
        segment_count=120,
        span_count=5,
        dropped_count=2,
        source_rate_hz=44_100,
        warnings=WARNINGS,
    ),
    "tts.span.planned.v1": events.SpanPlanned(
        **PLAN,
        span=3,
        lines_offset=4_321,
        lines_bytes=2_100,
        lines_sha256="ff" * 32,
        first_segment=72,
        segment_count=24,
        audio_key=f"{FOLDER}source_audio.wav",
        audio_bytes=52_920_044,
        audio=AUDIO,
    ),
    "tts.span.progressed.v1": events.SpanProgressed(
        **WORK,
        span=3,
        worker="host:17",
        written=16,
        added=2,
        rows=(
            events.SegmentRow(n=86, frames=80_000, sha256="01" * 32),
            events.SegmentRow(n=87, frames=79_900, sha256="02" * 32, short=100),
        ),
    ),
    "tts.segment.written.v1": events.SegmentWritten(
        **WORK,
        n=86,
        key=f"{FOLDER}segments/segment_00086.wav",
        text="Zwölf “words”",
        duration=5.0,
        start=430.25,
        end=435.25,
        frames=80_000,
        sample_rate=16_000,
        sha256="01" * 32,
        text_truncated=True,
    ),
    "tts.span.written.v1": events.SpanWritten(**WORK, span=3, segment_count=24),
}

QUERIES: Final[dict[str, Any]] = {
    "catalog.get.v1": queries.GetDataset(dataset_id=ID, at_least=42),
    "catalog.list.v1": queries.ListDatasets(user_id="alice", limit=20, before=99, status=Status.READY),
    "catalog.rows.v1": queries.Rows(
        rows=(
            queries.DatasetRow(
                id=ID,
                user_id="alice",
                seq=42,
                created_seq=7,
                status=Status.PROCESSING,
                run=42,
                name="Chapter 1 – Übung",
                description="read by A.",
                transcript_type=TranscriptType.SRT,
                audio_key=f"{FOLDER}source_audio.wav",
                transcript_key=f"{FOLDER}transcript.srt",
                training_data_key=f"{FOLDER}training_data.jsonl",
                segment_count=120,
                total_duration_seconds=600.0,
                progress=queries.Progress(segments=16, of=120),
                error=ERROR,
                warnings=WARNINGS,
                options=OPTIONS,
                created_at=datetime(2026, 1, 2, 3, 0, tzinfo=UTC),
                updated_at=AT,
                fact_at=AT,
            ),
        ),
        more=True,
    ),
    "catalog.unavailable.v1": queries.Unavailable(reason="the rows stand at 41, 42 was asked for"),
}

_DROP: Final = plan_lines.PlannedDrop(cue=3, line=13, code="beyond-audio", detail="starts at 700 s")
_NOTE: Final = plan_lines.PlannedNote(code="clamped", cue=4, line=17, detail="ends at 600.5 s")
_SEGMENT: Final = plan_lines.PlannedSegment(n=0, first_frame=0, last_frame=220_500, text="Zwölf “words”", cue=0, line=1)
NEWEST_PLAN: Final = 4
PLANS: Final[dict[int, tuple[plan_lines.PlanLine, ...]]] = {
    1: (_SEGMENT, _DROP, _NOTE),
    NEWEST_PLAN: (
        structs.replace(_SEGMENT, cues=(0, 1), speaker="Ann", text_raw="<i>Zwölf</i> “words”"),
        _DROP,
        _NOTE,
    ),
}
