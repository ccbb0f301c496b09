"""One time of a time line to whole microseconds, exactly: fractions are decimal (`,5` is half a second), digits beyond
the sixth are rounded half to even. Never raises and never guesses; what is no time comes back as the reason.
"""

import re
from typing import NamedTuple

from transcripts.cues import DropCode, NoteCode
from transcripts.fractions_written import OVERFLOW, PLAIN, FractionStyle

# Nine digits of hours are 3.6e18 microseconds: the sum still fits the 64 bits of a JSON integer elsewhere.
_FIELD_LIMIT = 10**9
# Longer than any tool writes; also keeps a hostile line cheap.
MAX_TIME_CHARS = 200

US_PER_SECOND = 1_000_000

# Three digits after a third colon are milliseconds, fewer count frames.
_TIME = re.compile(r"(-?)(?:(\d++):)?(\d++):(\d++)(?:[,.](\d*+)|:(\d{3,}+))?")
_FRAMES = re.compile(r"-?\d++(?:[:;]\d++){3}")


class Time(NamedTuple):
    """`us` microseconds, zero or more; `notes` without `odd-time`, which the line decides."""

    us: int
    notes: tuple[NoteCode, ...] = ()


def parse_time(token: str, style: FractionStyle = PLAIN) -> Time | DropCode:
    """Reads `[-]H:MM:SS[,f…]`, `MM:SS[,f…]` or `H:MM:SS:mmm…`, already freed of blanks and typographic variants; the
    digits may be those of any script, as `\\d` and `int` take them.
    """
    if len(token) > MAX_TIME_CHARS:
        return DropCode.BAD_TIME
    found = _TIME.fullmatch(token)
    if found is None:
        return DropCode.FRAMES_TIME if _FRAMES.fullmatch(token) else DropCode.BAD_TIME
    sign, hours, minutes, seconds, fraction, milliseconds = found.groups()
    clock = int(hours) if hours else 0, int(minutes), int(seconds)
    if max(clock) >= _FIELD_LIMIT:
        return DropCode.TIME_TOO_LARGE
    us = ((clock[0] * 60 + clock[1]) * 60 + clock[2]) * US_PER_SECOND
    rounded_us, notes = _fraction_us(fraction or milliseconds or "", style)
    us += rounded_us
    # Without hours, 75 minutes are nothing odd.
    if clock[2] > 59 or (clock[1] > 59 and hours):
        notes = (*notes, NoteCode.TIME_OVER_59)
    return DropCode.NEGATIVE_TIME if sign and us else Time(us, notes)


def _fraction_us(digits: str, style: FractionStyle) -> tuple[int, tuple[NoteCode, ...]]:
    """The decimal fraction in microseconds; a note when digits were lost to rounding."""
    if digits == OVERFLOW and style.overflow:
        return US_PER_SECOND, ()
    if 0 < len(digits) < 3 and style.unpadded:
        return int(digits) * 1000, ()
    if 0 < len(digits) < 3 and style.doubtful:
        return int(digits.ljust(6, "0")), (NoteCode.AMBIGUOUS_TIME,)
    us = int(digits[:6].ljust(6, "0"))
    rest = int(digits[6:] or "0")
    if not rest:
        return us, ()
    half = 5 * 10 ** (len(digits) - 7)
    up = rest > half or (rest == half and us % 2 == 1)
    return us + up, (NoteCode.TIME_ROUNDED,)
