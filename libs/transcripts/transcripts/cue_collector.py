"""Collects what reading finds: cues, dropped cues and notes. A block is counted when it begins and added to exactly one
list when it ends, so kept + dropped = parsed can be checked, and fails if a block is missed or added twice.
"""

from typing import NamedTuple

from transcripts import gaps
from transcripts.characters import find_control, has_visible, join_lines
from transcripts.cues import Cue, DropCode, DroppedCue, Note, NoteCode, quote
from transcripts.errors import TooManyCues
from transcripts.time_lines import TimeLine

# With a cue for each word this is 14 hours of speech, with one for each line ten times that. A hostile file reaches
# both limits with a few bytes a cue; together they bound the time and memory that it costs.
MAX_CUES = 150_000
MAX_NOTES = 300_000

_REMEDY = "upload the recording in parts"
# Of what is dropped for its times, these are times nevertheless.
_READABLE_TIMES = (None, DropCode.ZERO_LENGTH, DropCode.END_BEFORE_START)


class Block(NamedTuple):
    """A cue whose text is not read yet: `line` as in `Cue`, `time_line_at` the 1-based line of its times."""

    number: int
    line: int
    time_line_at: int
    time_line: TimeLine
    source: str


class CueCollector:
    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self.dropped: list[DroppedCue] = []
        self.notes: list[Note] = []
        self.parsed = 0
        self._time_lines = 0
        self._time_in_text_noted_at = 0

    def count_time_line(self, line: int) -> None:
        """Raises: TooManyCues. Lines that turn out to be text count too, for their cost is the same."""
        self._time_lines += 1
        if self._time_lines > MAX_CUES:
            raise TooManyCues(f"more than {MAX_CUES} cues, at line {line}", line=line, remedy=_REMEDY)

    def begin_block(self, line: int, time_line_at: int, time_line: TimeLine, source: str) -> Block:
        number = self.parsed
        self.parsed += 1
        return Block(number, line, time_line_at, time_line, source)

    def note(self, line: int, code: NoteCode, detail: str) -> None:
        """Raises: TooManyCues, above MAX_NOTES: a file that needs so many is broken or hostile."""
        if len(self.notes) == MAX_NOTES:
            raise TooManyCues(f"more than {MAX_NOTES} warnings, at line {line}", line=line, remedy=_REMEDY)
        self.notes.append(Note(line, code, detail))
        if code is NoteCode.TIME_IN_TEXT:
            self._time_in_text_noted_at = line

    def finish_block(self, block: Block, body: str) -> None:
        """`body` is the text below the block's time line, line ends included."""
        time_line = block.time_line
        whole = f"{time_line.text}\n{body}" if time_line.text else body
        text = whole.strip(" \n")
        if time_line.drop is not None:
            self._drop(block, time_line.drop, quote(block.source), text)
        elif text and text.isprintable():  # true of nearly all, and never of what the cases below look for
            self._keep(block, text, body)
        elif (control := find_control(whole)) >= 0:
            self._drop(block, DropCode.CONTROL_CHARACTER, f"U+{ord(whole[control]):04X} in the text", text)
        elif not has_visible(whole):
            self._drop(block, DropCode.EMPTY_TEXT, "")
        else:
            self._keep(block, text.strip(), body)

    def add_without_time(self, line: int, text: str) -> None:
        """A cue that has its number, in the first line of `text`, but no time line."""
        self.count_time_line(line)
        block = self.begin_block(line, line, TimeLine(drop=DropCode.NO_TIME), "")
        self._drop(block, DropCode.NO_TIME, quote(text), text.partition("\n")[2])

    def _drop(self, block: Block, code: DropCode, detail: str, text: str = "") -> None:
        times = block.time_line
        readable = times.drop in _READABLE_TIMES
        start_us, end_us = (times.start_us, times.end_us) if readable else (None, None)
        self.dropped.append(DroppedCue(block.number, block.line, code, detail, start_us, end_us, join_lines(text)))

    def _keep(self, block: Block, text: str, body: str) -> None:
        time_line = block.time_line
        if "\n" in text:
            text = join_lines(text)
            self._note_blank_line(block, body)
        if ":" in body or "--" in body:
            self._note_times_inside(block, body)
        if time_line.notes:
            self._note_times(block)
        cue = Cue(block.number, block.line, time_line.start_us, time_line.end_us, text)
        self.keep(cue)

    def keep(self, cue: Cue) -> None:
        """Raises: TooManyCues, as `note`."""
        if self.cues and cue.start_us < self.cues[-1].end_us:
            self._note_order(self.cues[-1], cue)
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
            self.note(cue.line, NoteCode.OUT_OF_ORDER, f"begins before the cue of line {before.line}")
        else:
            self.note(cue.line, NoteCode.OVERLAP, f"begins before the cue of line {before.line} ends")
