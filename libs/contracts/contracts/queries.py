"""The catalog's requests and replies over NATS.

Every request gets one of the replies below: a caller without a reply knows that no catalog is there.
"""

from datetime import datetime

import msgspec
from msgspec import Struct

from contracts.dataset import Options, Status, TranscriptType
from contracts.failure import RunFailure
from contracts.known_options import drop_unknown_options
from contracts.warnings import WarningSummary


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
    result_outdated: bool = False  # the result was made from another transcript than the one it has now
    fact_at: datetime | None = None  # when the run's last fact was stored; for the watchdog, not for the API


class GetDataset(Struct, frozen=True, kw_only=True):
    """`at_least` is a life sequence that the reply must include."""

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
    """The catalog can't answer now: its database is unavailable, or it has not reached `at_least` in time."""

    reason: str


Reply = Rows | Unavailable

get_decoder: msgspec.json.Decoder[GetDataset] = msgspec.json.Decoder(GetDataset)
list_decoder: msgspec.json.Decoder[ListDatasets] = msgspec.json.Decoder(ListDatasets)
_reply_decoder: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def decode_reply(body: bytes) -> Reply:
    """Options that are unknown here are dropped from the rows: those of one dataset must not hide all the others.

    Raises: msgspec.DecodeError, UnicodeDecodeError.
    """
    try:
        return _reply_decoder.decode(body)
    except msgspec.ValidationError:
        return _reply_decoder.decode(drop_unknown_options(body))
