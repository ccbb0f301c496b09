"""Lhotse's manifests: recordings, supervisions and cuts, an object a line. Durations are exact, from the samples."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats.interface import File, Table, of_part
from gateway.archives.formats.pipe import path_of
from gateway.archives.formats.texts import json_line
from gateway.archives.layout.members import Container

_HEADER_BYTES: Final = 44
_SAMPLE_BYTES: Final = 2


class Rules(Struct, frozen=True, kw_only=True):
    recordings: str
    supervisions: str
    cuts: str  # of all clips, where there are no parts
    parts: tuple[tuple[str, bool], ...]


RULES: Final = Rules(
    recordings="recordings.jsonl",
    supervisions="supervisions.jsonl",
    cuts="cuts.jsonl",
    parts=(("cuts_train.jsonl", False), ("cuts_validation.jsonl", True)),
)


class Lhotse(Struct, frozen=True):
    name: str = "lhotse"
    container: Container = Container.ZIP

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return ((path_of(clip), None),)

    def tables(self, overview: Overview) -> Sequence[Table]:
        parts = RULES.parts if overview.is_split else ((RULES.cuts, False),)
        return (
            Table(RULES.recordings, b"", lambda clip: json_line(recording(clip))),
            Table(RULES.supervisions, b"", lambda clip: json_line(supervision(clip))),
            *(Table(name, b"", of_part(overview, wanted, lambda clip: json_line(cut(clip)))) for name, wanted in parts),
        )


def recording(clip: Clip) -> dict[str, Any]:
    samples = (clip.size_bytes - _HEADER_BYTES) // _SAMPLE_BYTES
    return {
        "id": clip.stem,
        "sources": [{"type": "file", "channels": [0], "source": path_of(clip)}],
        "sampling_rate": clip.sample_rate,
        "num_samples": samples,
        "duration": samples / clip.sample_rate,
        "channel_ids": [0],
    }


def supervision(clip: Clip) -> dict[str, Any]:
    """Without a speaker where the clip names none; without a language, which nobody has named."""
    speaker = {} if clip.speaker is None else {"speaker": clip.speaker}
    whole = {"start": 0, "duration": recording(clip)["duration"], "channel": 0}
    return {"id": clip.stem, "recording_id": clip.stem, **whole, "text": clip.text, **speaker}


def cut(clip: Clip) -> dict[str, Any]:
    source = recording(clip)
    whole = {"start": 0, "duration": source["duration"], "channel": 0}
    return {"id": clip.stem, **whole, "supervisions": [supervision(clip)], "recording": source, "type": "MonoCut"}


LHOTSE: Final = Lhotse()
