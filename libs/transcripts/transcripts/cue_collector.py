"""Collects what reading finds: cues, dropped cues and notes. A block is counted when it begins and added to exactly one
list when it ends, so kept + dropped = parsed can be checked, and fails if a block is missed or added twice.
"""

import re
from typing import NamedTuple

from transcripts import gaps, vtt_text
from transcripts.characters import find_control, has_visible, join_lines
from transcripts.cues import Cue, DropCode, DroppedCue, Layout, Layouts, Note, NoteCode, quote
from transcripts.errors import TooManyCues
from transcripts.layout import lay_out
from transcripts.mojibake import find_mojibake
from transcripts.time_lines import TimeLine

# With a cue for each word this is 14 hours of speech, with one for each line ten times that. A hostile file reaches
# both limits with a few bytes a cue; together they bound the time and memory that it costs.
MAX_CUES = 150_000
MAX_NOTES = 300_000

# `X1:200 X2:400 Y1:10 Y2:40` at the beginning of a text.
_POSITIONS = re.compile(r"[ \t]*(?:[XY][12]:-?\d{1,5}(?:[ \t]+|$)){2,4}", re.MULTILINE)
NOTHING_VISIBLE = "nothing visible in its text"
_REMEDY = "upload the recording in parts"
# Of what is dropped for its times, these are times nevertheless.
_READABLE_TIMES = (None, DropCode.ZERO_LENGTH, DropCode.END_BEFORE_START)


class Reading(NamedTuple):
    """What a reader gives: `len(cues) + len(dropped) == parsed`; the tuples are in file order."""

    cues: tuple[Cue, ...]
    dropped: tuple[DroppedCue, ...]
    notes: tuple[Note, ...]
    parsed: int
    layouts: Layouts


class Block(NamedTuple):
    """A cue whose text is not read yet: `line` as in `Cue`, `time_line_at` the 1-based line of its times. `vtt`: its
    text has the markup of WebVTT.
    """

    number: int
    line: int
    time_line_at: int
    time_line: TimeLine
    source: str
    vtt: bool = False


