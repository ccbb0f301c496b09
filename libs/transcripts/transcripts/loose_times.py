"""The parts of a time line that is not written as SRT or WebVTT has it: blanks inside times, brackets, an index in
front, typographic variants of every mark.
"""

import re
from typing import Final, NamedTuple

from transcripts.characters import ARROW_HEAD, COLON, COMMA, DASH, DROP_INVISIBLE, INVISIBLE
from transcripts.timecodes import MAX_TIME_CHARS

# Most odd lines are only two plain times and an arrow: `0:01.5 -> 0:02`.
_TWO_TIMES: Final = re.compile(r"[ \t]*+([0-9:.,]++)[ \t]*+-{1,3}+>[ \t]*+([0-9:.,]++)[ \t]*+")

_ARROW_HEAD: Final = re.compile(rf"{ARROW_HEAD}|→")
_DASHES: Final = re.compile(rf"[{DASH}]++")

# Contents of a character class: what separates the fields of a time.
_SEPARATORS: Final = rf"{COLON};；{COMMA}"
# A word of digits, separators and signs: `00:`, `,5`, `00:00:01,5`.
_WORD: Final = rf"[\d+{DASH}{_SEPARATORS}{INVISIBLE}]++(?!\S)"
# `00: 00: 01 , 5` is one time. The next word belongs to it where this one ends with a separator, or that one begins
# with one. The dots of `00:01 ...` belong to the text after the time.
_BLANKS_BEFORE_WORD: Final = r"\s++(?![.．]{2})"
_AFTER_SEPARATOR: Final = rf"(?:(?<=[{_SEPARATORS}])|(?<=[{_SEPARATORS}][{INVISIBLE}]))"
_SEPARATOR_AHEAD: Final = rf"(?=[{INVISIBLE}]?+[{_SEPARATORS}])"
_NEXT_WORD: Final = (
    rf"(?:{_AFTER_SEPARATOR}{_BLANKS_BEFORE_WORD}{_WORD}|{_BLANKS_BEFORE_WORD}{_SEPARATOR_AHEAD}{_WORD})"
)
# A time and the blanks around it. Eight words are enough for one with blanks around each separator; what follows them
# is settings or text.
_INVISIBLE_WORD: Final = rf"(?:[{INVISIBLE}]++(?!\S)\s*+)?"
_LEADING_TIME: Final = re.compile(rf"[\s{INVISIBLE}]*+({_WORD}{_NEXT_WORD}{{0,7}})\s*+{_INVISIBLE_WORD}")

# The blanks of `00: 00: 01 , 5`, once its marks are ASCII.
_BLANKS_AT_SEPARATOR: Final = re.compile(r"\s++(?=[:;,.])|(?<=[:;,.])\s++")

_TO_ASCII: Final = DROP_INVISIBLE | str.maketrans(
    dict.fromkeys("：∶", ":")
    | dict.fromkeys("，،٫", ",")
    | dict.fromkeys("．", ".")
    | dict.fromkeys("；", ";")
    | dict.fromkeys("‐‑‒–—―−=", "-")
)


class LooseParts(NamedTuple):
    """`start` and `end` are what should be times, freed of blanks and variants; `number` the index before them and
    `rest` the text after them, as they are written, "" where there is none.
    """

    number: str
    start: str
    end: str
    rest: str


def split_loosely(line: str) -> LooseParts:
    """Splits a line that `TIME_LINE` found; whether the times can be read is not checked."""
    if found := _TWO_TIMES.fullmatch(line):
        return LooseParts("", found[1], found[2], "")
    left, right = _around_arrow(line)
    number, start = _number_and_time(left)
    end, rest = _bracketed_time(right) if left.startswith(("[", "(")) else _leading_time(right)
    return LooseParts(number, start, end, rest)


def _around_arrow(line: str) -> tuple[str, str]:
    # The head is searched for first: a long run of dashes would be searched again from each of its characters.
    arrow = _ARROW_HEAD.search(line) or _DASHES.search(line)
    assert arrow is not None  # TIME_LINE found one
    return line[: arrow.start()].strip(), line[arrow.end() :]


def _number_and_time(left: str) -> tuple[str, str]:
    """`17 00:00:01,000`. With a third word, or a first one that is no number, the time returned is none."""
    if len(left) > 2 * MAX_TIME_CHARS:
        return "", ""
    words = _BLANKS_AT_SEPARATOR.sub("", left.translate(_TO_ASCII).lstrip("[(").rstrip("-")).split()
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
    """The time at the start, freed of blanks and variants, and the rest of the line as it is written."""
    found = _LEADING_TIME.match(right)
    if found is None:
        time, rest = (*right.split(None, 1), "", "")[:2]
        return time[: MAX_TIME_CHARS + 1], rest
    return "".join(found[1].translate(_TO_ASCII).split()), right[found.end() :]
