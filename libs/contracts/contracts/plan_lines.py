"""plan.jsonl: one line a planned segment, then one line a dropped cue. Written by the segmenter, read by the manifest.

The file's bytes follow from the plan alone, so a run repeated writes the same object.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Struct


class PlannedSegment(Struct, frozen=True, kw_only=True, tag_field="type", tag="segment"):
    """Segment `n` is frames `first_frame` … `last_frame` - 1 of the recording, at the source's rate.

    `cues` are those it was made of, 0-based in file order, `cue` the first of them, `line` that one's 1-based line; a
    plain text has none. `text_raw` is the text as it stood, where cleaning changed it.
    """

    n: int
    first_frame: int
    last_frame: int
    text: str
    cue: int | None = None
    line: int | None = None
    cues: tuple[int, ...] = ()
    speaker: str | None = None
    text_raw: str | None = None


class PlannedDrop(Struct, frozen=True, kw_only=True, tag_field="type", tag="dropped"):
    """A cue that becomes no segment: `cue` 0-based in file order, `line` 1-based in the transcript."""

    cue: int
    line: int
    code: str
    detail: str = ""


class PlannedNote(Struct, frozen=True, kw_only=True, tag_field="type", tag="note"):
    """Something that was read with a deviation, or changed (`clamped`); the cue itself is kept."""

    code: str
    cue: int | None = None
    line: int | None = None
    detail: str = ""


PlanLine = PlannedSegment | PlannedDrop | PlannedNote

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[PlanLine] = msgspec.json.Decoder(PlanLine)


def encode_line(line: PlanLine) -> bytes:
    return _encoder.encode(line) + b"\n"


def decode_lines(data: bytes) -> Iterator[PlanLine]:
    """Raises: msgspec.DecodeError at a line that is not a plan's."""
    return (_decoder.decode(line) for line in data.split(b"\n") if line)