class CueCollector:
    """`names_cues`: notes about a cue name it, for its line may hold several."""

    def __init__(self, *, names_cues: bool = False) -> None:
        self._names_cues = names_cues
        self.cues: list[Cue] = []
        self.dropped: list[DroppedCue] = []
        self.notes: list[Note] = []
        self.layouts: dict[int, Layout] = {}
        self.parsed = 0
        self._time_lines = 0
        self._time_in_text_noted_at = 0

    def reading(self) -> Reading:
        """All of it; the notes in order of their lines."""
        assert len(self.cues) + len(self.dropped) == self.parsed
        notes = sorted(self.notes, key=lambda note: note.line)
        return Reading(tuple(self.cues), tuple(self.dropped), tuple(notes), self.parsed, self.layouts)

    def count_time_line(self, line: int) -> None:
        """Raises: TooManyCues. Lines that turn out to be text count too, for their cost is the same."""
        self._time_lines += 1
        if self._time_lines > MAX_CUES:
            raise TooManyCues(f"more than {MAX_CUES} cues, at line {line}", line=line, remedy=_REMEDY)

    def begin_block(self, line: int, time_line_at: int, time_line: TimeLine, source: str, *, vtt: bool) -> Block:
        number = self.parsed
        self.parsed += 1
        return Block(number, line, time_line_at, time_line, source, vtt)

    def note(self, line: int, code: NoteCode, detail: str, cue: int | None = None) -> None:
        """Raises: TooManyCues, above MAX_NOTES: a file that needs so many is broken or hostile."""
        if len(self.notes) == MAX_NOTES:
            raise TooManyCues(f"more than {MAX_NOTES} warnings, at line {line}", line=line, remedy=_REMEDY)
        self.notes.append(Note(line, code, detail, cue if self._names_cues else None))
        if code is NoteCode.TIME_IN_TEXT:
            self._time_in_text_noted_at = line

    def finish_block(self, block: Block, body: str) -> None:
        """`body` is the text below the block's time line, line ends included."""
        time_line = block.time_line
        if _POSITIONS.match(time_line.text or body):
            time_line, body = self._without_positions(block, body)
        whole = f"{time_line.text}\n{body}" if time_line.text else body
        text = whole.strip(" \n")
        if time_line.drop is not None:
            self._drop(block, time_line.drop, quote(block.source), text)
        elif text and not block.vtt and text.isprintable():  # true of nearly all, and never of what is looked for below
            self._keep(block, text, body)
        elif (control := find_control(whole)) >= 0:
            self._drop(block, DropCode.CONTROL_CHARACTER, f"U+{ord(whole[control]):04X} in the text", text)
        elif not has_visible(whole):
            self._drop(block, DropCode.EMPTY_TEXT, NOTHING_VISIBLE)
        elif block.vtt:
            self._finish_vtt(block, whole, body)
        else:
            self._keep(block, text.strip(), body)

    def _without_positions(self, block: Block, body: str) -> tuple[TimeLine, str]:
        """SubRip's positions belong to the times, also where a program wrote them above the text."""
        time_line = block.time_line
        text, body = (time_line.text, body) if time_line.text else ("", body)
        found = _POSITIONS.match(text or body)
        assert found is not None
        self.note(block.time_line_at + (not text), NoteCode.TIME_SETTINGS, quote(found[0]))
        rest = (text or body)[found.end() :]
        return (time_line._replace(text=rest), body) if text else (time_line, rest)

    def _finish_vtt(self, block: Block, whole: str, body: str) -> None:
        read = vtt_text.read(whole)
        if not has_visible(read.text.replace(vtt_text.MARK, "")):
            self._drop(block, DropCode.EMPTY_TEXT, NOTHING_VISIBLE)
            return
        if len(read.speakers) > 1:
            self.note(block.line, NoteCode.SEVERAL_SPEAKERS, quote(", ".join(read.speakers)))
        speaker = read.speakers[0] if len(read.speakers) == 1 else None
        self._keep(block, read.text, body, speaker, read.times)

    def add_without_time(self, line: int, text: str) -> None:
        """A cue that has its number, in the first line of `text`, but no time line."""
        self.count_time_line(line)
        block = self.begin_block(line, line, TimeLine(drop=DropCode.NO_TIME), "", vtt=False)
        self._drop(block, DropCode.NO_TIME, quote(text), text.partition("\n")[2])

    def _drop(self, block: Block, code: DropCode, detail: str, text: str = "") -> None:
        times = block.time_line
        readable = times.drop in _READABLE_TIMES
        start_us, end_us = (times.start_us, times.end_us) if readable else (None, None)
        self.dropped.append(DroppedCue(block.number, block.line, code, detail, start_us, end_us, join_lines(text)))

    def _keep(
        self, block: Block, text: str, body: str, speaker: str | None = None, times: tuple[int, ...] = ()
    ) -> None:
        time_line = block.time_line
        if "\n" in text or block.vtt:
            text = self.lay_out(block.number, text, times)
        if "\n" in body:
            self._note_blank_line(block, body)
        if ":" in body or "--" in body:
            self._note_times_inside(block, vtt_text.without_times(body) if block.vtt else body)
        if time_line.notes:
            self._note_times(block)
        cue = Cue(block.number, block.line, time_line.start_us, time_line.end_us, text, speaker)
        self.keep(cue)

    def lay_out(self, number: int, text: str, times: tuple[int, ...] = ()) -> str:
        """The text of cue `number` on one line; its layout is kept."""
        one_line, layout = lay_out(text, times)
        if layout is not None:
            self.layouts[number] = layout
        return one_line

    def keep(self, cue: Cue) -> None:
        """Raises: TooManyCues, as `note`."""
        if self.cues and cue.start_us < self.cues[-1].end_us:
            self._note_order(self.cues[-1], cue)
        if not cue.text.isascii() and (found := find_mojibake(cue.text)):
            self.note(cue.line, NoteCode.MOJIBAKE, found, cue.number)
        self.cues.append(cue)

    def _note_times(self, block: Block) -> None:
        quoted = quote(block.source)
        for code in block.time_line.notes:
            self.note(block.time_line_at, code, quoted)

    def _note_times_inside(self, block: Block, body: str) -> None:
        """At most once a cue: where the reader took a time line for text, it has noted that already."""
        at = gaps.times_inside(body)
        if at >= 0 and self._time_in_text_noted_at <= block.time_line_at:
            line = block.time_line_at + 1 + body.count("\n", 0, at)
            self.note(line, NoteCode.TIME_IN_TEXT, quote(body[at:]))

    def _note_blank_line(self, block: Block, body: str) -> None:
        at = gaps.blank_line_inside(body)
        if at >= 0:
            line = block.time_line_at + 1 + body.count("\n", 0, at)
            self.note(line, NoteCode.BLANK_LINE_IN_TEXT, "the text goes on below it")

    def _note_order(self, before: Cue, cue: Cue) -> None:
        if cue.start_us < before.start_us:
            self.note(cue.line, NoteCode.OUT_OF_ORDER, f"begins before the cue of line {before.line}", cue.number)
        else:
            self.note(cue.line, NoteCode.OVERLAP, f"begins before the cue of line {before.line} ends", cue.number)
