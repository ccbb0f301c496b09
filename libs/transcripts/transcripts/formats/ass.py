"""ASS and SSA: the `Dialogue:` lines of [Events], with the columns that its `Format:` line names."""

import re
from collections.abc import Sequence
from typing import Final

from transcripts.cue_collector import Reading
from transcripts.cues import DropCode, NoteCode, quote
from transcripts.layout import MARK
from transcripts.lines import numbered
from transcripts.markup import speaker_name, strip_markup
from transcripts.numbers import clock_us
from transcripts.timed_cues import TimedCues

_COLUMNS: Final[tuple[str, ...]] = (
    "layer",
    "start",
    "end",
    "style",
    "name",
    "marginl",
    "marginr",
    "marginv",
    "effect",
    "text",
)
_SECTION: Final = re.compile(r"\[[^\]]{1,60}\]")
_OVERRIDE: Final = re.compile(r"\{([^{}]*)\}")
_DRAWING: Final = re.compile(r"\\p(\d{1,2})")
_KARAOKE: Final = re.compile(r"\\[kK][fo]?(\d{1,6})")
_MAX_COLUMNS: Final = 40


def read_ass(text: str) -> Reading:
    r"""`{\...}` goes, and so does what is drawn (`{\p1}m 0 0 l 9 9{\p0}`); `\N` is a line end; `{\k20}` times a word.
    `Comment:` lines are told of once.
    """
    cues, columns, comments, first_comment, in_events = TimedCues(), _COLUMNS, 0, 0, True
    for line, content in numbered(text):
        keyword, _, rest = content.partition(":")
        match keyword.strip().lower():
            case "dialogue":
                _add(cues, line, rest, columns)
            case "comment" if in_events:
                comments, first_comment = comments + 1, first_comment or line
            case "format" if in_events:
                columns = _named(rest) or columns
            case _ if _SECTION.fullmatch(content):
                in_events = content.lower() == "[events]"
    if comments:
        cues.note(first_comment, NoteCode.COMMENT_LINES, f"{comments} Comment lines are left out")
    return cues.reading()


def _named(rest: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in rest.split(",", _MAX_COLUMNS))
    return names if {"start", "end", "text"} <= set(names) else ()


def _add(cues: TimedCues, line: int, rest: str, columns: Sequence[str]) -> None:
    # The text comes last, whatever the header says, and may hold commas.
    values = rest.split(",", len(columns) - 1)
    if len(values) < len(columns):
        cues.drop(line, DropCode.BAD_TIME, rest)
        return
    row = dict(zip(columns, map(str.strip, values), strict=True))
    start, end = clock_us(row["start"]), clock_us(row["end"])
    body, times = _spoken(row["text"], start)
    speaker = speaker_name(row.get("name", row.get("actor", "")))
    cues.add(line, start, end, strip_markup(body), speaker, times, source=quote(rest))


def _spoken(text: str, start: int | DropCode) -> tuple[str, list[int]]:
    """The text with a MARK at each word that has a time, and these times."""
    if "{" not in text:
        return _breaks(text), []
    pieces: list[str] = []
    times: list[int] = []
    drawing, sung_us, at = False, 0, 0
    for found in _OVERRIDE.finditer(text):
        if not drawing:
            pieces.append(text[at : found.start()].replace(MARK, "\x01"))
        at = found.end()
        for karaoke in _KARAOKE.findall(found[1]):
            if isinstance(start, int) and not drawing:
                times.append(start + sung_us)
                pieces.append(MARK)
            sung_us += int(karaoke) * 10_000
        if scale := _DRAWING.findall(found[1]):
            drawing = scale[-1] != "0"
    if not drawing:
        pieces.append(text[at:].replace(MARK, "\x01"))
    return _breaks("".join(pieces)), times


def _breaks(text: str) -> str:
    return text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
