"""Praat's TextGrid, long and short: the intervals or points of one tier. Empty intervals are silence and no cues."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from transcripts.cue_collector import MAX_CUES, Reading
from transcripts.cues import DropCode, NoteCode, quote
from transcripts.errors import BrokenTranscript, NoSuchTier, TooManyCues
from transcripts.markup import speaker_name, strip_markup
from transcripts.numbers import decimal_us
from transcripts.timed_cues import TimedCues

# Praat reads what stands free, between blanks: texts in quotation marks, numbers, and `<exists>`.
_TOKEN: Final = re.compile(r'(?<!\S)(?:"([^"]*+(?:""[^"]*+){0,999})"|(-?\d[\d.eE+-]*)(?!\S)|<(exists|absent)>)')
_TEXT_TIERS: Final = re.compile(r"transcri|text|sentence|utter|phrase|orthograph|speech|subtitle", re.IGNORECASE)
_WORD_TIERS: Final = re.compile(r"word|phone|segment|syllab|mau|kan", re.IGNORECASE)
_SILENCE: Final = frozenset(("", "sil", "sp", "<sil>", "<p:>", "#"))
_NO_SUCH: Final = "name one of these in the option tier, by name or by number, 0 the first"
_MAX_TIERS: Final = 100
MAX_INTERVALS: Final = 2 * MAX_CUES  # of a tier: between two of speech lies one of silence


class _Token(NamedTuple):
    at: int
    text: str | None
    number: str | None


class _Interval(NamedTuple):
    at: int
    start: str
    end: str
    text: str


class _Tier(NamedTuple):
    name: str
    intervals: list[_Interval]


def read_textgrid(text: str, wanted: str | int | None = None) -> Reading:
    """`wanted`: the name of a tier, or its 0-based number. Without one: the first whose name is that of a
    transcription, then the first that is not of words or phones, then the first.

    Raises: BrokenTranscript; NoSuchTier; TooManyCues.
    """
    tiers = _tiers(text)
    tier = _chosen(tiers, wanted)
    cues = TimedCues()
    spoken = [each.name for each in tiers if each.intervals]
    if wanted is None and len(spoken) > 1:
        names = ", ".join(f"{name!r}" for name in spoken[:10])
        cues.note(1, NoteCode.SEVERAL_TIERS, quote(f"{tier.name!r} is read, of {names}"))
    line, counted = 1, 0
    for interval in tier.intervals:
        line += text.count("\n", counted, interval.at)
        counted = interval.at
        times = decimal_us(interval.start), decimal_us(interval.end)
        cues.add(
            line, *times, strip_markup(interval.text), _speaker(tier.name), source=f"{interval.start} … {interval.end}"
        )
    return cues.reading()


def _speaker(name: str) -> str | None:
    """Aligners name their tiers `Ann - words`."""
    who, dash, _ = name.partition(" - ")
    return speaker_name(who) if dash else None


def _chosen(tiers: list[_Tier], wanted: str | int | None) -> _Tier:
    names = [tier.name for tier in tiers]
    if isinstance(wanted, int) and 0 <= wanted < len(tiers):
        return tiers[wanted]
    if isinstance(wanted, str) and wanted in names:
        return tiers[names.index(wanted)]
    if wanted is not None:
        listed = ", ".join(f"{at} {quote(name)!r}" for at, name in enumerate(names[:20])) or "none"
        raise NoSuchTier(f"there is no tier {wanted!r}; there are: {listed}", line=1, remedy=_NO_SUCH)
    spoken = [tier for tier in tiers if tier.intervals] or [_Tier("", [])]
    named = [tier for tier in spoken if _TEXT_TIERS.search(tier.name)]
    whole = [tier for tier in spoken if not _WORD_TIERS.search(tier.name)]
    return (named or whole or spoken)[0]


def _tiers(text: str) -> list[_Tier]:
    tokens = _tokens(text)
    try:
        for token in tokens:
            if token.text == "TextGrid":
                break
        for _ in range(4):  # its own start and end, that it has tiers, and how many
            next(tokens)
        tiers: list[_Tier] = []
        for token in tokens:
            if len(tiers) == _MAX_TIERS:
                raise TooManyCues(f"more than {_MAX_TIERS} tiers", remedy="keep the tier with the text alone")
            tiers.append(_tier(token, tokens))
    except StopIteration as error:
        raise _broken(text, len(text)) from error
    except _Unexpected as error:
        raise _broken(text, error.at) from error
    return tiers


def _tier(kind: _Token, tokens: Iterator[_Token]) -> _Tier:
    if kind.text not in ("IntervalTier", "TextTier"):
        raise _Unexpected(kind.at)
    name = _text(next(tokens))
    _number(next(tokens))
    _number(next(tokens))
    count = int(float(_number(next(tokens))[:12]))
    intervals: list[_Interval] = []
    for number in range(count):
        first = next(tokens)
        start = _number(first)
        end = start if kind.text == "TextTier" else _number(next(tokens))
        spoken = _text(next(tokens))
        if spoken.strip() not in _SILENCE:
            intervals.append(_Interval(first.at, start, end, spoken))
        if len(intervals) > MAX_CUES or number > MAX_INTERVALS:
            raise TooManyCues(f"more than {MAX_CUES} cues in a tier", remedy="upload the recording in parts")
    return _Tier(name, intervals)


class _Unexpected(Exception):
    def __init__(self, at: int) -> None:
        self.at = at


def _text(token: _Token) -> str:
    if token.text is None:
        raise _Unexpected(token.at)
    return token.text


def _number(token: _Token) -> str:
    if token.number is None or isinstance(decimal_us(token.number), DropCode):
        raise _Unexpected(token.at)
    return token.number


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        yield _Token(found.start(), None if found[1] is None else found[1].replace('""', '"'), found[2])


def _broken(text: str, at: int) -> BrokenTranscript:
    line = text.count("\n", 0, at) + 1
    return BrokenTranscript(
        f"no TextGrid from line {line} on", line=line, remedy="save it again from Praat, as a text file"
    )
