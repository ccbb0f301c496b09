"""TTML, DFXP, IMSC and EBU-TT: each `p` with a time is a cue, with the times of its spans as those of its words; where
only spans have times, each of them is one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from transcripts.cue_collector import Reading
from transcripts.cues import DropCode
from transcripts.formats.ttml_times import Rates, rates_of, time_us
from transcripts.layout import MARK
from transcripts.markup import speaker_name, strip_markup
from transcripts.timed_cues import Time, TimedCues
from transcripts.xml_text import attribute, parse

_TIMED: Final = frozenset(("body", "div", "p", "span"))
_IGNORED: Final = frozenset(("head", "metadata", "desc", "title", "set", "animate", "image", "copyright"))
_BLANKS: Final = re.compile(r"[ \t\r\n]+")


def read_ttml(text: str) -> Reading:
    """Raises: BrokenTranscript; TooManyCues."""
    listener = _Listener()
    parse(text, listener)
    return listener.cues.reading()


@dataclass(slots=True)
class _Open:
    """An element that has begun. `start_us` and `end_us` are absolute; `next_us` is where the next child of a sequence
    begins.
    """

    name: str
    start: Time
    end: Time | None
    timed: bool
    sequence: bool
    next: Time
    agent: str | None


@dataclass(slots=True)
class _Cue:
    line: int
    depth: int
    start: Time
    end: Time | None
    agent: str | None
    source: str
    waiting: bool = False  # for spans with times of their own
    pieces: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)


class _Listener:
    def __init__(self) -> None:
        self.cues = TimedCues()
        self._rates = Rates()
        self._stack: list[_Open] = []
        self._ignoring = 0
        self._cue: _Cue | None = None
        self._untimed: _Cue | None = None  # the paragraph without a time that is open
        self._agents: dict[str, str] = {}
        self._agent: str | None = None
        self._naming = False

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        if name == "tt":
            self._rates = rates_of(attributes)
        elif name == "agent":
            self._agent = attribute(attributes, "id")
        self._naming = name == "name"
        if self._ignoring or name in _IGNORED or (attribute(attributes, "ruby") or "") in ("text", "delimiter"):
            self._ignoring += 1
            return
        self._open(name, attributes)
        if name == "br" and self._cue is not None:
            self._cue.pieces.append("\n")
        elif name in ("p", "span"):
            self._begin(name, attributes, line)

    def text(self, text: str) -> None:
        if self._naming and self._agent:
            self._agents[self._agent] = (self._agents.get(self._agent, "") + text)[:300]
        if self._cue is not None and not self._ignoring:
            self._cue.pieces.append(_BLANKS.sub(" ", text.replace(MARK, "")))

    def end(self, name: str) -> None:
        self._naming = False
        if self._ignoring:
            self._ignoring -= 1
            return
        closed = self._stack.pop()
        if self._stack and self._stack[-1].sequence and closed.end is not None:
            self._stack[-1].next = closed.end
        if self._cue is not None and self._cue.depth > len(self._stack):
            self._finish(self._cue)
            self._cue = None
        if self._untimed is not None:
            if self._untimed.depth > len(self._stack):
                self._untimed = None
            elif self._cue is None:
                self._cue = replace(self._untimed, pieces=[], times=[])

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        above = self._stack[-1] if self._stack else _Open("", 0, None, timed=False, sequence=False, next=0, agent=None)
        base = above.next if above.sequence else above.start
        begin, end, lasts = (attributes.get(key) if name in _TIMED else None for key in ("begin", "end", "dur"))
        start = _plus(base, time_us(begin, self._rates)) if begin else base
        ends = [above.end] if above.end is not None else []
        if end:
            ends.append(_plus(base, time_us(end, self._rates)))
        if lasts:
            ends.append(_plus(start, time_us(lasts, self._rates)))
        own = attribute(attributes, "timeContainer") == "seq"
        agent = attribute(attributes, "agent") or above.agent
        self._stack.append(_Open(name, start, _least(ends), bool(begin or end or lasts), own, start, agent))

    def _begin(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        opened = self._stack[-1]
        if self._cue is not None and not self._cue.waiting:
            if name == "span" and "begin" in attributes and isinstance(opened.start, int):
                self._cue.times.append(opened.start)
                self._cue.pieces.append(MARK)
            return
        if opened.timed:
            if self._cue is not None:
                self._untimed = replace(self._cue, start=DropCode.NO_TIME, end=None, pieces=[])
                self._finish(replace(self._cue, start=DropCode.NO_TIME, end=None))
            source = " ".join(f"{key}={attributes[key]}" for key in attributes if key in ("begin", "end", "dur"))
            self._cue = _Cue(line, len(self._stack), opened.start, opened.end, opened.agent, source[:100])
        elif name == "p":
            # It has the time of its division, unless its spans have theirs: what is not within one of these has none.
            inherited = any(each.timed for each in self._stack)
            start, end = (opened.start, opened.end) if inherited else (DropCode.NO_TIME, None)
            self._untimed = _Cue(line, len(self._stack), start, end, opened.agent, "no time at all", waiting=True)
            self._cue = self._untimed

    def _finish(self, cue: _Cue) -> None:
        speaker = self._agents.get((cue.agent or "").split(" ")[0], "")
        text = strip_markup("".join(cue.pieces))
        if cue.start is DropCode.NO_TIME and not text.strip():
            return
        self.cues.add(cue.line, cue.start, cue.end, text, speaker_name(speaker), cue.times, cue.source)


def _plus(base: Time, offset: Time) -> Time:
    if isinstance(base, DropCode):
        return base
    return offset if isinstance(offset, DropCode) else base + offset


def _least(ends: list[Time]) -> Time | None:
    broken = [end for end in ends if isinstance(end, DropCode)]
    if broken:
        return broken[0]
    return min((end for end in ends if isinstance(end, int)), default=None)
