"""SRT, and WebVTT where it looks like SRT, to cues. One pass over the time lines; what the gap between two of them
holds is decided by that gap alone, so time and memory are linear in the text.
"""

import re
from itertools import islice

from transcripts import gaps
from transcripts.characters import unify_line_ends
from transcripts.cue_collector import MAX_CUES, Block, CueCollector, Reading
from transcripts.cues import NoteCode, quote
from transcripts.fractions_written import PLAIN, may_be_odd, style_of
from transcripts.time_line_search import JOINED_FILE, TIME_LINE, VTT_TIME_LINE
from transcripts.time_lines import TimeLine, parse_time_line


def read_srt(text: str) -> Reading:
    """Reads decoded text with any line ends.

    Raises: TooManyCues above `cue_collector.MAX_CUES` time lines or `cue_collector.MAX_NOTES` notes.
    """
    collector = CueCollector()
    line = 1
    for position, part in enumerate(JOINED_FILE.split(unify_line_ends(text))):
        if position:
            collector.count_time_line(line)
            collector.note(line, NoteCode.BOM_INSIDE, "another file begins here")
        line = _Part(part, line, collector).read()
    return collector.reading()


class _Part:
    """One of the files that were joined; nearly always the only one."""

    def __init__(self, text: str, first_line: int, collector: CueCollector) -> None:
        self._text = text
        self._collector = collector
        self._vtt = gaps.is_vtt(text)
        self._search = VTT_TIME_LINE if self._vtt else TIME_LINE
        self._style = PLAIN
        if may_be_odd(text):
            self._style = style_of(found.group() for found in self._search.finditer(text))
        self._numbering = gaps.Numbering()
        self._block: Block | None = None
        # The gap below the last time line: its offset, and the number of its first line.
        self._gap_at = 0
        self._gap_line = first_line

    def read(self) -> int:
        """Returns the 1-based number of the line that the part ends in."""
        line, counted = self._gap_line, 0
        for match in self._search.finditer(self._text):
            line += self._text.count("\n", counted, match.start())
            counted = match.start()
            self._collector.count_time_line(line)
            time_line = parse_time_line(match.group(), vtt=self._vtt, style=self._style)
            if time_line.text and self._is_inside_text(match.start()):
                self._collector.note(line, NoteCode.TIME_IN_TEXT, quote(match.group()))
            else:
                self._begin(match, line, time_line)
        self._end(self._text[self._gap_at :], None)
        return line + self._text.count("\n", counted)

    def _is_inside_text(self, start: int) -> bool:
        """Times with text after them begin a cue below a blank line or an index, or if the cue above has such text."""
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
        self._block = self._collector.begin_block(index_line, line, time_line, match.group(), vtt=self._vtt)
        self._gap_at, self._gap_line = match.end() + 1, line + 1

    def _heading(self, gap: str, index_on_time_line: str) -> gaps.Heading:
        above = gaps.heading(gap, self._numbering, first=self._block is None, vtt=self._vtt)
        if not index_on_time_line or (above.label and above.certain):
            return above
        return gaps.Heading(index_on_time_line, gaps.value(index_on_time_line), len(gap), certain=True)

    def _note_last_line(self, gap: str, line: int, code: NoteCode) -> None:
        kept = gap.rstrip()
        at = kept.rfind("\n") + 1
        self._collector.note(line - gap.count("\n", at), code, quote(kept[at:]))

    def _end(self, body: str, next_number: int | None) -> None:
        """Gives the text of a gap to the cue above it, and collects the cues in it that have no time line."""
        first = self._block is None
        if self._vtt:
            body = self._skip_vtt_blocks(body, first=first)
        lost = self._lost(body, next_number, first=first)
        own = body[: lost[0][0]] if lost else body
        if self._block is not None:
            self._collector.finish_block(self._block, own)
        elif own.strip():
            line = self._gap_line + own.count("\n", 0, len(own) - len(own.lstrip()))
            self._collector.note(line, NoteCode.TEXT_BEFORE_FIRST_CUE, quote(own.lstrip()))
        if lost:
            self._collect_lost(body, lost)

    def _skip_vtt_blocks(self, body: str, *, first: bool) -> str:
        body_left, at = gaps.without_vtt_blocks(body, first=first)
        if at >= 0:
            line = self._gap_line + body.count("\n", 0, at)
            self._collector.note(line, NoteCode.VTT_BLOCK, quote(body[at:]))
        return body_left

    def _lost(self, body: str, next_number: int | None, *, first: bool) -> list[tuple[int, int]]:
        expected = self._numbering.expected
        if expected is None or expected == next_number or self._vtt:
            return []
        return list(islice(gaps.lost_cues(body, expected, first=first), MAX_CUES + 1))

    def _collect_lost(self, body: str, lost: list[tuple[int, int]]) -> None:
        line, counted = self._gap_line, 0
        ends = [at for at, _ in lost[1:]] + [len(body)]
        for (at, number), end in zip(lost, ends, strict=True):
            line += body.count("\n", counted, at)
            counted = at
            self._collector.add_without_time(line, body[at:end])
            self._numbering.on_lost(number)
