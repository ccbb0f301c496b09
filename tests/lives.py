"""Commands of a dataset's life for tests: who asks, and an upload of nothing in particular."""

from datetime import UTC, datetime
from typing import Any

from contracts import commands, events
from contracts.dataset import Options, Source, TranscriptType


def told(dataset_id: str) -> dict[str, Any]:
    return {
        "dataset_id": dataset_id,
        "user_id": "u",
        "correlation_id": "co",
        "cause": "ca",
        "at": datetime.now(UTC),
    }


def upload(dataset_id: str) -> commands.Upload:
    source = Source(
        name="n",
        description="",
        created_at=datetime.now(UTC),
        audio_key="a",
        audio_bytes=1,
        audio_sha256="00",
        transcript_key="t",
        transcript_bytes=1,
        transcript_sha256="11",
        transcript_type=TranscriptType.SRT,
        transcript_encoding="utf-8",
    )
    return commands.Upload(**told(dataset_id), source=source, options=Options())


def span_order(dataset_id: str, *, run: int, **changes: Any) -> events.SpanPlanned:
    """An order for one second of 16 kHz audio that stands nowhere."""
    facts: dict[str, Any] = {
        "dataset_id": dataset_id,
        "user_id": "u",
        "run": run,
        "correlation_id": "co",
        "cause": "ca",
        "span": 0,
        "plan_id": "p",
        "plan_version": "1",
        "prefix": f"users/u/datasets/{dataset_id}/",
        "plan_key": f"users/u/datasets/{dataset_id}/plan.jsonl",
        "lines_offset": 0,
        "lines_bytes": 0,
        "lines_sha256": "",
        "first_segment": 0,
        "segment_count": 1,
        "audio_key": "a",
        "audio_bytes": 32_044,
        "audio": events.AudioFacts(kind="wav", rate_hz=16_000, channels=1, frames=16_000),
        "sample_rate": 16_000,
        "options": Options(),
    }
    return events.SpanPlanned(**facts | changes)
