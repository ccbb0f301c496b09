"""How a file writes the fractions of its seconds. One time alone may mean two things: `,9` is nine tenths, or nine
milliseconds of a program that writes no zeros before them; `,1000` is one second where others have three digits.

The whole file decides: times that run backwards disprove one of the two readings.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

# Only files with such a time are looked at: one or two digits, or the overflow.
_SUSPECT: Final = re.compile(r":\d{1,3}[,.](?:\d{1,2}|1000)(?!\d)")
_FRACTION: Final = re.compile(r"\d:\d{1,3}[,.](\d{1,9})(?!\d)")
# Both times within one second.
_WITHIN: Final = re.compile(r"(\d{1,3}:\d{1,3})[,.](\d{1,3})(?!\d)[^\d\n]{1,12}(?:\d{1,3}:)?\1[,.](\d{1,3})(?!\d)")

OVERFLOW: Final = "1000"


class FractionStyle(NamedTuple):
    """`unpadded`: one and two digits are milliseconds. `doubtful`: they may be; decimals is how they are read.
    `overflow`: `,1000` is a second.
    """

    unpadded: bool = False
    doubtful: bool = False
    overflow: bool = False


PLAIN: Final = FractionStyle()


def may_be_odd(text: str) -> bool:
    return _SUSPECT.search(text) is not None


def style_of(time_lines: Iterable[str]) -> FractionStyle:
    """Linear in the lines."""
    widths: set[int] = set()
    leading_zero = trailing_zero = four_digits = False
    backwards_as_decimals = backwards_as_milliseconds = False
    for line in time_lines:
        for digits in _FRACTION.findall(line):
            widths.add(len(digits))
            leading_zero |= len(digits) > 1 and digits[0] == "0"
            trailing_zero |= 1 < len(digits) < 4 and digits[-1] == "0"
            four_digits |= len(digits) > 3 and digits != OVERFLOW
        for _, start, end in _WITHIN.findall(line):
            decimals, whole = start.ljust(3, "0") < end.ljust(3, "0"), int(start) < int(end)
            backwards_as_decimals |= whole and not decimals
            backwards_as_milliseconds |= decimals and not whole
    short = bool(widths & {1, 2})
    # Nine of ten numbers of milliseconds have three digits.
    decimal = leading_zero or backwards_as_milliseconds or four_digits or 3 not in widths
    unpadded = short and not (leading_zero or backwards_as_milliseconds or four_digits)
    proven = backwards_as_decimals or (3 in widths and trailing_zero)
    return FractionStyle(
        unpadded=unpadded and proven, doubtful=short and not decimal and not proven, overflow=not four_digits
    )
