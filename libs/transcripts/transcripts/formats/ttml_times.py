"""The times of TTML: clock times, with decimals or frames, and offsets in hours, minutes, seconds, frames or ticks."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from transcripts.cues import DropCode
from transcripts.xml_text import attribute

_CLOCK: Final = re.compile(r"(\d{2,9}):(\d\d):(\d\d)(?:\.(\d{1,18})|[:;](\d{2,4})(?:\.(\d{1,4}))?)?")
_OFFSET: Final = re.compile(r"(\d{1,15})(?:\.(\d{1,18}))?(h|ms|m|s|f|t)")
_PLAIN: Final = re.compile(r"(\d{2,9}):(\d\d):(\d\d(?:\.\d{1,6})?)|(\d{1,12})(?:\.(\d{1,6}))?(s)")
_NTSC: Final = Fraction(30000, 1001)


class Rates(NamedTuple):
    """What `tt` says of a second: `frames` as they are counted, and how many really pass in it; `ticks`."""

    frames: int = 30
    real: Fraction = Fraction(30)
    sub_frames: int = 1
    ticks: Fraction = Fraction(1)
    smpte: bool = False
    drop: bool = False


def rates_of(attributes: Mapping[str, str]) -> Rates:
    """The attributes of the root; what can't be read is as if it were not there."""
    stated = attribute(attributes, "frameRate")
    frames = _whole(stated) or 30
    numbers = re.findall(r"\d{1,6}", attribute(attributes, "frameRateMultiplier") or "")
    above, below = (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else (1, 1)
    real = Fraction(frames * above, below) if above and below else Fraction(frames)
    sub_frames = _whole(attribute(attributes, "subFrameRate")) or 1
    ticks = _whole(attribute(attributes, "tickRate"))
    drop = attribute(attributes, "dropMode") == "dropNTSC"
    smpte = attribute(attributes, "timeBase") == "smpte"
    if smpte and drop and not numbers:
        real = _NTSC
    return Rates(frames, real, sub_frames, Fraction(ticks or (real * sub_frames if stated else 1)), smpte, drop)


def _whole(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"\s*[0-9]{1,9}\s*", value) else 0


def time_us(token: str, rates: Rates) -> int | DropCode:
    """Microseconds, rounded half to even."""
    token = token.strip()
    if found := _PLAIN.fullmatch(token):  # as nearly all are, and exact without fractions of whole numbers
        return _plain_us(found)
    if found := _CLOCK.fullmatch(token):
        return round(_clock(found, rates) * 1_000_000)
    if found := _OFFSET.fullmatch(token):
        value = Fraction(int(found[1] + (found[2] or "")), 10 ** len(found[2] or ""))
        seconds = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
        return round(
            value * (seconds.get(found[3]) or 1 / (rates.real if found[3] == "f" else rates.ticks)) * 1_000_000
        )
    return DropCode.NEGATIVE_TIME if token.startswith("-") else DropCode.BAD_TIME


def _plain_us(found: re.Match[str]) -> int:
    if found[4]:
        return int(found[4]) * 1_000_000 + int((found[5] or "").ljust(6, "0"))
    whole = (int(found[1]) * 60 + int(found[2])) * 60 + int(found[3][:2])
    return whole * 1_000_000 + int(found[3][3:].ljust(6, "0"))


def _clock(found: re.Match[str], rates: Rates) -> Fraction:
    hours, minutes, seconds, decimals, frames, parts = found.groups()
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    if decimals:
        return whole + Fraction(int(decimals), 10 ** len(decimals))
    counted = int(frames or 0) + Fraction(int(parts or 0), rates.sub_frames)
    if not rates.smpte:
        return whole + counted / rates.real
    total = whole * rates.frames + counted
    if rates.drop:  # two numbers are left out each minute, but for each tenth
        passed = int(hours) * 60 + int(minutes)
        total -= 2 * (passed - passed // 10)
    return total / rates.real
