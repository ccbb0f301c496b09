"""What lies between two time lines: the text of the upper cue, the index of the lower one, cues without a time line,
and WebVTT's comment blocks. Offsets are 0-based characters of the gap; each function is linear in it.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from transcripts.characters import COLON, DROP_INVISIBLE
from transcripts.cues import NoteCode

_MAX_VALUE_DIGITS = 9
_MAX_ODD_INDEX_CHARS = 16

_VTT_HEADER = re.compile(r"WEBVTT(?=\s|\Z)[^\n]*+")
_VTT_BLOCK = re.compile(r"^[^\S\n]*+\n(?:NOTE|STYLE|REGION)(?=\s|\Z)[^\n]*+", re.MULTILINE)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*+(?=\n|\Z)")
# A line with a number and nothing else, under a blank line; at the top of a file also without one.
_NUMBER = re.compile(r"^[^\S\n]*+\n([0-9]++)[^\S\n]*+$", re.MULTILINE)
_NUMBER_AT_TOP = re.compile(r"(?:\A|^[^\S\n]*+\n)([0-9]++)[^\S\n]*+$", re.MULTILINE)
# A line that looks like times and cannot be read as such: an arrow and a digit, or two full times. After the first full
# time the rest of the line is searched once, so this takes linear time.
_FULL_TIME = rf"\d[{COLON}]\d{{1,3}}[{COLON}]\d"
_TIMES_INSIDE = re.compile(rf"^(?=[^\n]*\d)[^\n]*?(?:-->|--&gt;|{_FULL_TIME}[^\n]*?{_FULL_TIME})", re.MULTILINE)
_BLANK_INSIDE = re.compile(r"\n[^\S\n]*+\n")


class Heading(NamedTuple):
    """What is above a time line. `label` is the index as it is written, "" where there is none; `number` its value
    where it counts. `body_end`: where the upper cue's text ends in the gap. `certain`: blank lines leave no doubt.
    """

    label: str
    number: int | None
    body_end: int
    certain: bool
    code: NoteCode | None = None


@dataclass(slots=True)
class Numbering:
    """What the headings of one part have shown so far. `expected` is the number the next cue should have, `None` where
    cues have none; `evidence` > 0 says that this file numbers its cues.
    """

    evidence: int = 0
    expected: int | None = 1

    def on_heading(self, heading: Heading) -> None:
        if heading.label:
            self.evidence += heading.certain
            self.expected = None if heading.number is None else heading.number + 1
        else:
            self.evidence -= heading.certain
            known = self.expected is not None and self.evidence > 0
            self.expected = (self.expected or 0) + 1 if known else None

    def on_lost(self, number: int) -> None:
        """A cue without a time line that had the expected number."""
        self.evidence += 1
        self.expected = number + 1


def value(index: str) -> int | None:
    """None for what is no number, or too long to be a count (`int` would be slow on it)."""
    return int(index) if len(index) <= _MAX_VALUE_DIGITS and index.isdecimal() else None


class _LastLine(NamedTuple):
    """The last line of a gap that is not blank. `alone`: the line above it is blank. `touching`: the line below it is
    the time line.
    """

    at: int
    text: str
    alone: bool
    touching: bool


def heading(gap: str, numbering: Numbering, *, first: bool, vtt: bool) -> Heading:
    """`first`: the gap begins a part, so its first line has no time line above it."""
    last = _last_line(gap, first=first)
    if last is None:
        return Heading("", None, len(gap), certain=True)
    at, text, alone, touching = last
    if text.isdecimal():
        number = value(text)
        if (alone and touching) or (not vtt and _is_index(last, number, numbering, first=first)):
            return Heading(text, number, at, alone)
        return Heading("", None, len(gap), not touching, NoteCode.NUMBER_AS_TEXT)
    if alone and touching and (vtt or _looks_like_an_index(text)):
        return Heading(text, None, at, alone, None if vtt else NoteCode.ODD_INDEX)
    doubtful = touching and _looks_like_an_index(text)
    return Heading("", None, len(gap), not touching, NoteCode.NUMBER_AS_TEXT if doubtful else None)


def _last_line(gap: str, *, first: bool) -> _LastLine | None:
    kept = gap.rstrip()
    if not kept:
        return None
    at = kept.rfind("\n") + 1
    text = kept[at:]
    if not text.isascii():
        text = text.translate(DROP_INVISIBLE)
    touching = len(gap) == len(kept) + 1 or gap.count("\n", len(kept)) == 1
    return _LastLine(at, text.strip(), _is_blank_above(kept, at) if at else first, touching)


def _is_blank_above(text: str, at: int) -> bool:
    return text.startswith("\n\n", at - 2) or not text[text.rfind("\n", 0, at - 1) + 1 : at].strip()


def is_text_above(text: str, start: int) -> bool:
    """Whether the line above the one at `start` is neither blank nor an index. Reads at most two lines up,
    because it is called for line after line.
    """
    at = text.rfind("\n", 0, max(start - 1, 0)) + 1
    above = text[at:start].translate(DROP_INVISIBLE).strip()
    if not above or above.isdecimal():
        return False
    return not (_looks_like_an_index(above) and (at == 0 or _is_blank_above(text, at)))


def _is_index(last: _LastLine, number: int | None, numbering: Numbering, *, first: bool) -> bool:
    """A number with text above it or a blank line below it is an index if it continues the count, or if it has only one
    of the two in a file that numbers its cues; otherwise it ends the text above, like a year.
    """
    if (number is not None and number == numbering.expected) or (first and last.alone):
        return True
    return numbering.evidence > 0 and (last.alone or last.touching)


def _looks_like_an_index(text: str) -> bool:
    """`a1`, `1.2`, `-2`, `#7`: one short word with a digit."""
    short = len(text) <= _MAX_ODD_INDEX_CHARS
    return short and any(map(str.isdecimal, text)) and not any(map(str.isspace, text))


def lost_cues(body: str, expected: int, *, first: bool) -> Iterator[tuple[int, int]]:
    """Offset and number of each paragraph in a body that begins with the number expected next: an index whose cue has
    no time line.
    """
    # Nearly every body has none, and this is the cheapest check.
    if f"\n{expected}" not in body and not first:
        return
    for found in (_NUMBER_AT_TOP if first else _NUMBER).finditer(body):
        if found[1] == str(expected):
            yield found.start(1), expected
            expected += 1


def is_vtt(part: str) -> bool:
    return _VTT_HEADER.match(part) is not None


def without_vtt_blocks(body: str, *, first: bool) -> tuple[str, int]:
    """The body with WebVTT's header (when `first`) and NOTE, STYLE and REGION blocks emptied, their line ends kept,
    and the offset of the first such block, -1 without one.
    """
    left = io.StringIO()  # a list would take tens of bytes for each block, of which a block may have only six
    at, first_block = 0, -1
    for start, end in _vtt_blocks(body, first=first):
        if first_block < 0:
            first_block = end - len(body[start:end].lstrip())
        left.write(body[at:start])
        left.write("\n" * body.count("\n", start, end))
        at = end
    left.write(body[at:])
    return left.getvalue(), first_block


def _vtt_blocks(body: str, *, first: bool) -> Iterator[tuple[int, int]]:
    # The end of each is looked for on its own: repeated groups that never give back are matched wrongly by Pythons
    # before 3.11.5, and ones that may give back remember every line.
    found = (_VTT_HEADER.match(body) if first else None) or _VTT_BLOCK.search(body)
    while found:
        ending = _PARAGRAPH_END.search(body, found.end())
        end = ending.start() if ending else len(body)
        yield found.start(), end
        found = _VTT_BLOCK.search(body, end)


def times_inside(body: str) -> int:
    """The offset of the first line in a text that looks like a time line, -1 without one."""
    found = _TIMES_INSIDE.search(body)
    return found.start() if found else -1


def blank_line_inside(body: str) -> int:
    """The offset of the first blank line between two lines of text, -1 without one."""
    found = _BLANK_INSIDE.search(body, len(body) - len(body.lstrip()), len(body.rstrip()))
    return found.start() + 1 if found else -1
