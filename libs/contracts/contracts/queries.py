"""What the catalog is asked and what it answers, over NATS request/reply.

An answer is always one of the structs below, never silence: a caller that hears nothing knows nobody listens.
"""

from datetime import datetime

import msgspec
from msgspec import Struct

from contracts.dataset import Options, Status, TranscriptType
from contracts.failure import RunFailure, WarningSummary
from contracts.shown_options import with_known_options


class Progress(Struct, frozen=True, kw_only=True):
    """Segments stored so far, and planned; `of` is None until the plan is published."""

    segments: int
    of: int | None


class DatasetRow(Struct, frozen=True, kw_only=True):
    """One dataset as the API shows it. `seq` is the sequence of its last life event, `created_seq` of its first."""

    id: str
    user_id: str
    seq: int
    created_seq: int
    status: Status
    run: int | None
    name: str
    description: str
    transcript_type: TranscriptType
    audio_key: str
    transcript_key: str
    training_data_key: str | None
    segment_count: int | None
    total_duration_seconds: float | None
    progress: Progress | None
    error: RunFailure | None
    warnings: WarningSummary
    options: Options
    created_at: datetime
    updated_at: datetime
    fact_at: datetime | None = None  # when the run's last fact was stored; for the watchdog, not for the API


class GetDataset(Struct, frozen=True, kw_only=True):
    """`at_least` is a life sequence the answer must include."""

    dataset_id: str
    at_least: int


class ListDatasets(Struct, frozen=True, kw_only=True):
    """Newest first by `created_seq`, below `before` where given. `user_id` None means every user (watchdogs)."""

    user_id: str | None
    limit: int
    before: int | None = None
    status: Status | None = None


class Rows(Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """`more` says that older rows exist beyond these."""

    rows: tuple[DatasetRow, ...]
    more: bool = False


class Unavailable(Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """The catalog can't answer now: its database is away, or it has not reached `at_least` in time."""

    reason: str


Answer = Rows | Unavailable

get_decoder: msgspec.json.Decoder[GetDataset] = msgspec.json.Decoder(GetDataset)
list_decoder: msgspec.json.Decoder[ListDatasets] = msgspec.json.Decoder(ListDatasets)
_answer_decoder: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def decode_answer(body: bytes) -> Answer:
    """Options that are unknown here are left out of the rows: one dataset's must not hide all the others.

    Raises: msgspec.DecodeError, UnicodeDecodeError.
    """
    try:
        return _answer_decoder.decode(body)
    except msgspec.ValidationError:
        return _answer_decoder.decode(with_known_options(body))
