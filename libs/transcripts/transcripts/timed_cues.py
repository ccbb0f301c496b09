"""Cues of a format that has a field for each time and one for the text: everything but SRT and WebVTT.

Times are microseconds, or the reason why there is none; markup is gone from the texts that come here.
"""

import heapq
from collections.abc import Sequence

from transcripts.characters import find_control, has_visible, unify_line_ends
from transcripts.cue_collector import NOTHING_VISIBLE, CueCollector, Reading
from transcripts.cues import OPEN_END_US, Cue, DropCode, DroppedCue, NoteCode, quote
from transcripts.layout import MARK

MAX_US = 10**9 * 3600 * 10**6  # as the times of SRT: what is longer doesn't fit 64 bits everywhere

Time = int | DropCode


class TimedCues:
    """`collector` takes the notes, too."""

    def __init__(self) -> None:
        self.collector = CueCollector(names_cues=True)
        # Cues whose end is where a later one begins: their start, and their place in `collector.cues`; a heap.
        self._open: list[tuple[int, int]] = []

    def note(self, line: int, code: NoteCode, detail: str, cue: int | None = None) -> None:
        self.collector.note(line, code, detail, cue)

    def add(
        self,
        line: int,
        start: Time,
        end: Time | None,
        text: str,
        speaker: str | None = None,
        times: Sequence[int] = (),
        source: str = "",
    ) -> None:
        """A cue at the 1-based `line`. Without an end it lasts until the next one begins. Each of `times` belongs to a
        MARK in `text`; `source` is what is quoted where the times can't be used.

        Raises: TooManyCues.
        """
        if times and text.count(MARK) != len(times):  # one of them stood within a tag
            text, times = text.replace(MARK, ""), ()
        self.collector.count_time_line(line)
        number = self.collector.parsed
        self.collector.parsed += 1
        code, detail = _fault(start, end, source or f"{start} … {end}") or _text_fault(text, len(times)) or (None, "")
        if code is not None:
            self._drop(DroppedCue(number, line, code, detail, *_readable(start, end), _bare(text), speaker))
            return
        assert isinstance(start, int)
        one_line = self.collector.lay_out(number, unify_line_ends(text), tuple(times))
        self._close(start)
        if end is None:
            heapq.heappush(self._open, (start, len(self.collector.cues)))
        assert not isinstance(end, DropCode)
        self.collector.keep(Cue(number, line, start, OPEN_END_US if end is None else end, one_line, speaker))

    def drop(self, line: int, code: DropCode, detail: str, text: str = "") -> None:
        """A cue that can't be read at all.

        Raises: TooManyCues.
        """
        self.collector.count_time_line(line)
        number = self.collector.parsed
        self.collector.parsed += 1
        self._drop(DroppedCue(number, line, code, quote(detail), text=_bare(text)))

    def reading(self) -> Reading:
        for _, at in self._open:
            cue = self.collector.cues[at]
            self.note(cue.line, NoteCode.OPEN_END, "has no end, and none begins after it", cue.number)
        return self.collector.reading()

    def _drop(self, dropped: DroppedCue) -> None:
        self.collector.dropped.append(dropped)

    def _close(self, start_us: int) -> None:
        """Ends the open cues that began before `start_us`."""
        while self._open and self._open[0][0] < start_us:
            _, at = heapq.heappop(self._open)
            self.collector.cues[at] = self.collector.cues[at]._replace(end_us=start_us)


def _fault(start: Time, end: Time | None, source: str) -> tuple[DropCode, str] | None:
    for time in (start, end):
        if isinstance(time, DropCode):
            return time, quote(source)
    assert isinstance(start, int)
    if start < 0:
        return DropCode.NEGATIVE_TIME, quote(source)
    if isinstance(end, int):
        if end < start:
            return DropCode.END_BEFORE_START, quote(source)
        if end == start:
            return DropCode.ZERO_LENGTH, quote(source)
    if start >= MAX_US or (isinstance(end, int) and end >= MAX_US):
        return DropCode.TIME_TOO_LARGE, quote(source)
    return None


def _text_fault(text: str, marks: int) -> tuple[DropCode, str] | None:
    bare = unify_line_ends(text.replace(MARK, "") if marks else text)
    if (control := find_control(bare)) >= 0:
        return DropCode.CONTROL_CHARACTER, f"U+{ord(bare[control]):04X} in the text"
    return None if has_visible(bare) else (DropCode.EMPTY_TEXT, NOTHING_VISIBLE)


def _readable(start: Time, end: Time | None) -> tuple[int | None, int | None]:
    if isinstance(start, DropCode) or isinstance(end, DropCode) or max(abs(start), abs(end or 0)) >= MAX_US:
        return None, None
    return start, end


def _bare(text: str) -> str:
    return " ".join(text.replace(MARK, "").split())
