"""Audacity's labels: start, end and label in seconds, with tabs between them; the decimal point may be a comma."""

import re
from typing import Final

from transcripts.cue_collector import Reading
from transcripts.cues import DropCode
from transcripts.lines import numbered
from transcripts.markup import strip_markup
from transcripts.numbers import decimal_us
from transcripts.timed_cues import TimedCues

# Below a label may stand the frequencies it was selected with.
_FREQUENCIES: Final = re.compile(r"\\\t")


def read_labels(text: str) -> Reading:
    cues = TimedCues()
    for line, content in numbered(text):
        if _FREQUENCIES.match(content):
            continue
        start, *rest = content.split("\t", 2)
        if not rest:
            cues.drop(line, DropCode.BAD_TIME, content)
            continue
        label = rest[1] if len(rest) > 1 else ""
        cues.add(line, decimal_us(start), decimal_us(rest[0]), strip_markup(label), source=content)
    return cues.reading()
