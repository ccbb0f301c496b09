"""The text of a WebVTT cue: voices are its speakers, inner times are kept, all other markup goes."""

import re
from typing import Final, NamedTuple

from transcripts.cues import DropCode
from transcripts.layout import MARK
from transcripts.markup import speaker_name, strip_markup
from transcripts.timecodes import parse_time

__all__ = ["MARK", "VttText", "read", "without_times"]

_VOICE: Final = re.compile(r"<v(?:\.[^\s<>]*)?[ \t\n]([^<>]*)>")
_TIME: Final = re.compile(r"<([\d:.,]{5,20})>")
# A tag begins with its name or a class. `a < b` has none, and `<3` is a heart.
_TAG: Final = re.compile(r"</?[A-Za-z.][^<>]*>|</>")
# Cut off within a tag, as browsers read it.
_UNCLOSED: Final = re.compile(r"</?(?:[bciuv]|ruby|rt|lang)(?:[\s.][^<>]*)?\Z")
_READING: Final = re.compile(r"<rt(?:\.[^<>]*)?>[^<>]*(?:</rt>|(?=</ruby>))")


class VttText(NamedTuple):
    """`text` has a MARK for each of `times`, in microseconds; `speakers` are different, in order."""

    text: str
    times: tuple[int, ...] = ()
    speakers: tuple[str, ...] = ()


def read(text: str) -> VttText:
    """`text` has any number of lines and no control character."""
    if "<" not in text:
        return VttText(strip_markup(text))
    speakers = tuple(dict.fromkeys(filter(None, map(speaker_name, _VOICE.findall(text)))))
    times: list[int] = []

    def mark(found: re.Match[str]) -> str:
        time = parse_time(found[1].replace(",", "."))
        if isinstance(time, DropCode):
            return ""
        times.append(time.us)
        return MARK

    text = _TIME.sub(mark, _READING.sub("", text))
    text = _UNCLOSED.sub("", _TAG.sub("", text))
    return VttText(strip_markup(text), tuple(times), speakers)


def without_times(text: str) -> str:
    return _TIME.sub("", text) if "<" in text else text
