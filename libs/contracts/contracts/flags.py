"""The flags of a segment: what is doubtful about it. Public codes, worst first; `docs/quality.md` explains each.

An open set: readers show codes that they do not know unchanged.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Flag(StrEnum):
    """From what makes a segment unusable to mere hints; the order is that of `worst_first`."""

    CUT_IN_SPEECH = "cut-in-speech"
    SILENT = "silent"
    CLIPPED = "clipped"
    TOO_FAST = "too-fast"
    TOO_SLOW = "too-slow"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    REPEATED_TEXT = "repeated-text"
    NON_SPEECH_TEXT = "non-speech-text"
    MARKUP_IN_TEXT = "markup-in-text"
    DIGITS_IN_TEXT = "digits-in-text"
    MOJIBAKE = "mojibake"
    UPSAMPLED = "upsampled"
    LOW_LEVEL = "low-level"
    GAP_FILLED = "gap-filled"
    CHANNELS_CANCEL = "channels-cancel"


_RANKS: Final[Mapping[str, int]] = {flag: rank for rank, flag in enumerate(Flag)}


def rank(code: str) -> int:
    """0 for the worst; a code of a newer release comes after all that are known here."""
    return _RANKS.get(code, len(_RANKS))


def worst_first(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Each once."""
    return tuple(sorted(set(flags), key=rank))
