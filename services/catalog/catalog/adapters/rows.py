"""Between a DatasetRow and the columns that store it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from catalog.errors import Unreadable
from contracts.dataset import Status, TranscriptType
from contracts.failure import RunFailure
from contracts.known_options import to_known_options
from contracts.queries import DatasetRow, Progress
from contracts.warnings import WarningSummary

_RENAMED = {
    "audio_key": "audio_s3_key",
    "transcript_key": "transcript_s3_key",
    "training_data_key": "training_data_s3_key",
}
_SAME = tuple(
    field for field in DatasetRow.__struct_fields__ if field not in {*_RENAMED, "status", "transcript_type", "progress"}
)

_JSON: Mapping[str, Callable[[str], Any]] = {
    "error": msgspec.json.Decoder(RunFailure).decode,
    "warnings": msgspec.json.Decoder(WarningSummary).decode,
    "options": lambda text: to_known_options(msgspec.json.decode(text)),
}
_REMEDY = "run `python -m catalog rebuild`"


def is_dataset_id(text: str) -> bool:
    """Whether `text` is a UUID as we write them; Postgres would give any other spelling back changed."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def columns_of(row: DatasetRow) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in _SAME}
    columns |= {column: getattr(row, field) for field, column in _RENAMED.items()}
    return columns | {
        "status": row.status.value,
        "transcript_type": row.transcript_type.value,
        "segments_written": row.progress.segments if row.progress else None,
        "segments_planned": row.progress.of if row.progress else None,
        "error_message": (row.error.detail or row.error.title) if row.error else None,
    }


def row_from_driver(columns: Mapping[Any, Any]) -> DatasetRow:
    """From columns that came without SQLAlchemy, which would have turned jsonb into structs. Raises: Unreadable."""
    try:
        read = {name: decode(columns[name]) for name, decode in _JSON.items() if columns[name] is not None}
    except msgspec.DecodeError as exc:
        raise Unreadable(f"a stored row has another shape: {exc}; {_REMEDY}") from exc
    return row_from({**columns, **read, "id": str(columns["id"])})


def row_from(columns: Mapping[Any, Any]) -> DatasetRow:
    """Raises: Unreadable."""
    try:
        fields = {name: columns[name] for name in _SAME}
        fields |= {field: columns[column] for field, column in _RENAMED.items()}
        written = columns["segments_written"]
        return DatasetRow(
            **fields,
            status=Status(columns["status"]),
            transcript_type=TranscriptType(columns["transcript_type"]),
            progress=None if written is None else Progress(segments=written, of=columns["segments_planned"]),
        )
    except (ValueError, msgspec.ValidationError) as exc:
        raise Unreadable(f"a stored row has another shape: {exc}; {_REMEDY}") from exc
