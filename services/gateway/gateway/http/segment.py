"""A row as clients see it: the manifest's line and its number. Columns that a result's rows lack are left out."""

from msgspec import UNSET, Struct, UnsetType


class Segment(Struct, frozen=True, kw_only=True):
    """`n` from 0. Seconds; `start` and `end` in the recording, `duration` of the slice. `sha256` is the slice's.

    `size` in bytes and `crc32` are the slice's; `cues` are those it was made of, 0-based in file order, `cue` the first
    of them and `line` its 1-based line; `text_raw` is the text before it was cleaned, where that changed it; `flags`
    come worst first. Results of older releases have none of these.
    """

    n: int
    audio_filepath: str
    file_name: str
    text: str
    duration: float
    start: float
    end: float
    sample_rate: int
    sha256: str
    cues: list[int] | UnsetType = UNSET
    cue: int | UnsetType | None = UNSET
    line: int | UnsetType | None = UNSET
    speaker: str | UnsetType | None = UNSET
    text_raw: str | UnsetType | None = UNSET
    size: int | UnsetType = UNSET
    crc32: int | UnsetType = UNSET
    chars_per_second: float | UnsetType | None = UNSET
    flags: list[str] | UnsetType = UNSET


EXAMPLE = {
    "n": 0,
    "audio_filepath": "segments/segment_00000.wav",
    "file_name": "segments/segment_00000.wav",
    "text": "It was late, and the road was long.",
    "duration": 2.48,
    "start": 0.52,
    "end": 3.0,
    "sample_rate": 44100,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "cues": [0],
    "cue": 0,
    "line": 1,
    "speaker": None,
    "text_raw": None,
    "size": 218780,
    "crc32": 2768625435,
    "chars_per_second": 14.11,
    "flags": [],
}
