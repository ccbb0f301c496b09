"""The one way in: bytes of a transcript to cues or to a plain text, with everything that was left out or changed."""

from transcripts.corrected import read_corrected
from transcripts.cues import DroppedCue, Note, NoteCode, Transcript, TranscriptKind
from transcripts.decode import decode
from transcripts.detect import detect
from transcripts.errors import NoUsableCue
from transcripts.plain import read_plain
from transcripts.srt_reader import read_srt

_CORRECT_LINES = "correct the lines named, or the type"
_ADD_TIMES = "give each cue a line such as 00:00:01,000 --> 00:00:02,500, or upload it with transcript_type text"


def read(data: bytes, kind: TranscriptKind | None = None, encoding: str | None = None) -> Transcript:
    """`kind` and `encoding` by content when not given. Time and memory are linear in the bytes; no limit of size.

    Raises: UnknownEncoding, UndecodableText, NoUsableCue when no cue of a timed transcript is left, NoText when a
    plain one is empty, TooManyCues; all are TranscriptError.
    """
    text, used = decode(data, encoding)
    encoding_notes = _encoding_notes(data, used)
    kind = kind or detect(text)
    if kind is TranscriptKind.TEXT:
        plain_text, notes = read_plain(text)
        return Transcript(kind, used, notes=encoding_notes + notes, plain_text=plain_text)
    cues, dropped, notes, parsed = read_corrected(text) if kind is TranscriptKind.CUES else read_srt(text)
    if not cues:
        raise NoUsableCue(_describe(dropped), dropped=dropped, remedy=_CORRECT_LINES if dropped else _ADD_TIMES)
    return Transcript(kind, used, cues, dropped, encoding_notes + notes, parsed)


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


def _describe(dropped: tuple[DroppedCue, ...]) -> str:
    if not dropped:
        return "the transcript has no line with times"
    first = dropped[0]
    return (
        f"none of {len(dropped)} cues can be used; the first, in line {first.line}: {first.code} {first.detail}".strip()
    )
