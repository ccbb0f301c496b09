"""The events of a dataset: its life, and the work of its runs. Past tense, immutable, public.

Fields are only ever added, with defaults; a changed meaning is a new type. Readers ignore unknown fields, except
in `options`: a job with an option that a reader does not know is one of a newer release.
A life event carries all that its catalog row shows, so a row can be rebuilt from it alone.
"""

from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from contracts.dataset import Options, Result, Source
from contracts.failure import RunFailure
from contracts.identity import Identified
from contracts.warnings import WarningSummary


class Event(Identified, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One thing that happened to a dataset."""


class WorkEvent(Event, frozen=True, kw_only=True):
    """What a run did. Its number is the stream sequence of its ProcessRequested."""

    run: int


class LifeEvent(Event, frozen=True, kw_only=True):
    at: datetime


class RunEnded(LifeEvent, frozen=True, kw_only=True):
    run: int


class DatasetUploaded(LifeEvent, frozen=True, kw_only=True):
    run: None = None  # readers of the first release ask for the field
    source: Source
    options: Options


class ProcessRequested(LifeEvent, frozen=True, kw_only=True):
    """Opens a run, whose number is this event's own sequence: it is known only once the event is stored.

    `result` is the last ready result, which stands until this run replaces it.
    """

    run: None = None  # readers of the first release ask for the field
    source: Source
    options: Options
    result: Result | None


class ProcessCancelled(RunEnded, frozen=True, kw_only=True):
    source: Source
    options: Options
    result: Result | None


class DatasetReady(RunEnded, frozen=True, kw_only=True):
    source: Source
    result: Result


class DatasetFailed(RunEnded, frozen=True, kw_only=True):
    source: Source
    options: Options
    result: Result | None
    error: RunFailure


class Corrected(LifeEvent, frozen=True, kw_only=True):
    """`source` is the whole of it, with what was corrected; `result` the last ready result, which stands."""

    run: ClassVar[None] = None
    source: Source
    options: Options
    result: Result | None


class TranscriptReplaced(Corrected, frozen=True, kw_only=True):
    """Another transcript was given; `result` still names the one that it was made from."""


class DatasetRenamed(Corrected, frozen=True, kw_only=True):
    """The name, the description or both were changed."""


class DatasetDeleted(LifeEvent, frozen=True, kw_only=True):
    """Ends the life, and `run` if one was in progress. It names nothing of the content, which is gone."""

    run: int | None


Life = (
    DatasetUploaded
    | ProcessRequested
    | ProcessCancelled
    | DatasetReady
    | DatasetFailed
    | DatasetDeleted
    | TranscriptReplaced
    | DatasetRenamed
)


class RootClaimed(WorkEvent, frozen=True, kw_only=True):
    """The plan that owns the dataset's root folder for good; other plans write under runs/<run>/."""

    plan_id: str


class RootRetired(WorkEvent, frozen=True, kw_only=True):
    """Nothing is written under the dataset's root folder any more: every later run writes under runs/<run>/.

    `run` is the run of the current result, which is elsewhere.
    """


class AudioNote(Struct, frozen=True):
    """What its user should know about the recording: the `code` of a warning, and what was found."""

    code: str
    detail: str


class AudioFacts(Struct, frozen=True, kw_only=True):
    """What the planner found out about the recording, so that no worker has to probe it again.

    `frames` is the length at `rate_hz`, `declared_frames` what the file states (0: nothing). For `kind` "wav" the
    samples start at byte `data_offset` in `sample_format` (u8, s16, s24, s32, f32, f64, with "be" in big-endian order,
    and rarer ones: the segmenter's `domain/sample_format.py`); "decoded" sources go through FFmpeg, whose versions are
    named. `broken_off`: the end is missing, and the file doesn't state by how much. `notes` become the plan's warnings;
    jobs have none.
    """

    kind: str
    rate_hz: int
    channels: int
    frames: int
    declared_frames: int = 0
    sample_format: str = ""
    data_offset: int = 0
    codec: str = ""
    ffmpeg: str = ""
    broken_off: bool = False
    notes: tuple[AudioNote, ...] = ()


class Span(Struct, frozen=True, array_like=True):
    """Segments `first` … `first` + `count` - 1 (0-based), and where their lines are in plan.jsonl (bytes, sha256)."""

    first: int
    count: int
    lines_offset: int
    lines_bytes: int
    lines_sha256: str


class SegmentationPlanned(WorkEvent, frozen=True, kw_only=True):
    """The run's plan. `prefix` ends in '/'; `plan_sha256` is over the whole of plan.jsonl.

    `spans` tile the segments; a span's index is its number. Their SpanPlanned follow a few at a time. `rows_version` is
    the layout of the rows that the manifest will have: `contracts.rows`.
    """

    plan_id: str
    plan_version: str
    prefix: str
    plan_key: str
    plan_sha256: str
    plan_bytes: int
    segment_count: int
    span_count: int
    dropped_count: int
    source_rate_hz: int
    sample_rate: int
    options: Options
    warnings: WarningSummary
    spans: tuple[Span, ...] = ()
    rows_version: int = 1


class SpanPlanned(WorkEvent, frozen=True, kw_only=True):
    """A job: cut segments `first_segment` … + `segment_count` - 1 (0-based).

    Their lines are bytes `lines_offset` … + `lines_bytes` - 1 of plan.jsonl, with sha256 `lines_sha256`. The batch
    that finishes it also orders span `then`; None where no other span follows.
    """

    span: int
    plan_id: str
    plan_version: str
    prefix: str
    plan_key: str
    lines_offset: int
    lines_bytes: int
    lines_sha256: str
    first_segment: int
    segment_count: int
    audio_key: str
    audio_bytes: int
    audio: AudioFacts
    sample_rate: int
    options: Options
    then: int | None = None


class SegmentRow(Struct, frozen=True, array_like=True):
    """What the manifest needs of one segment that was stored.

    `frames` as written; `sha256`, `size` in bytes and `crc32` of the WAV file, the last two 0 in plans of rows version
    1; `short` source frames that were planned and not there (≤ 100 ms), `filled` those that are silence put where the
    recording has a hole.

    Of its samples: `peak`, the largest without its sign (-1: not looked for, as before rows version 3); `full_scale`,
    how many are there, and `clipped`, how many of those in runs of 3 and more; `channels_cancel`, whether they are the
    average of channels that cancel each other.
    """

    n: int
    frames: int
    sha256: str
    short: int = 0
    size: int = 0
    crc32: int = 0
    filled: int = 0
    peak: int = -1
    full_scale: int = 0
    clipped: int = 0
    channels_cancel: bool = False


class SpanProgressed(WorkEvent, frozen=True, kw_only=True):
    """First message of every batch of a span; it carries the batch's fence.

    `written` counts the span's segments stored so far, without a gap from its first; `added` those of this batch.
    """

    span: int
    worker: str
    written: int
    added: int
    rows: tuple[SegmentRow, ...]


class SegmentWritten(WorkEvent, frozen=True, kw_only=True):
    """One stored slice. `start` and `end` are seconds in the recording, `duration` seconds of the slice as written."""

    n: int
    key: str
    text: str
    duration: float
    start: float
    end: float
    frames: int
    sample_rate: int
    sha256: str
    text_truncated: bool = False


class SpanWritten(WorkEvent, frozen=True, kw_only=True):
    span: int
    segment_count: int


Work = RootClaimed | RootRetired | SegmentationPlanned | SpanPlanned | SpanProgressed | SegmentWritten | SpanWritten
AnyEvent = Life | Work

MAX_TEXT_CHARS = 2_000  # of SegmentWritten.text: keeps a batch of segments below the server's 1 MiB a message
