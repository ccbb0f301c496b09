"""A corrected list of cues as it is stored: JSON, because SRT has no speakers, no microseconds and no blank lines.

One cue a line, below a line of its own: cue 0 is in line 2. The same list gives the same bytes.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from transcripts.characters import join_lines, unify_line_ends
from transcripts.cue_collector import CueCollector, Reading
from transcripts.cues import Cue, DropCode, DroppedCue
from transcripts.errors import UndecodableText

FIRST_LINE: Final = 2
_HEAD: Final = '{"version":1,"cues":['
_TAIL: Final = "]}"
_EXCLUDED: Final = "left out by hand"
_REMEDY: Final = "replace the list of cues, or the transcript"


class CorrectedCue(NamedTuple):
    """One cue as a person gave it: `text` of any number of lines, times in microseconds. An excluded cue is no segment;
    its times may be None, or reversed. `fixed` as in `Cue`.
    """

    start_us: int | None
    end_us: int | None
    text: str
    speaker: str | None = None
    excluded: bool = False
    fixed: bool = False


def write_corrected(cues: Iterable[CorrectedCue]) -> bytes:
    """The bytes to store. Fields that have their default are left out."""
    lines = ",\n".join(map(_line, cues))
    return f"{_HEAD}\n{lines}{lines and chr(10)}{_TAIL}\n".encode()


def parse_corrected(text: str) -> Iterator[CorrectedCue]:
    """What `write_corrected` wrote, cue by cue.

    Raises: UndecodableText at the first line that it cannot have written.
    """
    lines = text.rstrip("\n").split("\n")
    if len(lines) < FIRST_LINE or lines[0] != _HEAD or lines[-1] != _TAIL:
        raise _foreign(1)
    for number, line in enumerate(lines[1:-1]):
        try:
            yield CorrectedCue(**json.loads(line.removesuffix(",")))
        except (ValueError, TypeError) as error:
            raise _foreign(number + FIRST_LINE) from error


def read_corrected(text: str) -> Reading:
    """The cues that make segments, each text on one line; the excluded ones as dropped.

    Raises: UndecodableText; TooManyCues.
    """
    collector = CueCollector()
    for number, given in enumerate(parse_corrected(text)):
        line = number + FIRST_LINE
        collector.count_time_line(line)
        collector.parsed += 1
        start_us, end_us, one_line = given.start_us, given.end_us, join_lines(unify_line_ends(given.text))
        if given.excluded or start_us is None or end_us is None:
            dropped = DroppedCue(number, line, DropCode.EXCLUDED, _EXCLUDED, start_us, end_us, one_line, given.speaker)
            collector.dropped.append(dropped)
        else:
            collector.keep(Cue(number, line, start_us, end_us, one_line, given.speaker, given.fixed))
    return collector.reading()


def _line(cue: CorrectedCue) -> str:
    fields: dict[str, Any] = {"start_us": cue.start_us, "end_us": cue.end_us, "text": cue.text}
    if cue.speaker is not None:
        fields["speaker"] = cue.speaker
    fields |= {name: True for name in ("excluded", "fixed") if getattr(cue, name)}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _foreign(line: int) -> UndecodableText:
    return UndecodableText(f"no corrected list of cues, from line {line} on", line=line, offset=None, remedy=_REMEDY)
