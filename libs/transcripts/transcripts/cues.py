"""What reading a transcript gives: kept cues, dropped cues with a reason, and notes about everything read with a
deviation. Each block of the file that was meant as a cue is counted once: `len(cues) + len(dropped) == parsed`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

QUOTED_CHARS = 80


class TranscriptKind(StrEnum):
    """`CUES` is the form in which `corrected` writes a list of cues; nothing else is detected as such."""

    SRT = "srt"
    TEXT = "text"
    CUES = "cues"


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


class Cue(NamedTuple):
    """One timed text. `number` is its 0-based place among all parsed cues, dropped ones included, in file order;
    `line` the 1-based line of its index, or of its time line where it has none. `start_us` < `end_us` are
    microseconds from the start of the recording. `text` is one line, never empty. `fixed`: the times are final, and no
    step may move them.
    """

    number: int
    line: int
    start_us: int
    end_us: int
    text: str
    speaker: str | None = None
    fixed: bool = False


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
    """A deviation, at the 1-based `line` it begins on. Whatever it concerns was read, or belonged to no cue."""

    line: int
    code: NoteCode
    detail: str = ""


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


def quote(text: str) -> str:
    """At most 80 characters of hostile input, on one line, with nothing unprintable."""
    start = text[:QUOTED_CHARS].strip()
    if start.isprintable():
        return start
    return "".join(character if character.isprintable() else " " for character in start)
