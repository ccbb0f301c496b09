"""One line of a cue's lines, with what is lost in it: where its lines began, and which of its words have times."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from transcripts.characters import blank_joints, join_lines
from transcripts.cues import Layout

# Stands in a text where one of its inner times begins. It is a control character, which no kept text has.
MARK: Final = "\0"
# Captions have two or three lines. A longer text repeats nothing, and its layout would only fill the memory.
MAX_LAYOUT_CHARS: Final = 1000


def lay_out(text: str, times: Sequence[int] = ()) -> tuple[str, Layout | None]:
    """The text on one line, and its layout where it has one. Each of `times` belongs to a MARK in `text`, in order."""
    if not times:
        if "\n" not in text:
            return text.strip(), None
        if len(text) > MAX_LAYOUT_CHARS:
            return join_lines(text), None
    lines, kept_times = _visible_lines(text, times)
    if len(text) > MAX_LAYOUT_CHARS:
        return join_lines("\n".join(lines).replace(MARK, "")), None
    bare = [line.replace(MARK, "").rstrip() for line in lines]
    joints = [0 if len(blank_joints(f"{a[-1]}\n{b[0]}")) == 2 else 1 for a, b in pairwise(bare)]
    starts = [0, *accumulate(len(line) + joint for line, joint in zip(bare, joints, strict=False))]
    ends = [start + len(line) for start, line in zip(starts, bare, strict=False)]
    marks = [min(at, end) for start, line, end in zip(starts, lines, ends, strict=False) for at in _marks(line, start)]
    layout = Layout(tuple(starts[1:]), tuple(zip(marks, kept_times, strict=True)))
    return blank_joints("\n".join(bare)), layout if layout.breaks or layout.times else None


def _visible_lines(text: str, times: Sequence[int]) -> tuple[list[str], list[int]]:
    """The lines that have more than blanks and marks, and the times of their marks."""
    lines: list[str] = []
    kept: list[int] = []
    at = 0
    for line in map(_marks_after_blanks, text.split("\n")):
        marks = line.count(MARK)
        if line.replace(MARK, "").strip():
            lines.append(line)
            kept += times[at : at + marks]
        at += marks
    return lines, kept


def _marks_after_blanks(line: str) -> str:
    """The stripped line with each of its marks at the beginning of a word."""
    if MARK not in line:
        return line.strip()
    pieces = line.split(MARK)
    moved = [pieces[0]]
    for piece in pieces[1:]:
        word = piece.lstrip()
        moved += [piece[: len(piece) - len(word)], MARK, word]
    bare = "".join(moved)
    leading = len(bare.replace(MARK, "")) - len(bare.replace(MARK, "").lstrip())
    return _without_leading(bare, leading).rstrip()


def _without_leading(line: str, blanks: int) -> str:
    """`line` without the first `blanks` characters that are no marks."""
    at, marks = 0, ""
    while blanks:
        if line[at] == MARK:
            marks += MARK
        else:
            blanks -= 1
        at += 1
    return marks + line[at:]


def _marks(line: str, start: int) -> list[int]:
    found: list[int] = []
    at = line.find(MARK)
    while at >= 0:
        found.append(start + at - len(found))
        at = line.find(MARK, at + 1)
    return found
