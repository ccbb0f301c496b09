"""A transcript as uploaded: whether it can be used at all, and its type and encoding.

The cues are not kept. The segmenter reads the same bytes with the same library.
"""

import codecs
from typing import Final

from msgspec import Struct

from contracts.dataset import TranscriptType
from gateway.domain.sniff import HEAD_BYTES, sniff
from gateway.errors import NotATranscript
from transcripts import TranscriptError, TranscriptKind, read

_SIGNATURE_BYTES: Final = 64


class TranscriptInfo(Struct, frozen=True):
    """What the transcript is. `encoding` is Python's codec name; `extension` that of its object, without the dot."""

    kind: TranscriptType
    encoding: str
    extension: str


def inspect(body: bytes, kind: TranscriptType | None, encoding: str | None) -> TranscriptInfo:
    """`kind` and `encoding` by content where None. It takes long for a long text, so it must not run on the event loop.

    Raises: transcripts.TranscriptError.
    """
    found = read(body, TranscriptKind(kind.value) if kind else None, encoding)
    return TranscriptInfo(
        TranscriptType(found.kind.value), found.encoding, _extension(body, found.kind, found.encoding)
    )


def inspect_alone(body: bytes, kind: TranscriptType | None, encoding: str | None) -> TranscriptInfo:
    """As `inspect`, for a transcript that was sent without a recording, so that it may be one by mistake.

    Raises: transcripts.TranscriptError; NotATranscript.
    """
    try:
        return inspect(body, kind, encoding)
    except TranscriptError as exc:
        if sniff(body[:HEAD_BYTES]) is not None:
            raise NotATranscript("What was sent as a transcript is a recording.") from exc
        raise


def _extension(body: bytes, kind: TranscriptKind, encoding: str) -> str:
    if kind is TranscriptKind.TEXT:
        return "txt"
    # Not final: the bytes may stop within a character.
    start = codecs.getincrementaldecoder(encoding)().decode(body[:_SIGNATURE_BYTES])
    return "vtt" if start.removeprefix("\ufeff").startswith("WEBVTT") else "srt"
