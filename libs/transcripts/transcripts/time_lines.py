"""What a time line says: its times, and what is written before and after them. The exact forms of SRT and WebVTT are
read at once, as nearly all lines have them; any other line is split by `loose_times` and noted as odd.
"""

import re
from typing import Final, NamedTuple

from transcripts.cues import DropCode, NoteCode
from transcripts.fractions_written import PLAIN, FractionStyle
from transcripts.loose_times import split_loosely
from transcripts.timecodes import US_PER_SECOND, parse_time

# `00:00:01,000` in four groups.
_SRT_TIME: Final = r"([0-9]{1,9}+):([0-5][0-9]):([0-5][0-9]),([0-9]{3})"
# `00:00:01.000` or `00:01.000`, also in four groups.
_VTT_TIME: Final = r"(?:([0-9]{2,9}+):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
# Both times, with blanks after them or the end of the line.
_SRT_LINE: Final = re.compile(rf"[ \t]*+{_SRT_TIME}[ \t]*+-->[ \t]*+{_SRT_TIME}(?:[ \t]++|$)")
_VTT_LINE: Final = re.compile(rf"[ \t]*+{_VTT_TIME}[ \t]++-->[ \t]++{_VTT_TIME}(?:[ \t]++|$)")

# `X1:40` of SubRip, `align:start` of WebVTT.
_SETTING: Final = re.compile(r"(?:[XY][12]|align|position|line|size|vertical|region):\S++", re.IGNORECASE)
# All settings there are, each with room to spare; splitting a hostile line of them would fill the memory.
_MAX_SETTINGS_CHARS: Final = 500


class TimeLine(NamedTuple):
    """A time line as read. `text` is what follows the times and is no setting, `number` the index before the times;
    both are nearly always "". With `drop` set the times mean nothing.
    """

    start_us: int = 0
    end_us: int = 0
    notes: tuple[NoteCode, ...] = ()
    text: str = ""
    number: str = ""
    drop: DropCode | None = None


def parse_time_line(line: str, *, vtt: bool, style: FractionStyle = PLAIN) -> TimeLine:
    """Reads a line that `TIME_LINE` found. `vtt`: whether WebVTT's way of writing times is the ordinary one; `style`:
    how the file writes fractions.
    """
    found = (_VTT_LINE if vtt else _SRT_LINE).match(line)
    if found is None:
        return _parse_loosely(line, style)
    start_us, end_us = _us(*found.group(1, 2, 3, 4)), _us(*found.group(5, 6, 7, 8))
    if found.end() == len(line):
        return TimeLine(start_us, end_us, drop=None if start_us < end_us else _unusable(start_us, end_us))
    return _with_rest(start_us, end_us, (), line[found.end() :])


def _us(hours: str | None, minutes: str, seconds: str, ms: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * US_PER_SECOND + int(ms) * 1000


def _parse_loosely(line: str, style: FractionStyle) -> TimeLine:
    parts = split_loosely(line)
    start, end = parse_time(parts.start, style), parse_time(parts.end, style)
    # With another arrow, what cannot be read may as well be a text like `- 10:30 -> 11:00`.
    text = parts.rest if "-->" in line else line
    if isinstance(start, DropCode):
        return TimeLine(text=text, number=parts.number, drop=start)
    if isinstance(end, DropCode):
        return TimeLine(text=text, number=parts.number, drop=end)
    found = tuple(dict.fromkeys(start.notes + end.notes))
    # A time that may mean something else is no harmless one.
    notes = found if NoteCode.AMBIGUOUS_TIME in found else (NoteCode.ODD_TIME, *found)
    return _with_rest(start.us, end.us, notes, parts.rest, parts.number)


def _with_rest(start_us: int, end_us: int, notes: tuple[NoteCode, ...], rest: str, number: str = "") -> TimeLine:
    drop = None if start_us < end_us else _unusable(start_us, end_us)
    text = rest.strip()
    if text and _is_settings(text):
        notes = (*notes, NoteCode.TIME_SETTINGS)
        text = ""
    elif text:
        notes = (*notes, NoteCode.TEXT_ON_TIME_LINE)
    return TimeLine(start_us, end_us, notes, text, number, drop)


def _is_settings(text: str) -> bool:
    return len(text) <= _MAX_SETTINGS_CHARS and all(map(_SETTING.fullmatch, text.split()))


def _unusable(start_us: int, end_us: int) -> DropCode:
    return DropCode.ZERO_LENGTH if start_us == end_us else DropCode.END_BEFORE_START
