"""One row of training_data.jsonl: its columns, and its bytes."""

from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from contracts.flags import Flag

# Characters at which `str.splitlines` and its like end a line; the encoder itself escapes those below U+0020.
_LINE_ENDS: Final = {mark.encode(): f"\\u{ord(mark):04x}".encode() for mark in ("\x85", "\u2028", "\u2029")}


class Row(Struct, frozen=True, kw_only=True):
    """Seconds; `start` and `end` in the recording, `duration` of the slice; `size` in bytes.

    NeMo reads audio_filepath, duration and text; Hugging Face reads file_name. Paths are relative to the manifest. Rows
    of version 1 have the columns above the blank line; measures of the slice's sound will come before `flags`.
    """

    audio_filepath: str
    file_name: str
    text: str
    duration: float
    start: float
    end: float
    sample_rate: int
    sha256: str

    cues: tuple[int, ...] | UnsetType = UNSET
    cue: int | UnsetType | None = UNSET
    line: int | UnsetType | None = UNSET
    speaker: str | UnsetType | None = UNSET
    text_raw: str | UnsetType | None = UNSET
    size: int | UnsetType = UNSET
    crc32: int | UnsetType = UNSET
    chars_per_second: float | UnsetType = UNSET
    flags: tuple[Flag, ...] | UnsetType = UNSET


def encode_v1(row: Row) -> bytes:
    return msgspec.json.encode(row) + b"\n"


def encode(row: Row) -> bytes:
    """One line for every reader, whatever it takes for the end of a line."""
    line = encode_v1(row)
    if line.isascii():
        return line
    for mark, escape in _LINE_ENDS.items():
        line = line.replace(mark, escape)
    return line
