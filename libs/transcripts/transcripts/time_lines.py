"""Which lines are time lines, and what they say. `TIME_LINE` finds them in linear time whatever stands in the text:
every branch begins at a line start and every repetition is possessive, so nothing is tried more than twice.
"""

import re
from typing import NamedTuple

from transcripts.characters import ARROW_HEAD, BLANK, COLON, COMMA, DASH, DROP_INVISIBLE, INVISIBLE
from transcripts.cues import DropCode, NoteCode
from transcripts.timecodes import MAX_TIME_CHARS, US_PER_SECOND, parse_time

_GAP = BLANK + INVISIBLE
_MARKS = rf"{_GAP}{COMMA}{DASH}+\[("
_COLONS = rf"{COLON};；"
_CLOCK = rf"\d++[{COLON}]\d++[{COLON}]\d++[{COMMA}]\d++"

_AHEAD = rf"(?=[{_GAP}{DASH}]*+(?:\d|$))"  # a time, or a line cut off after the arrow
_EXACT = rf"(?<=--){ARROW_HEAD}"
_ARROW = rf"(?:(?<=[{DASH}]){ARROW_HEAD}|→)"
# The group may give back: Pythons before 3.11.5 match groups that may not wrongly.
_INDEX = rf"[{_GAP}]*+(?:\d++[{_GAP}]++)?"

# 1. Any arrow after a time with a colon. 2. The exact arrow with digits and marks only, or alone. 3. The exact arrow
# after one mistyped word, before a full time. 4. Two full times with only a dash between.
_BODY = (
    rf"(?:[{_MARKS}{_COLONS}]*+\d[\d{_MARKS}]*+[{_COLONS}][\d{_MARKS}{_COLONS}]*+(?:{_EXACT}|{_ARROW}{_AHEAD})"
    rf"|[\d{_MARKS}{_COLONS}]*+{_EXACT}(?=[\d{_MARKS}{_COLONS}]*+$)"
    rf"|{_INDEX}[^\s>＞→]{{1,24}}+[{_GAP}]*+-*+{_EXACT}[{_GAP}]*+{_CLOCK}[{_GAP}]*+$"
    rf"|{_INDEX}{_CLOCK}[{_GAP}]*+[{DASH}]++[{_GAP}]*+{_CLOCK}[{_GAP}]*+$)"
)
# The shortest time line that anything can be read from is an arrow; the look-ahead passes millions of short lines by.
TIME_LINE = re.compile(rf"^(?=[^\n]{{3}}){_BODY}[^\n]*+", re.MULTILINE)

# A byte order mark inside the text begins a joined file, if that file begins as transcripts do. One short line, its
# first index, may stand between the mark and the time line. Of several marks in a row only the first is tried.
JOINED_FILE = re.compile(rf"\ufeff(?<!\ufeff\ufeff)\ufeff*+(?=(?:[^\n\ufeff]{{0,16}}\n)?{_BODY}|WEBVTT)", re.MULTILINE)

_SRT_TIME = r"([0-9]{1,9}+):([0-5][0-9]):([0-5][0-9]),([0-9]{3})"
_VTT_TIME = r"(?:([0-9]{2,9}+):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_SRT_LINE = re.compile(rf"[ \t]*+{_SRT_TIME}[ \t]*+-->[ \t]*+{_SRT_TIME}(?:[ \t]++|$)")
_VTT_LINE = re.compile(rf"[ \t]*+{_VTT_TIME}[ \t]++-->[ \t]++{_VTT_TIME}(?:[ \t]++|$)")
_LOOSE_LINE = re.compile(r"[ \t]*+([0-9:.,]++)[ \t]*+-{1,3}+>[ \t]*+([0-9:.,]++)[ \t]*+")

_ODD = (NoteCode.ODD_TIME,)

_HEAD = re.compile(rf"{ARROW_HEAD}|→")
_DASHES = re.compile(rf"[{DASH}]++")
_SETTINGS = re.compile(r"(?:[XY][12]|align|position|line|size|vertical|region):\S++", re.IGNORECASE)

# All there are, each with room to spare; splitting a hostile line of them would fill the memory.
_MAX_SETTINGS_CHARS = 500

# `00: 00: 01 , 5` is one time: words join where one ends, or the next begins, with a separator.
_SEPARATORS = rf"{_COLONS}{COMMA}"
_AROUND_SEPARATOR = re.compile(r"\s++(?=[:;,.])|(?<=[:;,.])\s++")
_TIME_WORD = rf"[\d+{DASH}{_SEPARATORS}{INVISIBLE}]++(?!\S)"
_MORE_TIME = (
    rf"(?:(?:(?<=[{_SEPARATORS}])|(?<=[{_SEPARATORS}][{INVISIBLE}]))\s++(?![.．]{{2}}){_TIME_WORD}"
    rf"|\s++(?![.．]{{2}})(?=[{INVISIBLE}]?+[{_SEPARATORS}]){_TIME_WORD})"
)
# Eight words are enough for a time with blanks around each separator; the rest is settings or text.
_LEADING_TIME = re.compile(rf"[\s{INVISIBLE}]*+({_TIME_WORD}{_MORE_TIME}{{0,7}})\s*+(?:[{INVISIBLE}]++(?!\S)\s*+)?")

