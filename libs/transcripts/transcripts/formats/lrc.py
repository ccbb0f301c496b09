"""LRC: lyrics, a line of text behind one time or several. A line ends where the next one begins."""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from transcripts.cue_collector import MAX_CUES, Reading
from transcripts.cues import DropCode, NoteCode, quote
from transcripts.errors import TooManyCues
from transcripts.layout import MARK
from transcripts.lines import numbered
from transcripts.markup import strip_markup
from transcripts.numbers import clock_us
from transcripts.timed_cues import TimedCues

_STAMP: Final = re.compile(r"\[(\d{1,4}:\d{1,3}(?::\d{1,3})?(?:[.:,]\d{1,3})?)\][ \t]*")
_TAG: Final = re.compile(r"\[([A-Za-z#_ ]{1,20}):([^\]]*)\]")
_WORD_TIME: Final = re.compile(r"<(\d{1,4}:\d{1,3}(?:[.:,]\d{1,3})?)>")
_MEANT_AS_STAMP: Final = re.compile(r"\[[\dOolI:.,;]{3,15}\]")
_LENGTH: Final = "length"


class _Line(NamedTuple):
    line: int
    start: int | DropCode
    text: str
    source: str


class _File(NamedTuple):
    lines: list[_Line]
    offset_us: int
    length_us: int | None


def read_lrc(text: str) -> Reading:
    """`[offset:+500]` makes every line half a second earlier, as players do; a time without a text ends the line before
    it; times of words (`<00:12.50>`) are kept as such.
    """
    cues = TimedCues()
    file = _lines(text, cues)
    begins = sorted({line.start for line in file.lines if isinstance(line.start, int)})
    for line in file.lines:
        if not line.text and isinstance(line.start, int):
            continue
        if isinstance(line.start, DropCode):
            cues.drop(line.line, line.start, line.source, line.text)
            continue
        after = bisect_right(begins, line.start)
        end = begins[after] if after < len(begins) else file.length_us
        if end is not None and end <= line.start:
            end = None
        words: list[int] = []
        body = _marked(line.text, words)
        start = line.start - file.offset_us
        cues.add(
            line.line, start, None if end is None else end - file.offset_us, strip_markup(body),
            times=[us - file.offset_us for us in words], source=line.source,
        )  # fmt: skip
    return cues.reading()


def _lines(text: str, cues: TimedCues) -> _File:
    found: list[_Line] = []
    offset_us, length_us = 0, None
    for number, content in numbered(text):
        at = 0
        starts: list[int | DropCode] = []
        while stamp := _STAMP.match(content, at):
            starts.append(_stamp_us(stamp[1]))
            at = stamp.end()
            if len(found) + len(starts) > MAX_CUES:
                raise TooManyCues(
                    f"more than {MAX_CUES} times, at line {number}", line=number, remedy="upload it in parts"
                )
        if starts:
            found += [_Line(number, start, content[at:], quote(content)) for start in starts]
        elif _MEANT_AS_STAMP.match(content):
            found.append(_Line(number, DropCode.BAD_TIME, content.partition("]")[2], quote(content)))
        elif tag := _TAG.fullmatch(content):
            if tag[1].strip().lower() == "offset" and re.fullmatch(r"\s*[+-]?\d{1,9}\s*", tag[2]):
                offset_us = int(tag[2]) * 1000
            elif tag[1].strip().lower() == _LENGTH and not isinstance(clock_us(tag[2]), DropCode):
                length_us = _int(clock_us(tag[2]))
        else:
            _text_alone(cues, found, number, content)
    return _File(found, offset_us, length_us)


def _text_alone(cues: TimedCues, found: list[_Line], number: int, content: str) -> None:
    """A line without a time belongs to the one above it, as a second line of it."""
    if not found or isinstance(found[-1].start, DropCode) or not found[-1].text or len(found[-1].text) > 1000:
        cues.note(number, NoteCode.TEXT_BEFORE_FIRST_CUE if not found else NoteCode.BLANK_LINE_IN_TEXT, quote(content))
        return
    found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{content}")


def _stamp_us(stamp: str) -> int | DropCode:
    """Of `12:34:56` the last are hundredths, as `.56` would be: songs have no hours."""
    parts = stamp.replace(",", ".").split(":")
    if len(parts) == 3 and "." not in parts[2]:
        return clock_us(f"{parts[0]}:{parts[1]}.{parts[2]}")
    return clock_us(":".join(parts[:3]))


def _marked(text: str, words: list[int]) -> str:
    def mark(found: re.Match[str]) -> str:
        time = _stamp_us(found[1])
        if isinstance(time, DropCode):
            return ""
        words.append(time)
        return MARK

    return _WORD_TIME.sub(mark, text)


def _int(value: int | DropCode) -> int:
    assert isinstance(value, int)
    return value
