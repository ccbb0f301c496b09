"""A transcript as uploaded: whether it can be used at all, and its type and encoding.

The cues are not kept. The segmenter reads the same bytes with the same library.
"""

import codecs
from typing import Final

from msgspec import Struct

from contracts.dataset import TranscriptType
from gateway.domain.sniff import HEAD_BYTES, sniff
from gateway.errors import NotATranscript
from transcripts import BrokenTranscript, TooManyCues, TranscriptError, TranscriptKind, decode, detect, read

_SIGNATURE_BYTES: Final = 64
# As the programs name the files; other formats have the name of their type.
_EXTENSIONS: Final = {
    TranscriptKind.TEXT: "txt",
    TranscriptKind.AUDACITY: "txt",
    TranscriptKind.SUBVIEWER: "sub",
    TranscriptKind.MICRODVD: "sub",
    TranscriptKind.WHISPER: "json",
    TranscriptKind.JSON3: "json",
    TranscriptKind.CUES: "json",
}


class TranscriptInfo(Struct, frozen=True):
    """What the transcript is. `encoding` is Python's codec name; `extension` that of its object, without the dot."""

    kind: TranscriptType
    encoding: str
    extension: str


def inspect(body: bytes, kind: TranscriptType | None, encoding: str | None) -> TranscriptInfo:
    """`kind` and `encoding` by content where None. It takes long for a long text, so it must not run on the event loop.

    Raises: transcripts.TranscriptError; NotATranscript.
    """
    try:
        found = read(body, TranscriptKind(kind.value) if kind else None, encoding)
    except TranscriptError as exc:
        recording = sniff(body[:HEAD_BYTES])
        if recording is not None:
            name = f"a recording (.{recording.extension})"
            raise NotATranscript(f"What was sent as a transcript is {name}.") from exc
        raise
    return TranscriptInfo(
        TranscriptType(found.kind.value), found.encoding, _extension(body, found.kind, found.encoding)
    )


def transcript_name(head: bytes) -> str | None:
    """What a transcript is called that begins with `head`, bytes that are no recording; None where it is none."""
    try:
        # The last line may be cut off, and with it a character.
        text, _ = decode(head.rpartition(b"\n")[0] or head)
        kind = detect(text)
    except TranscriptError as exc:
        return "a transcript that is damaged" if isinstance(exc, BrokenTranscript | TooManyCues) else None
    return None if kind is TranscriptKind.TEXT else f"a transcript ({kind.value})"


def _extension(body: bytes, kind: TranscriptKind, encoding: str) -> str:
    if kind is not TranscriptKind.SRT:
        return _EXTENSIONS.get(kind, kind.value)
    # Not final: the bytes may stop within a character.
    start = codecs.getincrementaldecoder(encoding)().decode(body[:_SIGNATURE_BYTES])
    return "vtt" if start.removeprefix("\ufeff").startswith("WEBVTT") else "srt"
