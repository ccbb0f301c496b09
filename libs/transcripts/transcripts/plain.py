"""A plain text: what was said in the whole recording, without times."""

import re

from transcripts.characters import find_control, has_visible, join_lines, unify_line_ends
from transcripts.cues import Note, NoteCode, quote
from transcripts.errors import NoText, UndecodableText
from transcripts.gaps import times_inside

# How SRT, lyrics, SBV, logs of speech recognisers, video sites and cutting rooms write times: `[00:12.50]`,
# `0:00:01.000,0:00:02.000`, `0:01 text`, `[0.00s -> 5.00s]`, `*TC 00:00:05;18`, `(12.5s)`, `[10][25]text`, `00h01m02s`.
_CLOCK = r"\d{1,3}+:\d\d(?!\d)"
_SECONDS = r"\d{1,6}+(?:[.,]\d{1,6}+)?(?:s\b|[ \t]*(?:-->|->|–>|→))"
_UNITS = r"\d{1,2}+h[ \t]?\d{1,2}+m|\d{1,3}+m[ \t]?\d{1,2}+s\b"
_FRAMES = r"\[\d{1,7}+\]\[\d{1,7}+\]"
_LABEL = r"\*?(?:TCR?|TIME|T)[ \t:]{0,3}+"
_TIME_AT_LINE_START = re.compile(
    rf"^[^\S\n]*+(?:(?:{_LABEL})?[\[({{<]?+(?:{_CLOCK}|{_SECONDS}|{_UNITS})|{_FRAMES})", re.MULTILINE
)

_CONTROL_REMEDY = "save it as UTF-8, or name its real encoding as transcript_encoding"


def read_plain(text: str) -> tuple[str, tuple[Note, ...]]:
    """All lines stripped and joined by one space, otherwise verbatim; a note where a line looks like times.

    Raises: NoText when nothing visible is there; UndecodableText at a control character, for there is no cue to drop.
    """
    text = unify_line_ends(text)
    at = find_control(text)
    if at >= 0:
        _refuse_control(text, at)
    if not has_visible(text):
        raise NoText("the transcript has no text", remedy="upload a transcript with text")
    found = _TIME_AT_LINE_START.search(text)
    at = found.start() if found else times_inside(text)
    return join_lines(text), (_note_time(text, at),) if at >= 0 else ()


def _refuse_control(text: str, at: int) -> None:
    line = text.count("\n", 0, at) + 1
    message = f"control character U+{ord(text[at]):04X} in line {line}"
    raise UndecodableText(message, line=line, offset=None, remedy=_CONTROL_REMEDY)


def _note_time(text: str, at: int) -> Note:
    return Note(text.count("\n", 0, at) + 1, NoteCode.TIME_IN_TEXT, quote(text[at:].partition("\n")[0]))
