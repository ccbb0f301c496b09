"""The values a dataset is made of: what was uploaded, what was requested, what it resulted in."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from contracts.warnings import WarningSummary


class TranscriptType(StrEnum):
    """`CUES` is a corrected list of cues, as `transcripts.corrected` writes it; nobody uploads one."""

    SRT = "srt"
    TEXT = "text"
    CUES = "cues"
    VTT = "vtt"
    SBV = "sbv"
    SUBVIEWER = "subviewer"
    LRC = "lrc"
    MICRODVD = "microdvd"
    ASS = "ass"
    TTML = "ttml"
    SRV3 = "srv3"
    JSON3 = "json3"
    WHISPER = "whisper"
    CSV = "csv"
    TSV = "tsv"
    AUDACITY = "audacity"
    TEXTGRID = "textgrid"
    CTM = "ctm"


class Status(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class TranscriptFile(Struct, frozen=True, kw_only=True):
    """A transcript as stored: its key without the bucket, its size in bytes, its sha256 as lower-case hex."""

    key: str
    size_bytes: int
    sha256: str
    type: TranscriptType
    encoding: str


class Source(Struct, frozen=True, kw_only=True):
    """What was uploaded, with the transcript that was given last. Sizes in bytes; sha256 as lower-case hex; keys
    without the bucket.
    """

    name: str
    description: str
    created_at: datetime
    audio_key: str
    audio_bytes: int
    audio_sha256: str
    transcript_key: str
    transcript_bytes: int
    transcript_sha256: str
    transcript_type: TranscriptType
    transcript_encoding: str


Timeline: TypeAlias = Literal["media", "samples"]
Channel: TypeAlias = Literal["mix", "left", "right"] | int


class TextOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How texts are changed. `tags`: "strip" removes tags and ASS codes, `entities`: "decode" those of HTML. `repeats`:
    "collapse" gives each line of captions that repeat theirs once.
    """

    tags: Literal["keep", "strip"] = "keep"
    entities: Literal["keep", "decode"] = "keep"
    repeats: Literal["keep", "collapse"] = "keep"


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to cut. `sample_rate` in Hz; None keeps the source's rate.

    `timeline`: "media" is the file's own time, on which holes are silence; "samples" counts only samples that are
    there. `track`: 0-based among the audio tracks; None is the one flagged default, else the first that can be decoded.
    `channel`: "mix" is the average of all; a number is 0-based, "left" and "right" are 0 and 1.

    `text` changes texts. `tier` of a TextGrid: its name or 0-based number; None is the one that looks like a
    transcription. `offset_ms` is added to, and `time_scale` then multiplied into, every time of the transcript that is
    not final.

    The only struct that refuses fields it does not know: a worker that ignored one of them would cut wrongly. A reader
    that only shows options uses `contracts.known_options`.
    """

    sample_rate: int | None = None
    timeline: Timeline = "media"
    track: int | None = None
    channel: Channel = "mix"
    text: TextOptions = TextOptions()
    tier: str | int | None = None
    offset_ms: int = 0
    time_scale: float = 1.0


class Result(Struct, frozen=True, kw_only=True):
    """What a run made. `prefix` is the folder of the manifest, ending in '/'; frames at `sample_rate` Hz.

    `transcript_key` and `transcript_sha256` name the transcript that it was made from. They are empty in results of
    earlier releases, until the transcript is replaced.
    """

    run: int
    options: Options
    plan_id: str
    prefix: str
    training_data_key: str
    training_data_sha256: str
    segment_count: int
    total_frames: int
    sample_rate: int
    warnings: WarningSummary
    transcript_key: str = ""
    transcript_sha256: str = ""

    @property
    def total_duration_seconds(self) -> float:
        return self.total_frames / self.sample_rate

    def is_outdated_by(self, source: Source) -> bool:
        """Whether it was made from another transcript than the one that `source` has."""
        return self.transcript_sha256 not in ("", source.transcript_sha256)
