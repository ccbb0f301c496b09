"""Bytes of a transcript to cues and dropped cues, with codes and lines. Pure: no I/O, nothing guessed, nothing lost
without a name. The table of deviations and codes is `docs/transcripts.md`.
"""

from transcripts.cleaning import clean
from transcripts.compose import compose
from transcripts.corrected import CorrectedCue, parse_corrected, write_corrected
from transcripts.cues import OPEN_END_US, Cue, DropCode, DroppedCue, Note, NoteCode, Transcript, TranscriptKind
from transcripts.decode import decode
from transcripts.detect import detect
from transcripts.errors import (
    BrokenTranscript,
    NoFrameRate,
    NoSuchTier,
    NoText,
    NoUsableCue,
    TooManyCues,
    TranscriptError,
    UndecodableText,
    UnknownEncoding,
    UnsupportedTranscript,
)
from transcripts.reading import read
from transcripts.repeats import collapse

__all__ = [
    "OPEN_END_US",
    "BrokenTranscript",
    "CorrectedCue",
    "Cue",
    "DropCode",
    "DroppedCue",
    "NoFrameRate",
    "NoSuchTier",
    "NoText",
    "NoUsableCue",
    "Note",
    "NoteCode",
    "TooManyCues",
    "Transcript",
    "TranscriptError",
    "TranscriptKind",
    "UndecodableText",
    "UnknownEncoding",
    "UnsupportedTranscript",
    "clean",
    "collapse",
    "compose",
    "decode",
    "detect",
    "parse_corrected",
    "read",
    "write_corrected",
]
