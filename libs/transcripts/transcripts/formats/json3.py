"""YouTube's json3: events with times in milliseconds, whose segments are words with times of their own."""

from typing import Any

import msgspec
from msgspec import Struct

from transcripts.cue_collector import Reading
from transcripts.json_text import decode, lines_of
from transcripts.layout import MARK
from transcripts.markup import strip_markup
from transcripts.numbers import number_us
from transcripts.timed_cues import TimedCues

_MS_US = 1000


class _Segment(Struct):
    utf8: Any = None
    offset_ms: Any = msgspec.field(name="tOffsetMs", default=0)


class _Event(Struct):
    start_ms: Any = msgspec.field(name="tStartMs", default=None)
    duration_ms: Any = msgspec.field(name="dDurationMs", default=None)
    segments: list[_Segment] | None = msgspec.field(name="segs", default=None)
    appends: Any = msgspec.field(name="aAppend", default=None)


class _File(Struct):
    events: list[_Event]


class _Raw(Struct):
    events: list[msgspec.Raw]


def is_json3(text: str) -> bool:
    """Raises: BrokenTranscript; TooManyCues."""
    file = decode(text, _File)
    return file is not None and any(event.segments and event.start_ms is not None for event in file.events)


def read_json3(text: str) -> Reading:
    """Events without words, and those that only begin a new line of the window, are no cues.

    Raises: BrokenTranscript; TooManyCues.
    """
    cues = TimedCues()
    file, raw = decode(text, _File), decode(text, _Raw)
    if file is None or raw is None:
        return cues.reading()
    for line, event in zip(lines_of(text, raw.events), file.events, strict=True):
        if not event.segments or (event.appends and not _spoken(event).replace(MARK, "").strip()):
            continue
        start = number_us(event.start_ms, _MS_US)
        lasts = number_us(event.duration_ms, _MS_US)
        end = start + lasts if isinstance(start, int) and isinstance(lasts, int) else None
        times = [] if not isinstance(start, int) else [start + _us(each) for each in event.segments if _is_word(each)]
        spoken = _spoken(event) if times else _spoken(event).replace(MARK, "")
        cues.add(line, start, end, strip_markup(spoken), None, times, f"{event.start_ms} ms")
    return cues.reading()


def _is_word(segment: _Segment) -> bool:
    return isinstance(segment.utf8, str) and bool(segment.utf8.strip())


def _us(segment: _Segment) -> int:
    us = number_us(segment.offset_ms, _MS_US)
    return us if isinstance(us, int) else 0


def _spoken(event: _Event) -> str:
    words = (each for each in event.segments or () if isinstance(each.utf8, str))
    return "".join(f"{MARK if _is_word(each) else ''}{each.utf8.replace(MARK, chr(1))}" for each in words)
