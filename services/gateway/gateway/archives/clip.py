"""What a format is told: one clip at a time, and what one pass over all of them has found."""

from collections.abc import Collection
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import force_setattr

UNNAMED: Final = "unnamed"


class Clip(Struct, frozen=True, kw_only=True):
    """One segment as a format sees it: its row, and its unique base name in the archive."""

    stem: str  # base name without extension, unique in the archive, only [A-Za-z0-9_-]
    dataset: int  # 0-based place of its dataset in the request
    n: int  # segment number in that dataset
    text: str
    speaker: str | None
    seconds: float  # duration of the slice
    sample_rate: int  # Hz
    size_bytes: int  # of the WAV as stored: 44 bytes of header + 16-bit mono PCM
    crc32: int
    validation: bool  # belongs to the validation part
    columns: dict[str, Any]  # the whole row of training_data.jsonl, decoded


class DatasetFacts(Struct, frozen=True, kw_only=True):
    """What is known of one of the archive's datasets without reading its rows. sha256 as lower-case hex."""

    id: str
    run: int
    name: str
    audio_sha256: str
    transcript_sha256: str
    manifest_sha256: str
    options: dict[str, Any]
    segment_count: int


class Overview(Struct, frozen=True, kw_only=True):
    """What one pass over all clips has found, before the first byte is sent."""

    name: str  # of the archive: the folder inside it and the file's name, [A-Za-z0-9_-]
    datasets: tuple[DatasetFacts, ...]
    clips: int
    validation_clips: int
    seconds: float
    speakers: tuple[str, ...]  # distinct names, sorted; without the rows that name none
    unnamed: int  # clips without a speaker's name
    rates_hz: tuple[int, ...]  # distinct, sorted
    flags: dict[str, int]  # counts per code
    left_out: dict[str, int]  # by `skip`: counts per flag
    unnamed_label: str = ""  # for clips without a speaker's name: no speaker has it. It follows from `speakers`

    def __post_init__(self) -> None:
        # Once and not for each clip: a client may call its speakers unnamed, unnamed-2 and so on to unnamed-100000.
        force_setattr(self, "unnamed_label", _unnamed_label(frozenset(self.speakers)))

    @property
    def is_split(self) -> bool:
        """Whether there is a validation part. Where nothing would be left to train on, all of it is one part."""
        return 0 < self.validation_clips < self.clips


def _unnamed_label(taken: Collection[str]) -> str:
    label, number = UNNAMED, 1
    while label in taken:
        number += 1
        label = f"{UNNAMED}-{number}"
    return label
