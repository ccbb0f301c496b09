"""MicroDVD: `{25}{75}Hello|there`, times in frames. The file has to say how many make a second."""

import re
from fractions import Fraction
from typing import Final

from transcripts.cue_collector import Reading
from transcripts.cues import DropCode, NoteCode, quote
from transcripts.errors import NoFrameRate
from transcripts.lines import numbered
from transcripts.markup import strip_markup
from transcripts.timed_cues import TimedCues

_LINE: Final = re.compile(r"\{(-?\d{1,15})\}[ \t]*\{(-?\d{0,15})\}(.*)")
_MEANT_AS_TIMES: Final = re.compile(r"\{[^{}]{0,20}\}[ \t]*\{[^{}]{0,20}\}(.*)")
_RATE: Final = re.compile(r"[ \t]*(\d{1,3}(?:[.,]\d{1,6})?)[ \t]*(?:fps)?[ \t]*", re.IGNORECASE)
_CODE: Final = re.compile(r"\{[YyCcFfSsPpoH]:[^{}]*\}|\{DEFAULT\}")
_ITALIC: Final = re.compile(r"^/+|(?<=\n)/+")
_RATES: Final = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}


def read_microdvd(text: str) -> Reading:
    """Raises: NoFrameRate where no line `{1}{1}25` or `{0}{0}23.976` comes before the first cue."""
    cues = TimedCues()
    rate: Fraction | None = None
    for line, content in numbered(text):
        found = _LINE.fullmatch(content)
        if found is None:
            _add_unreadable(cues, line, content)
        elif rate is None and (stated := _stated(found)) is not None:
            rate = stated
        elif rate is None:
            raise NoFrameRate(
                "the times of MicroDVD are frames, and no line says how many make a second",
                line=line,
                remedy="put the video's frame rate into a line of its own at the top, such as {1}{1}25 or {1}{1}23.976,"
                " or convert it: ffmpeg -subfps 25 -i talk.sub talk.srt",
            )
        else:
            cues.add(
                line, _us(found[1], rate), _us(found[2], rate) if found[2] else None, _text(found[3]), source=content
            )
    return cues.reading()


def _add_unreadable(cues: TimedCues, line: int, content: str) -> None:
    if meant := _MEANT_AS_TIMES.fullmatch(content):
        cues.drop(line, DropCode.BAD_TIME, content, meant[1])
    else:
        cues.note(line, NoteCode.TEXT_BEFORE_FIRST_CUE, quote(content))


def _stated(found: re.Match[str]) -> Fraction | None:
    """The frame rate that the first line may have for its text, at frame 0 or 1."""
    rate = _RATE.fullmatch(found[3])
    if rate is None or found[1] not in ("0", "1") or found[2] not in ("0", "1", ""):
        return None
    written = rate[1].replace(",", ".")
    value = _RATES.get(written[:6].rstrip("0")) or _RATES.get(written[:5]) or Fraction(written)
    return value if 1 <= value <= 1000 else None


def _us(frames: str, rate: Fraction) -> int:
    return round(int(frames) * 1_000_000 / rate)


def _text(text: str) -> str:
    return strip_markup(_ITALIC.sub("", _CODE.sub("", text).replace("|", "\n")))
