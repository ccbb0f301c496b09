"""SRT, and WebVTT where it looks like SRT, to cues. One pass over the time lines; what stands between two of them is
decided by that gap alone, so time and memory are linear in the text.
"""

import re
from itertools import islice
from typing import NamedTuple

from transcripts import gaps
from transcripts.characters import unify_line_ends
from transcripts.cues import QUOTED_CHARS, Cue, DroppedCue, Note, NoteCode, quote
from transcripts.tally import MAX_CUES, Block, Tally
from transcripts.time_lines import JOINED_FILE, TIME_LINE, TimeLine, parse_time_line


class SrtReading(NamedTuple):
    """`len(cues) + len(dropped) == parsed`; the tuples are in file order."""

    cues: tuple[Cue, ...]
    dropped: tuple[DroppedCue, ...]
    notes: tuple[Note, ...]
    parsed: int


def read_srt(text: str) -> SrtReading:
    """Reads decoded text with any line ends.

    Raises: TooManyCues above `tally.MAX_CUES` time lines or `tally.MAX_NOTES` notes.
    """
    tally = Tally()
    line = 1
    for position, part in enumerate(JOINED_FILE.split(unify_line_ends(text))):
        if position:
            tally.on_time_line(line)
            tally.note(line, NoteCode.BOM_INSIDE, "another file begins here")
        line = _Part(part, line, tally).read()
    notes = sorted(tally.notes, key=lambda note: note.line)
    return SrtReading(tuple(tally.cues), tuple(tally.dropped), tuple(notes), tally.parsed)


class _Part:
    """One of the files that were joined; as a rule the only one."""

    def __init__(self, text: str, first_line: int, tally: Tally) -> None:
        self._text = text
        self._tally = tally
        self._vtt = gaps.is_vtt(text)
        self._numbering = gaps.Numbering()
        self._block: Block | None = None
        # The gap below the last time line: its offset, and the number of its first line.
        self._gap_at = 0
        self._gap_line = first_line

    def read(self) -> int:
        """Returns the number of the line that the part ends in."""
        line, counted = self._gap_line, 0
        for match in TIME_LINE.finditer(self._text):
            line += self._text.count("\n", counted, match.start())
            counted = match.start()
            self._tally.on_time_line(line)
            time_line = parse_time_line(match.group(), vtt=self._vtt)
            if time_line.text and self._is_inside_text(match.start()):
                self._tally.note(line, NoteCode.TIME_IN_TEXT, quote(match.group()))
            else:
                self._begin(match, line, time_line)
        self._end(self._text[self._gap_at :], None)
        return line + self._text.count("\n", counted)

    def _is_inside_text(self, start: int) -> bool:
        """Times with words behind them begin a cue where one may begin, and where the cues so far were written so."""
        if self._block is not None and self._block.time_line.text:
            return False
        return gaps.is_text_above(self._text, start)

    def _begin(self, match: re.Match[str], line: int, time_line: TimeLine) -> None:
        gap = self._text[self._gap_at : match.start()]
        heading = self._heading(gap, time_line.number)
        index_line = line - gap.count("\n", heading.body_end)
        if heading.code:
            self._note_last_line(gap, line, heading.code)
        self._end(gap[: heading.body_end], heading.number)
        self._numbering.on_heading(heading)
        self._block = self._tally.begin(index_line, line, time_line, match.group())
        self._gap_at, self._gap_line = match.end() + 1, line + 1

    def _heading(self, gap: str, index_on_time_line: str) -> gaps.Heading:
        above = gaps.heading(gap, self._numbering, first=self._block is None, vtt=self._vtt)
        if not index_on_time_line or (above.label and above.certain):
            return above
        return gaps.Heading(index_on_time_line, gaps.value(index_on_time_line), len(gap), certain=True)

    def _note_last_line(self, gap: str, line: int, code: NoteCode) -> None:
        kept = gap.rstrip()
        at = kept.rfind("\n") + 1
        self._tally.note(line - gap.count("\n", at), code, quote(kept[at:]))

    def _end(self, body: str, next_number: int | None) -> None:
        """Gives the text of a gap to the cue above it, and finds the cues in it that have lost their time line."""
        first = self._block is None
        if self._vtt:
            body = self._skip_vtt_blocks(body, first=first)
        lost = self._lost(body, next_number, first=first)
        own = body[: lost[0][0]] if lost else body
        if self._block is not None:
            self._tally.finish(self._block, own)
        elif own.strip():
            line = self._gap_line + own.count("\n", 0, len(own) - len(own.lstrip()))
            self._tally.note(line, NoteCode.TEXT_BEFORE_FIRST_CUE, quote(own.lstrip()))
        if lost:
            self._tell_lost(body, lost)

    def _skip_vtt_blocks(self, body: str, *, first: bool) -> str:
        body_left, at = gaps.without_vtt_blocks(body, first=first)
        if at >= 0:
            line = self._gap_line + body.count("\n", 0, at)
            self._tally.note(line, NoteCode.VTT_BLOCK, quote(body[at:]))
        return body_left

    def _lost(self, body: str, next_number: int | None, *, first: bool) -> list[tuple[int, int]]:
        expected = self._numbering.expected
        if expected is None or expected == next_number or self._vtt:
            return []
        return list(islice(gaps.lost_cues(body, expected, first=first), MAX_CUES + 1))

    def _tell_lost(self, body: str, lost: list[tuple[int, int]]) -> None:
        line, counted = self._gap_line, 0
        for at, number in lost:
            line += body.count("\n", counted, at)
            counted = at
            self._tally.lost(line, body[at : at + 2 * QUOTED_CHARS])
            self._numbering.on_lost(number)
