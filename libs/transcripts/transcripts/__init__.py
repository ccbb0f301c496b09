"""Bytes of a transcript to cues and dropped cues, with codes and lines. Pure: no I/O, nothing guessed, nothing lost
without a name. The table of deviations and codes is `docs/transcripts.md`.
"""

from transcripts.compose import compose
from transcripts.corrected import CorrectedCue, parse_corrected, write_corrected
from transcripts.cues import Cue, DropCode, DroppedCue, Note, NoteCode, Transcript, TranscriptKind
from transcripts.decode import decode
from transcripts.detect import detect
from transcripts.errors import NoText, NoUsableCue, TooManyCues, TranscriptError, UndecodableText, UnknownEncoding
from transcripts.reading import read

__all__ = [
    "CorrectedCue",
    "Cue",
    "DropCode",
    "DroppedCue",
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
    "compose",
    "decode",
    "detect",
    "parse_corrected",
    "read",
    "write_corrected",
]
