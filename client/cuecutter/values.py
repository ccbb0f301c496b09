"""What the server answers, as values. Fields that a newer server adds are ignored; those that an older one lacks have
a default.
"""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

# What `transcript_type` may be; left out, the content decides.
TRANSCRIPT_TYPES: Final = (
    *("srt", "text", "vtt", "sbv", "subviewer", "lrc", "microdvd", "ass", "ttml", "srv3", "json3", "whisper"),
    *("csv", "tsv", "audacity", "textgrid", "ctm"),
)


class Progress(Struct, frozen=True):
    """Segments stored so far; `of` is None until the run has counted what it will write."""

    segments: int
    of: int | None = None


class RunProblem(Struct, frozen=True):
    """Why a run failed."""

    code: str
    title: str = ""
    detail: str = ""
    stage: str = ""
    remedy: str = ""
    retryable: bool = False


class Warning(Struct, frozen=True):
    """One cue that was dropped or changed. `line` counts from 1 in the transcript, `cue` from 0 in file order."""

    code: str
    cue: int | None = None
    line: int | None = None
    detail: str = ""


class Warnings(Struct, frozen=True):
    """How many of each code, and the first hundred of all."""

    counts: dict[str, int] = {}
    first: tuple[Warning, ...] = ()


class Dataset(Struct, frozen=True, kw_only=True):
    """A recording with its transcript. `status`: pending, processing, ready or failed.

    What a run makes is None until one succeeds; `result_outdated`: the result is of an earlier transcript. `etag` is
    for `if_match`; None of datasets in a list.
    """

    id: str
    name: str
    status: str
    description: str = ""
    transcript_type: str = ""
    segment_count: int | None = None
    total_duration_seconds: float | None = None
    progress: Progress | None = None
    error: RunProblem | None = None
    warnings: Warnings = Warnings()
    result_outdated: bool = False
    options: dict[str, Any] = {}
    created_at: datetime | None = None
    updated_at: datetime | None = None
    etag: str | None = None

    @property
    def is_settled(self) -> bool:
        """Ready or failed: no run is under way, and one has been.

        >>> ready.is_settled, pending.is_settled
        (True, False)
        """
        return self.status in ("ready", "failed")


class Segment(Struct, frozen=True, kw_only=True):
    """One clip. `n` counts from 0. Seconds: `start` and `end` in the recording, `duration` of the clip. `flags` are
    codes of what is doubtful, worst first. `size` in bytes, `crc32` and `sha256` are those of its WAV file.
    """

    n: int
    text: str
    duration: float
    start: float
    end: float
    sample_rate: int
    sha256: str
    audio_filepath: str = ""
    cues: tuple[int, ...] = ()
    cue: int | None = None
    line: int | None = None
    speaker: str | None = None
    text_raw: str | None = None
    size: int | None = None
    crc32: int | None = None
    chars_per_second: float | None = None
    flags: tuple[str, ...] = ()


class Finding(Struct, frozen=True):
    """What the reader of transcripts says about a cue."""

    code: str
    detail: str = ""


class Cue(Struct, frozen=True, kw_only=True):
    """One cue, in seconds; None where the transcript's time can't be read. An excluded cue makes no segment; `fixed`
    times are final. `cue` (from 0), `line` (from 1) and `findings` are the server's, and ignored when sent back.

    >>> new = Cue(start=0.5, end=2.25, text="It was late.", speaker="Ann")
    >>> client.replace_cues(pending.id, [new], client.cues(pending.id).etag).transcript_type
    'cues'
    """

    start: float | None
    end: float | None
    text: str
    speaker: str | None = None
    excluded: bool = False
    fixed: bool = False
    cue: int | None = None
    line: int | None = None
    findings: tuple[Finding, ...] = ()


class Cues(Struct, frozen=True):
    """Every cue in file order, and the ETag with which they may be replaced.

    >>> [cue.text for cue in client.cues(ready.id).cues if cue.excluded]
    []
    """

    etag: str
    cues: list[Cue]


class CheckedDataset(Struct, frozen=True):
    """Of which result an archive is made."""

    id: str
    run: int


class CheckRow(Struct, frozen=True):
    """One clip that the trainer would not take as it is, and why; `remedy` is the option that would save it."""

    dataset: str
    run: int
    n: int
    code: str
    detail: str = ""
    remedy: str | None = None


class CheckNote(Struct, frozen=True):
    """What concerns the whole archive, or `clips` of it."""

    code: str
    detail: str = ""
    remedy: str | None = None
    clips: int = 0


class ArchiveCheck(Struct, frozen=True, kw_only=True):
    """`clips` are in the archive, of which the trainer keeps `kept`. Hours of sound. `reasons` counts clips by code,
    and `rows` are the first hundred of them; `left_out` counts, by flag, what `skip` leaves out.
    """

    format: str
    clips: int
    kept: int
    trainer: str = ""
    datasets: tuple[CheckedDataset, ...] = ()
    validation_clips: int = 0
    hours: float = 0
    kept_hours: float = 0
    left_out: dict[str, int] = {}
    reasons: dict[str, int] = {}
    rows: tuple[CheckRow, ...] = ()
    notes: tuple[CheckNote, ...] = ()


class Server(Struct, frozen=True):
    """What a server says of itself: its version, the archive formats it makes, and the paths of its calls."""

    version: str
    formats: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
