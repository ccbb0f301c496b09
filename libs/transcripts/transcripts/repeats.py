"""Captions that say each line more than once: rolling captions of video sites, and a sentence again for each of its
words. Found per file; `collapse` gives each spoken line once, with its own times.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple

from transcripts.cue_collector import Reading
from transcripts.cues import (
    Cue,
    DropCode,
    DroppedCue,
    Layout,
    Layouts,
    Note,
    NoteCode,
    Transcript,
    TranscriptKind,
)
from transcripts.tokens import Tokens, overlap, tokens, without_highlight

SAMPLE_CUES: Final = 2_000  # of which the first are looked at
LONGEST_CHARS: Final = 1_000  # a longer text is no caption
LEAST_WORDS: Final = 3  # that two cues have in common, where it isn't all of one
LEAST_PAIRS: Final = 2
LEAST_SHARE: Final = 0.3  # of all pairs: whoever says "no" twice repeats a cue, too
HOLD_US: Final = 50_000  # a line that only stays between two others lasts 10 ms


class _Pair(Enum):
    """What a cue has of the one above it: nothing, all of its words, its end, or all of it with more words behind."""

    NEW = 0
    SAME = 1
    ROLLED = 2
    GROWN = 3


class Found(NamedTuple):
    """Counts of pairs among those looked at, and the line of the first cue that repeats."""

    pairs: int
    same: int
    rolled: int
    grown: int
    line: int

    @property
    def code(self) -> NoteCode | None:
        moved, every = self.rolled + self.grown, self.same + self.rolled + self.grown
        if every < LEAST_PAIRS or every < LEAST_SHARE * self.pairs:
            return None
        return NoteCode.ROLLING_CAPTIONS if moved * 4 >= every else NoteCode.REPEATED_TEXT


def find_repeats(reading: Reading) -> tuple[Note, ...]:
    found = _find(reading.cues, reading.layouts)
    if found.code is None:
        return ()
    count = found.same + found.rolled + found.grown
    detail = f'{count} of {found.pairs} cues repeat the one above; options.text.repeats "collapse" gives each line once'
    return (Note(found.line, found.code, detail),)


def collapse(transcript: Transcript) -> Transcript:
    """Cues that only repeat are dropped as `repeated-text`; others keep what is new in them, with their text as it
    stood in `raw`. Nothing changes where no repetition is found, or where the times are final.
    """
    code = None if transcript.kind is TranscriptKind.CUES else _find(transcript.cues, transcript.layouts).code
    if code is None:
        return transcript
    lines = _Collapsing(transcript).lines()
    cues, dropped = [], list(transcript.dropped)
    for line in lines:
        cues.append(line.cue)
        for gone in line.gone:
            detail = f"says what the cue of line {line.cue.line} says"
            dropped.append(
                DroppedCue(
                    gone.number,
                    gone.line,
                    DropCode.REPEATED_TEXT,
                    detail,
                    gone.start_us,
                    gone.end_us,
                    gone.text,
                    gone.speaker,
                )
            )
    dropped.sort(key=lambda each: each.number)
    return Transcript(
        transcript.kind, transcript.encoding, tuple(cues), tuple(dropped), transcript.notes, transcript.parsed
    )


def _find(cues: Sequence[Cue], layouts: Layouts) -> Found:
    counts = dict.fromkeys(_Pair, 0)
    line = 0
    sample = cues[:SAMPLE_CUES]
    words = map(_words, sample)
    for (before, now), (above, cue) in zip(pairwise(words), pairwise(sample), strict=True):
        pair = _compare(before.words, now.words)
        if pair is _Pair.SAME and cue.start_us > above.end_us + HOLD_US:
            pair = _Pair.NEW  # said again
        elif (
            pair is _Pair.NEW and cue.start_us < above.end_us and _is_timed(cue, layouts) and _is_timed(above, layouts)
        ):
            pair = _Pair.ROLLED  # the line above stays in the window while this one is spoken
        counts[pair] += 1
        line = line or (cue.line if pair is not _Pair.NEW else 0)
    return Found(max(0, len(sample) - 1), counts[_Pair.SAME], counts[_Pair.ROLLED], counts[_Pair.GROWN], line)


def _is_timed(cue: Cue, layouts: Layouts) -> bool:
    return cue.number in layouts and bool(layouts[cue.number].times)


def _words(cue: Cue) -> Tokens:
    return tokens(cue.text) if len(cue.text) <= LONGEST_CHARS else Tokens((), (), ())


def _compare(before: tuple[str, ...], now: tuple[str, ...]) -> _Pair:
    shared = overlap(before, now)
    if not shared:
        return _Pair.NEW
    if shared == len(now):
        return _Pair.SAME if shared == len(before) else _Pair.ROLLED
    if shared == len(before):
        return _Pair.GROWN
    return _Pair.ROLLED if shared >= LEAST_WORDS else _Pair.NEW


@dataclass(slots=True)
class _Line:
    """What is kept: a cue, and those that say nothing else."""

    cue: Cue
    gone: list[Cue]


class _Collapsing:
    def __init__(self, transcript: Transcript) -> None:
        self._cues, self._layouts = transcript.cues, transcript.layouts
        found = _find(transcript.cues, transcript.layouts)
        # Where lines grow word by word, a cue that continues the line above makes it longer; else it is the next line.
        self._growing = found.grown > found.rolled

    def lines(self) -> list[_Line]:
        kept: list[_Line] = []
        before: tuple[str, ...] = ()
        fresh = 0  # how many of the last words of `before` were new in it
        for cue in self._cues:
            found = _words(cue)
            shared = overlap(before, found.words) if kept else 0
            if shared and not self._counts(shared, len(before), len(found.words), fresh):
                shared = 0
            if kept and shared and shared == len(found.words):
                self._repeat(kept[-1], cue, same=shared == len(before))
                if shared < len(before):
                    fresh = min(fresh, shared)
                before = found.words
                continue
            if kept and shared and shared == len(before) and self._continues(cue, found, shared):
                kept[-1].gone.append(cue)
                kept[-1].cue = _grown(kept[-1].cue, cue)
            else:
                kept.append(_Line(self._rest(cue, found, shared), []))
            before, fresh = found.words, len(found.words) - shared
        return [_Line(_ended(line.cue, next_line), line.gone) for line, next_line in _with_next(kept)]

    @staticmethod
    def _counts(shared: int, before: int, now: int, fresh: int) -> bool:
        """A word or two may be there by chance, unless they are all that was new, or all there is."""
        return shared >= LEAST_WORDS or shared in (before, now, fresh)

    def _repeat(self, line: _Line, cue: Cue, *, same: bool) -> None:
        """The whole again makes the line last longer; its end again, for a moment, doesn't."""
        line.gone.append(cue)
        if same and cue.end_us - cue.start_us > HOLD_US and cue.start_us <= line.cue.end_us + HOLD_US:
            text = without_highlight(line.cue.text)
            raw = line.cue.raw if line.cue.raw is not None else line.cue.text if text != line.cue.text else None
            line.cue = line.cue._replace(end_us=max(line.cue.end_us, cue.end_us), text=text, raw=raw)

    def _continues(self, cue: Cue, found: Tokens, shared: int) -> bool:
        return self._growing and found.starts[shared] not in self._layout(cue).breaks

    def _layout(self, cue: Cue) -> Layout:
        return self._layouts.get(cue.number, Layout())

    def _rest(self, cue: Cue, found: Tokens, shared: int) -> Cue:
        """The cue with what is new in it, from the time of its first new word where it has one."""
        if not shared:
            text = without_highlight(cue.text).strip()
            return cue if text == cue.text or not text else cue._replace(text=text, raw=cue.text)
        at = found.starts[shared]
        while at > 0 and not cue.text[at - 1].isspace() and at > found.ends[shared - 1]:
            at -= 1  # an opening quotation mark belongs to the word
        start_us = self._time_at(cue, found.starts[shared])
        return cue._replace(start_us=start_us, text=without_highlight(cue.text[at:]).strip(), raw=cue.text)

    def _time_at(self, cue: Cue, at: int) -> int:
        times = self._layout(cue).times
        found = bisect_left(times, (at, 0))
        if found < len(times) and times[found][0] == at and cue.start_us <= times[found][1] < cue.end_us:
            return times[found][1]
        return cue.start_us


def _grown(cue: Cue, longer: Cue) -> Cue:
    return cue._replace(
        text=without_highlight(longer.text).strip(), end_us=max(cue.end_us, longer.end_us), raw=longer.text
    )


def _with_next(lines: Sequence[_Line]) -> Iterator[tuple[_Line, Cue | None]]:
    for at, line in enumerate(lines):
        yield line, lines[at + 1].cue if at + 1 < len(lines) else None


def _ended(cue: Cue, after: Cue | None) -> Cue:
    """A line stays on the screen while the next one is spoken: it ends where that one begins."""
    if after is not None and cue.start_us < after.start_us < cue.end_us:
        return cue._replace(end_us=after.start_us)
    return cue
