"""JSON of speech recognisers: Whisper, faster-whisper, WhisperX, stable-ts, whisper.cpp, the `chunks` of Transformers,
and any list of objects with a start, an end (or a duration) and a text.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from transcripts.cue_collector import Reading
from transcripts.cues import DropCode
from transcripts.errors import BrokenTranscript
from transcripts.json_text import decode, lines_of
from transcripts.layout import MARK
from transcripts.lines import numbered
from transcripts.markup import speaker_name, strip_markup
from transcripts.numbers import number_us
from transcripts.timed_cues import Time, TimedCues

_SECOND_US: Final = 1_000_000
_MS_US: Final = 1000


class _Word(Struct):
    word: Any = None
    text: Any = None
    start: Any = None
    end: Any = None
    speaker: Any = None


class _Offsets(Struct, rename={"from_": "from"}):
    from_: Any = None
    to: Any = None


class Segment(Struct):
    """One cue, in any of the shapes above."""

    start: Any = None
    end: Any = None
    duration: Any = None
    timestamp: Any = None
    offsets: _Offsets | None = None
    text: Any = None
    speaker: Any = None
    words: Any = None


class _File(Struct):
    segments: list[Segment] | None = None
    chunks: list[Segment] | None = None
    transcription: list[Segment] | None = None
    words: list[_Word] | None = None


class _Raw(Struct):
    segments: list[msgspec.Raw] | None = None
    chunks: list[msgspec.Raw] | None = None
    transcription: list[msgspec.Raw] | None = None
    words: list[msgspec.Raw] | None = None


def segments_of(text: str) -> list[Segment] | None:
    """None where the JSON is of another kind.

    Raises: BrokenTranscript; TooManyCues.
    """
    if text.lstrip()[:1] == "[":
        found = decode(text, list[Segment])
        return found if found and any(map(_is_timed, found)) else None
    file = decode(text, _File)
    if file is None:
        return None
    found = file.segments or file.chunks or file.transcription
    if found is None and file.words:
        return [Segment(start=word.start, end=word.end, text=word.word or word.text) for word in file.words]
    return found if found is not None and (not found or any(map(_is_timed, found))) else None


def is_json_lines(text: str) -> bool:
    """A segment a line, each an object of its own."""
    _, first = next(numbered(text), (0, ""))
    return first.endswith("}") and _segment_of(first) is not None


def _segment_of(line: str) -> Segment | None:
    try:
        segment = decode(line, Segment)
    except BrokenTranscript:
        return None
    return segment if segment is not None and _is_timed(segment) else None


def _is_timed(segment: Segment) -> bool:
    timed = segment.start is not None or segment.timestamp is not None or segment.offsets is not None
    return timed and segment.text is not None


def read_whisper(text: str) -> Reading:
    """Raises: BrokenTranscript; TooManyCues."""
    cues = TimedCues()
    for line, segment in _segments(text, cues):
        start, end = _times(segment)
        words: list[int] = []
        spoken = _text(segment, words)
        source = f"{segment.start} … {segment.end}"[:200]
        cues.add(line, start, end, strip_markup(spoken), _speaker(segment), words, source)
    return cues.reading()


def _segments(text: str, cues: TimedCues) -> Iterator[tuple[int, Segment]]:
    try:
        segments = segments_of(text) or []
    except BrokenTranscript:
        if not is_json_lines(text):
            raise
        yield from _json_lines(text, cues)
        return
    yield from zip(_lines(text, len(segments)), segments, strict=False)


def _json_lines(text: str, cues: TimedCues) -> Iterator[tuple[int, Segment]]:
    for line, content in numbered(text):
        segment = _segment_of(content)
        if segment is None:
            cues.drop(line, DropCode.BAD_TIME, content)
        else:
            yield line, segment


def _lines(text: str, count: int) -> Iterator[int]:
    if "\n" not in text.strip():
        return iter([text[: len(text) - len(text.lstrip())].count("\n") + 1] * count)
    if text.lstrip()[:1] == "[":
        return lines_of(text, decode(text, list[msgspec.Raw]) or [])
    raw = decode(text, _Raw) or _Raw()
    return lines_of(text, raw.segments or raw.chunks or raw.transcription or raw.words or [])


def _times(segment: Segment) -> tuple[Time, Time | None]:
    if segment.offsets is not None:
        return number_us(segment.offsets.from_, _MS_US), number_us(segment.offsets.to, _MS_US)
    if isinstance(segment.timestamp, list) and len(segment.timestamp) == 2:
        start, end = segment.timestamp
    else:
        start, end = segment.start, segment.end
    begins = number_us(start)
    if end is None and segment.duration is not None and isinstance(begins, int):
        lasts = number_us(segment.duration)
        return begins, lasts if isinstance(lasts, DropCode) else begins + lasts
    return begins, None if end is None else number_us(end)


def _text(segment: Segment, times: list[int]) -> str:
    """The text; where the words spell it, with a MARK at each that has a time."""
    if not isinstance(segment.text, str):
        return ""
    plain = segment.text.replace(MARK, "\x01")
    if not isinstance(segment.words, list) or len(plain) > 1000:
        return plain
    marked, rest = "", plain
    for word in segment.words:
        if not isinstance(word, dict):
            continue
        spelled, start = word.get("word", word.get("text")), number_us(word.get("start"))
        if not isinstance(spelled, str) or not spelled.strip() or isinstance(start, DropCode):
            continue
        at = rest.find(spelled.strip())
        if at < 0:
            continue
        times.append(start)
        marked += rest[:at] + MARK
        rest = rest[at:]
    return marked + rest


def _speaker(segment: Segment) -> str | None:
    if isinstance(segment.speaker, str):
        return speaker_name(segment.speaker)
    if isinstance(segment.words, list):
        names = {
            word.get("speaker")
            for word in segment.words
            if isinstance(word, dict) and isinstance(word.get("speaker"), str)
        }
        return speaker_name(str(names.pop())) if len(names) == 1 else None
    return None