_PLAIN = DROP_INVISIBLE | str.maketrans(
    dict.fromkeys("：∶", ":")
    | dict.fromkeys("，،٫", ",")
    | dict.fromkeys("．", ".")
    | dict.fromkeys("；", ";")
    | dict.fromkeys("‐‑‒–—―−=", "-")
)


class TimeLine(NamedTuple):
    """A time line as read. `text` is what stands behind the times and is no setting, "" as a rule. `number` is the
    index in front of the times, "" as a rule. With `drop` set the times mean nothing.
    """

    start_us: int = 0
    end_us: int = 0
    notes: tuple[NoteCode, ...] = ()
    text: str = ""
    number: str = ""
    drop: DropCode | None = None


def parse_time_line(line: str, *, vtt: bool) -> TimeLine:
    """Reads a line that `TIME_LINE` found. `vtt`: whether WebVTT's way of writing times is the ordinary one."""
    found = (_VTT_LINE if vtt else _SRT_LINE).match(line)
    if found is None:
        return _odd_time_line(line)
    hours, minutes, seconds, ms, end_hours, end_minutes, end_seconds, end_ms = found.groups()
    start = ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * US_PER_SECOND + int(ms) * 1000
    end = ((int(end_hours or 0) * 60 + int(end_minutes)) * 60 + int(end_seconds)) * US_PER_SECOND + int(end_ms) * 1000
    if found.end() == len(line):
        return TimeLine(start, end, drop=None if start < end else _unusable(start, end))
    return _with_rest(start, end, (), line[found.end() :])


def _odd_time_line(line: str) -> TimeLine:
    found = _LOOSE_LINE.fullmatch(line)
    number, start_text, end_text, rest = ("", *found.groups(), "") if found else _loosest(line)
    start, end = parse_time(start_text), parse_time(end_text)
    # With another arrow, what cannot be read may as well be a text like `- 10:30 -> 11:00`.
    words = rest if "-->" in line else line
    if isinstance(start, DropCode):
        return TimeLine(text=words, number=number, drop=start)
    if isinstance(end, DropCode):
        return TimeLine(text=words, number=number, drop=end)
    notes = _ODD if not start.notes and not end.notes else (*_ODD, *dict.fromkeys(start.notes + end.notes))
    return _with_rest(start.us, end.us, notes, rest, number)


def _with_rest(start_us: int, end_us: int, notes: tuple[NoteCode, ...], rest: str, number: str = "") -> TimeLine:
    drop = None if start_us < end_us else _unusable(start_us, end_us)
    text = rest.strip()
    if text and len(text) <= _MAX_SETTINGS_CHARS and all(map(_SETTINGS.fullmatch, text.split())):
        notes = (*notes, NoteCode.TIME_SETTINGS)
        text = ""
    elif text:
        notes = (*notes, NoteCode.TEXT_ON_TIME_LINE)
    return TimeLine(start_us, end_us, notes, text, number, drop)


def _unusable(start_us: int, end_us: int) -> DropCode:
    return DropCode.ZERO_LENGTH if start_us == end_us else DropCode.END_BEFORE_START


def _loosest(line: str) -> tuple[str, str, str, str]:
    """Index, start, end and rest of a line with blanks, brackets, variants or anything else around its times."""
    left, right = _sides(line)
    number, start = _number_and_time(left)
    end, rest = _bracketed_time(right) if left.startswith(("[", "(")) else _leading_time(right)
    return number, start, end, rest


def _sides(line: str) -> tuple[str, str]:
    # The head is looked for first: a long run of dashes would be searched again from each of its characters.
    arrow = _HEAD.search(line) or _DASHES.search(line)
    assert arrow is not None  # TIME_LINE found one
    return line[: arrow.start()].strip(), line[arrow.end() :]


def _number_and_time(left: str) -> tuple[str, str]:
    """A third word, or a first one that is no number, leaves something that is no time."""
    if len(left) > 2 * MAX_TIME_CHARS:
        return "", ""
    words = _AROUND_SEPARATOR.sub("", left.translate(_PLAIN).lstrip("[(").rstrip("-")).split()
    if len(words) == 2 and words[0].isdecimal():
        return words[0], words[1]
    return "", " ".join(words)


def _bracketed_time(right: str) -> tuple[str, str]:
    """`00:05.000]  text`, as speech recognisers print it."""
    closing = min((at for at in (right.find("]"), right.find(")")) if at >= 0), default=-1)
    if closing < 0:
        return _leading_time(right)
    time, rest = _leading_time(right[:closing])
    return (time, right[closing + 1 :]) if not rest else _leading_time(right)


def _leading_time(right: str) -> tuple[str, str]:
    """The time that begins here, freed of blanks and variants, and the rest of the line as it stands."""
    found = _LEADING_TIME.match(right)
    if found is None:
        time, rest = (*right.split(None, 1), "", "")[:2]
        return time[: MAX_TIME_CHARS + 1], rest
    return "".join(found[1].translate(_PLAIN).split()), right[found.end() :]
