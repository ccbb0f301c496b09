"""Every cue of a transcript as it stands, the dropped ones too, with what the reader found. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from contracts.dataset import TranscriptType
from transcripts import (
    OPEN_END_US,
    CorrectedCue,
    Cue,
    DroppedCue,
    Transcript,
    TranscriptKind,
    compose,
    decode,
    parse_corrected,
    read,
)


class Finding(Struct, frozen=True):
    """One thing that was read otherwise than it stands, or why the cue makes no segment. `code` is stable."""

    code: str
    detail: str


class ListedCue(Struct, frozen=True, kw_only=True):
    """One cue. `cue` counts from 0 in file order, `line` from 1 in the transcript. `start` and `end` are seconds, exact
    to the microsecond; null where they can't be read, and as the end of a last cue that has none. An excluded cue makes
    no segment; `fixed` times are final.
    """

    cue: int
    line: int
    start: float | None
    end: float | None
    text: str
    speaker: str | None
    excluded: bool
    fixed: bool
    findings: tuple[Finding, ...]


def as_json(data: bytes, kind: TranscriptType, encoding: str) -> bytes:
    """The array of cues; `[]` for a plain text. It is heavy work for a long one: not for the event loop.

    Raises: transcripts.TranscriptError.
    """
    transcript = read(data, TranscriptKind(kind.value), encoding)
    given = _given(data, encoding) if kind is TranscriptType.CUES else {}
    return msgspec.json.encode(list(_listed(transcript, given)))


def as_srt(data: bytes, kind: TranscriptType, encoding: str) -> bytes:
    """The cues that make segments, as `transcripts.compose` writes them.

    Raises: transcripts.TranscriptError.
    """
    return compose(read(data, TranscriptKind(kind.value), encoding)).encode()


def _given(data: bytes, encoding: str) -> dict[int, CorrectedCue]:
    """By number, as they were given: the reader joins lines, and needs nothing but a text of what is excluded."""
    text, _ = decode(data, encoding)
    return dict(enumerate(parse_corrected(text)))


def _listed(transcript: Transcript, given: dict[int, CorrectedCue]) -> Iterator[ListedCue]:
    every: list[Cue | DroppedCue] = sorted((*transcript.cues, *transcript.dropped), key=lambda cue: cue.number)
    findings = _findings(transcript, every)
    for cue in every:
        own = given.get(cue.number)
        yield ListedCue(
            cue=cue.number,
            line=cue.line,
            start=_seconds(cue.start_us),
            end=_seconds(None if cue.end_us == OPEN_END_US else cue.end_us),
            text=own.text if own else cue.text,
            speaker=cue.speaker,
            excluded=isinstance(cue, DroppedCue),
            fixed=own is not None and own.fixed,
            findings=tuple(findings.get(cue.number, ())),
        )


def _findings(transcript: Transcript, every: Sequence[Cue | DroppedCue]) -> dict[int, list[Finding]]:
    """By the number of the cue: why it was dropped, and the notes about it: those that name it, and those from its line
    to before that of the next.
    """
    findings: defaultdict[int, list[Finding]] = defaultdict(list)
    for dropped in transcript.dropped:
        findings[dropped.number].append(Finding(dropped.code.value, dropped.detail))
    lines = [cue.line for cue in every]
    for note in transcript.notes:
        at = bisect_right(lines, note.line) - 1 if note.cue is None else note.cue
        if 0 <= at < len(every):  # what stands above the first cue belongs to none
            findings[every[at].number].append(Finding(note.code.value, note.detail))
    return findings


def _seconds(us: int | None) -> float | None:
    # The nearest float has fifteen digits of it, which is every microsecond of 31 years.
    return None if us is None else us / 1_000_000
