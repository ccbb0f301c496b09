"""CTM: a word a line, `recording channel start duration word`. Words become a cue until a pause."""

import re
from typing import Final, NamedTuple

from transcripts.cue_collector import MAX_CUES, Reading
from transcripts.cues import DropCode, NoteCode, quote
from transcripts.errors import TooManyCues
from transcripts.layout import MARK
from transcripts.lines import numbered
from transcripts.markup import strip_markup
from transcripts.numbers import decimal_us
from transcripts.timed_cues import TimedCues

PAUSE_US: Final = 500_000
LONGEST_US: Final = 15_000_000
MAX_WORDS: Final = 4 * MAX_CUES

_COMMENT: Final = ";;"
# What stands for silence or noise in the tables of recognisers.
_NO_WORD: Final = re.compile(
    r"<(?:eps|sil|silence|unk|b|s|/s|noise|blank)>|\[(?:sil|noise|silence)\]|SIL|@bg", re.IGNORECASE
)


class _Word(NamedTuple):
    line: int
    speaker: tuple[str, str]
    start_us: int
    end_us: int
    text: str


def read_ctm(text: str) -> Reading:
    """Words of another recording than the first one's are left out.

    Raises: TooManyCues.
    """
    cues = TimedCues()
    group: list[_Word] = []
    recording, others = "", 0
    for count, (line, content) in enumerate(numbered(text)):
        if count > MAX_WORDS:
            raise TooManyCues(f"more than {MAX_WORDS} words, at line {line}", line=line, remedy="upload it in parts")
        if content.startswith(_COMMENT):
            continue
        word = _word(line, content)
        if word is None:
            _drop(cues, group, line, content)
            continue
        recording = recording or word.speaker[0]
        if word.speaker[0] != recording:
            if not others:
                _add(cues, group)
                cues.note(line, NoteCode.SEVERAL_RECORDINGS, quote(f"only the words of {recording} are used"))
            others += 1
            cues.drop(line, DropCode.OTHER_RECORDING, content, word.text)
            continue
        if group and not _belongs(word, group):
            _add(cues, group)
        if not _NO_WORD.fullmatch(word.text):
            group.append(word)
    _add(cues, group)
    return cues.reading()


def _drop(cues: TimedCues, group: list[_Word], line: int, content: str) -> None:
    """Cues are numbered in file order, so what is being collected ends here."""
    _add(cues, group)
    cues.drop(line, DropCode.BAD_TIME, content)


def _word(line: int, content: str) -> _Word | None:
    fields = content.split(None, 5)
    if len(fields) < 5:
        return None
    start, duration = decimal_us(fields[2]), decimal_us(fields[3])
    if isinstance(start, DropCode) or isinstance(duration, DropCode) or duration < 0:
        return None
    # NeMo writes whole sentences as words with `<space>` in them.
    spoken = strip_markup(fields[4].replace("<space>", " ")).replace(MARK, "\x01")
    return _Word(line, (fields[0], fields[1]), start, start + duration, spoken)


def _belongs(word: _Word, group: list[_Word]) -> bool:
    first, last = group[0], group[-1]
    together = word.speaker == last.speaker and 0 <= word.start_us - last.end_us + 1000 < PAUSE_US
    return together and word.end_us - first.start_us <= LONGEST_US


def _add(cues: TimedCues, group: list[_Word]) -> None:
    if not group:
        return
    text = " ".join(f"{MARK}{word.text}" for word in group)
    times = [word.start_us for word in group]
    cues.add(group[0].line, group[0].start_us, group[-1].end_us, text, None, times, quote(text.replace(MARK, "")))
    group.clear()
