"""The one way in: bytes of a transcript to cues or to a plain text, with everything that was left out or changed."""

from collections.abc import Callable, Mapping
from typing import Final

from transcripts.characters import unify_line_ends
from transcripts.corrected import read_corrected
from transcripts.cue_collector import Reading
from transcripts.cues import DroppedCue, Note, NoteCode, Transcript, TranscriptKind
from transcripts.decode import decode
from transcripts.detect import detect, structured
from transcripts.errors import NoUsableCue, UnsupportedTranscript
from transcripts.formats.ass import read_ass
from transcripts.formats.comma_times import read_sbv, read_subviewer
from transcripts.formats.ctm import read_ctm
from transcripts.formats.json3 import read_json3
from transcripts.formats.labels import read_labels
from transcripts.formats.lrc import read_lrc
from transcripts.formats.microdvd import read_microdvd
from transcripts.formats.tables import read_table
from transcripts.formats.textgrid import read_textgrid
from transcripts.formats.timedtext import read_timedtext
from transcripts.formats.ttml import read_ttml
from transcripts.formats.whisper import read_whisper
from transcripts.padding import without_fences, without_nul
from transcripts.plain import read_plain
from transcripts.refusals import refuse_bytes, refuse_text
from transcripts.repeats import find_repeats
from transcripts.srt_reader import read_srt

READERS: Final[Mapping[TranscriptKind, Callable[[str], Reading]]] = {
    TranscriptKind.SRT: read_srt,
    TranscriptKind.VTT: read_srt,
    TranscriptKind.CUES: read_corrected,
    TranscriptKind.SBV: read_sbv,
    TranscriptKind.SUBVIEWER: read_subviewer,
    TranscriptKind.LRC: read_lrc,
    TranscriptKind.MICRODVD: read_microdvd,
    TranscriptKind.ASS: read_ass,
    TranscriptKind.TTML: read_ttml,
    TranscriptKind.SRV3: read_timedtext,
    TranscriptKind.JSON3: read_json3,
    TranscriptKind.WHISPER: read_whisper,
    TranscriptKind.CSV: read_table,
    TranscriptKind.TSV: read_table,
    TranscriptKind.AUDACITY: read_labels,
    TranscriptKind.TEXTGRID: read_textgrid,
    TranscriptKind.CTM: read_ctm,
}

_CORRECT_LINES = "correct the lines named, or the type"
_ADD_TIMES = "give each cue a line such as 00:00:01,000 --> 00:00:02,500, or upload it with transcript_type text"
_LEAVE_OUT = "leave transcript_type out, and the content decides"


def read(
    data: bytes, kind: TranscriptKind | None = None, encoding: str | None = None, tier: str | int | None = None
) -> Transcript:
    """`kind` and `encoding` by content when not given; `tier` of a TextGrid. Time and memory are linear in the bytes;
    there is no limit of size.

    Raises: UnknownEncoding, UndecodableText, UnsupportedTranscript, BrokenTranscript, NoFrameRate, NoSuchTier,
    NoUsableCue when no cue of a timed transcript is left, NoText when a plain one is empty, TooManyCues; all are
    TranscriptError.
    """
    text, used, notes = _text(data, encoding)
    kind = kind or detect(text)
    if kind is TranscriptKind.TEXT:
        _refuse_structured(text)
        plain_text, found = read_plain(text)
        return Transcript(kind, used, notes=notes + found, plain_text=plain_text)
    reading = _read(text, kind, tier)
    if not reading.cues:
        raise NoUsableCue(_describe(kind, reading.dropped), dropped=reading.dropped, remedy=_remedy(kind, reading))
    notes += () if kind is TranscriptKind.CUES else find_repeats(reading)
    return Transcript(
        kind, used, reading.cues, reading.dropped, notes + reading.notes, reading.parsed, layouts=reading.layouts
    )


def _text(data: bytes, encoding: str | None) -> tuple[str, str, tuple[Note, ...]]:
    refuse_bytes(data)
    bare, padded = without_nul(data, encoding)
    text, used = decode(bare, encoding)
    notes = _encoding_notes(bare, used)
    if padded:
        notes += (Note(1, NoteCode.NUL_PADDING, "NUL bytes at the ends of lines or of the file are left out"),)
    text, fences = without_fences(unify_line_ends(text))
    refuse_text(text)
    return text, used, notes + fences


def _read(text: str, kind: TranscriptKind, tier: str | int | None) -> Reading:
    if kind is TranscriptKind.TEXTGRID:
        return read_textgrid(text, tier)
    return READERS[kind](text)


def _refuse_structured(text: str) -> None:
    """Times and markup of such a file are no text, whatever it was named; SRT is taken at its word."""
    found = structured(text)
    if found is not None:
        raise UnsupportedTranscript(
            f"the transcript was named plain text, and is {found.value}", line=1, remedy=_LEAVE_OUT
        )


def _encoding_notes(data: bytes, used: str) -> tuple[Note, ...]:
    """Text in another encoding is hardly ever valid UTF-8 by chance; a wrongly named one would spoil every accent, and
    a wide one every letter: ASCII is the same in all of them but in those, which have NUL bytes instead.
    """
    wide = used.startswith(("utf-16", "utf-32"))
    if used == "utf-8" or (b"\0" in data if wide else data.isascii()):
        return ()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ()
    return (Note(1, NoteCode.ALSO_UTF_8, f"read as {used}, as named"),)


def _describe(kind: TranscriptKind, dropped: tuple[DroppedCue, ...]) -> str:
    if not dropped:
        return (
            "the transcript has no line with times"
            if kind is TranscriptKind.SRT
            else f"no cue of {kind.value} is there"
        )
    first = dropped[0]
    return (
        f"none of {len(dropped)} cues can be used; the first, in line {first.line}: {first.code} {first.detail}".strip()
    )


def _remedy(kind: TranscriptKind, reading: Reading) -> str:
    if reading.dropped:
        return _CORRECT_LINES
    return _ADD_TIMES if kind in (TranscriptKind.SRT, TranscriptKind.VTT) else _LEAVE_OUT
