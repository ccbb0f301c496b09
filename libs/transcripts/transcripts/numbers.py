"""Numbers in a transcript to whole microseconds, exactly. Never raises; what is no time comes back as the reason."""

import math
import re
from typing import Any, Final

from transcripts.cues import DropCode
from transcripts.timecodes import US_PER_SECOND, parse_time

_DECIMAL: Final = re.compile(r"([+-]?)(\d{0,15})(?:[.,](\d{0,30}))?(?:[eE]([+-]?\d{1,2}))?")


def clock_us(token: str) -> int | DropCode:
    """`1:02:03.5`, `02:03,500`, `02:03`."""
    time = parse_time(token.strip())
    return time if isinstance(time, DropCode) else time.us


def decimal_us(token: str, unit_us: int = US_PER_SECOND) -> int | DropCode:
    """`12.5`, `12,5`, `1.25e1` of `unit_us` microseconds each, rounded half to even."""
    found = _DECIMAL.fullmatch(token.strip())
    if found is None or not (found[2] or found[3]):
        return DropCode.BAD_TIME
    digits = int((found[2] or "") + (found[3] or ""))
    exponent = int(found[4] or 0) - len(found[3] or "")
    value = digits * unit_us
    us = value * 10**exponent if exponent >= 0 else _divided(value, 10**-exponent)
    return -us if found[1] == "-" else us


def time_us(token: str, unit_us: int = US_PER_SECOND) -> int | DropCode:
    """A clock time where it has a colon, else a decimal number of units."""
    return clock_us(token) if ":" in token else decimal_us(token, unit_us)


def number_us(value: Any, unit_us: int = US_PER_SECOND) -> int | DropCode:
    """A number from JSON; also one that is written as a text."""
    match value:
        case bool() | None:
            return DropCode.BAD_TIME
        case int():
            return value * unit_us if abs(value) < 10**18 else DropCode.TIME_TOO_LARGE
        case float():
            return _of_float(value, unit_us)
        case str():
            return time_us(value[:200].strip().removesuffix("s"), unit_us)
    return DropCode.BAD_TIME


def _of_float(value: float, unit_us: int) -> int | DropCode:
    if not math.isfinite(value):
        return DropCode.BAD_TIME
    return round(value * unit_us) if abs(value) < 1e18 else DropCode.TIME_TOO_LARGE


def _divided(value: int, by: int) -> int:
    whole, rest = divmod(value, by)
    return whole + (2 * rest > by or (2 * rest == by and whole % 2 == 1))
