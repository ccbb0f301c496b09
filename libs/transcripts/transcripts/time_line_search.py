"""Which lines of a text are time lines. Each pattern is built from named fragments, each with an example.

Searching takes time linear in the text, whatever the text holds: every form begins at the start of a line, and every
repetition is possessive, so no character is tried more than twice.
"""

import re
from typing import Final

from transcripts.characters import ARROW_HEAD, BLANK, COLON, COMMA, DASH, INVISIBLE

# Contents of character classes.
_SPACE: Final = BLANK + INVISIBLE
_COLONS: Final = rf"{COLON};；"
_MARKS: Final = rf"{_SPACE}{COMMA}{DASH}+\[("  # what people put into and around times, besides colons

# A time as it should be, or nearly: `00:00:01,000`, `0:0:1.5`.
_FULL_TIME: Final = rf"\d++[{COLON}]\d++[{COLON}]\d++[{COMMA}]\d++"
# Digits and marks with at least one colon: `00:01`, `[ 00 : 00 : 01 , 5`.
_COLON_TIME: Final = rf"[{_MARKS}{_COLONS}]*+\d[\d{_MARKS}]*+[{_COLONS}][\d{_MARKS}{_COLONS}]*+"
# An index on the time line, with its blanks: `17 `. The group may give back what it took: Pythons before 3.11.5 match
# possessive groups wrongly.
_INDEX: Final = rf"[{_SPACE}]*+(?:\d++[{_SPACE}]++)?"

# The head of the arrow as SRT has it, two dashes before it: the `>` of `-->`, the `&gt;` of `--&gt;`.
_SRT_ARROW: Final = rf"(?<=--){ARROW_HEAD}"
# The head of any arrow: `->`, `–>`, `=>`, `→`.
_ANY_ARROW: Final = rf"(?:(?<=[{DASH}]){ARROW_HEAD}|→)"
# A time follows, or nothing does, where a line was cut off: ` 00:00:02`, ` `.
_TIME_OR_NOTHING_FOLLOWS: Final = rf"(?=[{_SPACE}{DASH}]*+(?:\d|$))"

# The four forms of a time line.
# 1. Any arrow after a time with a colon: `00:01 -> 00:02`, `00:00:01,000 --> broken`.
_TIME_AND_ARROW: Final = rf"{_COLON_TIME}(?:{_SRT_ARROW}|{_ANY_ARROW}{_TIME_OR_NOTHING_FOLLOWS})"
# 2. SRT's arrow with nothing but digits and marks around it: `1 --> 2`, `-->`.
_DIGITS_AND_ARROW: Final = rf"[\d{_MARKS}{_COLONS}]*+{_SRT_ARROW}(?=[\d{_MARKS}{_COLONS}]*+$)"
# 3. SRT's arrow after one mistyped word, before a full time: `00:00:O1,000 --> 00:00:02,000`.
_WORD_AND_ARROW: Final = rf"{_INDEX}[^\s>＞→]{{1,24}}+[{_SPACE}]*+-*+{_SRT_ARROW}[{_SPACE}]*+{_FULL_TIME}[{_SPACE}]*+$"
# 4. Two full times with only dashes between them: `00:00:01,000 - 00:00:02,000`.
_TIMES_AND_DASH: Final = rf"{_INDEX}{_FULL_TIME}[{_SPACE}]*+[{DASH}]++[{_SPACE}]*+{_FULL_TIME}[{_SPACE}]*+$"

_ANY_FORM: Final = rf"(?:{_TIME_AND_ARROW}|{_DIGITS_AND_ARROW}|{_WORD_AND_ARROW}|{_TIMES_AND_DASH})"

# A whole time line. None is shorter than an arrow; the look-ahead passes millions of shorter lines by.
TIME_LINE: Final = re.compile(rf"^(?=[^\n]{{3}}){_ANY_FORM}[^\n]*+", re.MULTILINE)

# WebVTT's texts have no arrow, so a line of two words that were meant as times is one, whatever is mistyped in it:
# `00:O1.000 --> 00:02.000`, `0O:01.000 --> 0O:02.000 align:start`.
_MEANT_AS_TIME: Final = rf"(?=[^\s>＞→]{{0,23}}\d)(?=[^\s>＞→]{{0,23}}[{COLON}.])[^\s>＞→]{{1,24}}+"
_MISTYPED: Final = rf"{_MEANT_AS_TIME}[ \t]*+-->[ \t]*+{_MEANT_AS_TIME}(?=\s|\Z)"
VTT_TIME_LINE: Final = re.compile(rf"^(?=[^\n]{{3}})(?:{_ANY_FORM}|{_MISTYPED})[^\n]*+", re.MULTILINE)

# A byte order mark inside the text, where another file was appended: it counts if the text after it begins as
# transcripts do, with a time line, with one short line (the first index) above a time line, or as WebVTT. Of several
# marks in a row only the first is tried.
_FIRST_MARK: Final = r"\ufeff(?<!\ufeff\ufeff)\ufeff*+"
_SHORT_LINE: Final = r"[^\n\ufeff]{0,16}\n"
JOINED_FILE: Final = re.compile(rf"{_FIRST_MARK}(?=(?:{_SHORT_LINE})?{_ANY_FORM}|WEBVTT)", re.MULTILINE)
