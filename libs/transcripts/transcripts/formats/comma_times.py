"""SBV of video sites (`0:00:01.000,0:00:02.500`), SubViewer 2 (`00:00:01.00,00:00:02.50`) and SubViewer 1
(`[00:00:01]`): a line of times, and the lines below it are the text.
"""

import re
from typing import Final

from transcripts.cue_collector import Reading
from transcripts.cues import NoteCode, quote
from transcripts.lines import numbered
from transcripts.markup import speaker_name, strip_markup
from transcripts.numbers import clock_us
from transcripts.timed_cues import Time, TimedCues

_TWO_TIMES: Final = re.compile(
    r"(-?\d{1,9}:\d{1,3}:\d{1,3}(?:[.:]\d{1,9})?)[ \t]*,[ \t]*(-?\d{1,9}:\d{1,3}:\d{1,3}(?:[.:]\d{1,9})?)"
)
# Mistyped: digits and marks of two times, one of which can't be read.
_MEANT_AS_TIMES: Final = re.compile(r"[\w.]{1,9}:[\w.]{1,3}:[\w.]{1,12}[ \t]*,[ \t]*[\w.]{1,9}:[\w.]{1,3}:[\w.]{1,12}")
_ONE_TIME: Final = re.compile(r"\[(\d{1,3}:\d\d:\d\d(?:[.:]\d{1,3})?)\]")
# `[INFORMATION]`, `[TITLE]A film`, `[COLF]&HFFFFFF,[SIZE]12`: what stands above the first cue of SubViewer.
_HEADER: Final = re.compile(r"\[[A-Z ]{2,24}\]|\*{3,}|[A-Z ]{2,24}:")
_BREAKS: Final = re.compile(r"\[br\]|\|", re.IGNORECASE)
_VOICE: Final = re.compile(r">>+[ \t]*(?:([^\W\d_][^:\n]{0,60}):)?[ \t]*")


def read_sbv(text: str) -> Reading:
    """`>>` marks another speaker, `>> ANN:` names one."""
    return _Commas(text).read()


def read_subviewer(text: str) -> Reading:
    """`[br]` and `|` are line ends. Of SubViewer 1 each time begins a text or, with none below it, ends the last."""
    if _TWO_TIMES.search(text):
        return _Commas(text, breaks=True).read()
    return _read_single_times(text)


class _Commas:
    def __init__(self, text: str, *, breaks: bool = False) -> None:
        self._text, self._breaks, self._cues = text, breaks, TimedCues()
        self._line = 0
        self._times = ""
        self._body: list[str] = []

    def read(self) -> Reading:
        for line, content in numbered(self._text):
            if _TWO_TIMES.fullmatch(content) or _MEANT_AS_TIMES.fullmatch(content):
                self._end()
                self._line, self._times, self._body = line, content, []
            elif self._line:
                self._body.append(content)
            elif not _HEADER.match(content):
                self._cues.note(line, NoteCode.TEXT_BEFORE_FIRST_CUE, quote(content))
        self._end()
        return self._cues.reading()

    def _end(self) -> None:
        if not self._line:
            return
        start, _, end = self._times.partition(",")
        body = "\n".join(self._body)
        if self._breaks:
            body = _BREAKS.sub("\n", body)
        speaker = None
        if ">>" in body:
            names = {speaker_name(name) for name in _VOICE.findall(body) if name}
            speaker = names.pop() if len(names) == 1 else None
            body = _VOICE.sub("", body)
        self._cues.add(
            self._line, clock_us(_point(start)), clock_us(_point(end)), strip_markup(body), speaker, source=self._times
        )


def _point(time: str) -> str:
    """`00:00:01:50` has hundredths behind its third colon."""
    parts = time.strip().split(":")
    return ":".join(parts[:3]) + "." + parts[3] if len(parts) == 4 else time


def _read_single_times(text: str) -> Reading:
    cues = TimedCues()
    begun: tuple[int, str, list[str]] | None = None
    for line, content in numbered(text):
        found = _ONE_TIME.match(content)
        if found is None:
            if begun is not None:
                begun[2].append(content)
            elif not _HEADER.match(content):
                cues.note(line, NoteCode.TEXT_BEFORE_FIRST_CUE, quote(content))
            continue
        if begun is not None:
            _add_single(cues, begun, clock_us(_point(found[1])))
        rest = content[found.end() :].strip()
        begun = line, _point(found[1]), [rest] if rest else []
    if begun is not None:
        _add_single(cues, begun, None)
    return cues.reading()


def _add_single(cues: TimedCues, begun: tuple[int, str, list[str]], end: Time | None) -> None:
    line, start, body = begun
    texts = [content for content in body if not re.fullmatch(r"\[end\]|\*{3,}.*", content, re.IGNORECASE)]
    if texts:  # a time without a text ends the one above it
        cues.add(line, clock_us(start), end, strip_markup(_BREAKS.sub("\n", "\n".join(texts))))
