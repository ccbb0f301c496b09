"""What reading a transcript gives: kept cues, dropped cues with a reason, and notes about everything read with a
deviation. Each block of the file that was meant as a cue is counted once: `len(cues) + len(dropped) == parsed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

QUOTED_CHARS = 80
_NOTHING_PRINTABLE: Final = "nothing printable"
# The end of a cue whose file gives it none and no other after it: that of the recording.
OPEN_END_US: Final = 2**62


class TranscriptKind(StrEnum):
    """Each timed format has a module in `formats`, but for SRT and WebVTT: `srt_reader`. `CUES` is the form in which
    `corrected` writes a list of cues; nothing else is detected as such.
    """

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


class DropCode(StrEnum):
    """Why a cue was left out. Public: the codes are part of plans, events and API responses."""

    EMPTY_TEXT = "empty-text"
    CONTROL_CHARACTER = "control-character"
    BAD_TIME = "bad-time"
    NO_TIME = "no-time"
    NEGATIVE_TIME = "negative-time"
    FRAMES_TIME = "frames-time"
    TIME_TOO_LARGE = "time-too-large"
    END_BEFORE_START = "end-before-start"
    ZERO_LENGTH = "zero-length"
    EXCLUDED = "excluded"
    REPEATED_TEXT = "repeated-text"
    OTHER_RECORDING = "other-recording"


class NoteCode(StrEnum):
    """What was read otherwise than it is written, or should be checked. Public, like `DropCode`."""

    ODD_TIME = "odd-time"
    TIME_OVER_59 = "time-over-59"
    TIME_ROUNDED = "time-rounded"
    TIME_SETTINGS = "time-settings"
    TEXT_ON_TIME_LINE = "text-on-time-line"
    ODD_INDEX = "odd-index"
    NUMBER_AS_TEXT = "number-as-text"
    TIME_IN_TEXT = "time-in-text"
    BLANK_LINE_IN_TEXT = "blank-line-in-text"
    TEXT_BEFORE_FIRST_CUE = "text-before-first-cue"
    VTT_BLOCK = "vtt-block"
    BOM_INSIDE = "bom-inside"
    OUT_OF_ORDER = "out-of-order"
    OVERLAP = "overlap"
    ALSO_UTF_8 = "also-utf-8"
    AMBIGUOUS_TIME = "ambiguous-time"
    TIME_UNIT = "time-unit"
    OPEN_END = "open-end"
    SEVERAL_SPEAKERS = "several-speakers"
    SEVERAL_TIERS = "several-tiers"
    SEVERAL_RECORDINGS = "several-recordings"
    COMMENT_LINES = "comment-lines"
    MARKDOWN_FENCE = "markdown-fence"
    NUL_PADDING = "nul-padding"
    MOJIBAKE = "mojibake"
    ROLLING_CAPTIONS = "rolling-captions"
    REPEATED_TEXT = "repeated-text"


class Cue(NamedTuple):
    """One timed text. `number` is its 0-based place among all parsed cues, dropped ones included, in file order;
    `line` the 1-based line of its index, or of its time line where it has none. `start_us` < `end_us` are
    microseconds from the start of the recording. `text` is one line, never empty. `fixed`: the times are final, and no
    step may move them. `raw` is the text as it stood, where a step changed it.
    """

    number: int
    line: int
    start_us: int
    end_us: int
    text: str
    speaker: str | None = None
    fixed: bool = False
    raw: str | None = None


class Layout(NamedTuple):
    """How the text of a cue stood and was timed, in 0-based characters of its one line: where each line after the first
    begins, and where a time of its own begins, with that time in microseconds. Both ascend.
    """

    breaks: tuple[int, ...] = ()
    times: tuple[tuple[int, int], ...] = ()


Layouts = Mapping[int, Layout]  # by the number of the cue; those of one line without inner times have none


@dataclass(frozen=True, slots=True)
class DroppedCue:
    """A cue that is not used. `number` and `line` as in `Cue`; `detail` quotes at most 80 characters. `text` is what
    stands in it, on one line; `start_us` and `end_us` are None where they cannot be read. All three are for people who
    correct it: two cues that were dropped at the same place for the same reason are equal.
    """

    number: int
    line: int
    code: DropCode
    detail: str = ""
    start_us: int | None = field(default=None, compare=False)
    end_us: int | None = field(default=None, compare=False)
    text: str = field(default="", compare=False)
    speaker: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A deviation, at the 1-based `line` it begins on. Whatever it concerns was read, or belonged to no cue. `cue` is
    given where a line may hold several cues.
    """

    line: int
    code: NoteCode
    detail: str = ""
    cue: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """`cues` and `dropped` are in file order, each; `parsed` is counted where blocks begin, apart from both lists.
    `plain_text` is set, and everything timed empty, exactly when `kind` is text. `encoding` is Python's codec name.
    """

    kind: TranscriptKind
    encoding: str
    cues: tuple[Cue, ...] = ()
    dropped: tuple[DroppedCue, ...] = ()
    notes: tuple[Note, ...] = ()
    parsed: int = 0
    plain_text: str | None = None
    layouts: Layouts = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)


def quote(text: str) -> str:
    """At most 80 characters of hostile input, on one line, with nothing unprintable."""
    start = text[:QUOTED_CHARS].strip()
    if not start.isprintable():
        start = "".join(character if character.isprintable() else " " for character in start).strip()
    return start or _NOTHING_PRINTABLE
