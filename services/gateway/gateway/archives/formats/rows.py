"""What formats that are JSON share: a clip's row, and the file that numbers the speakers."""

from collections.abc import Sequence
from typing import Any

import msgspec

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats import speakers
from gateway.archives.formats.interface import Table, fixed
from gateway.archives.split import TRAIN, VALIDATION


def part_of(clip: Clip, overview: Overview) -> str:
    """The part that the clip belongs to; where the archive has none, all of it is for training."""
    return VALIDATION if overview.is_split and clip.validation else TRAIN


def source_of(clip: Clip, overview: Overview) -> dict[str, Any]:
    """Which segment of which dataset the clip is."""
    dataset = overview.datasets[clip.dataset]
    return {"dataset": dataset.id, "run": dataset.run, "n": clip.n}


def typed_row(clip: Clip, overview: Overview) -> dict[str, Any]:
    """Columns that have one type in every row of every part, and are never null.

    The loader of Hugging Face takes the types of a part from its first rows: it refuses a text where it saw only nulls,
    or only empty lists, before. So flags are one text, and `text_raw` is the text where nothing was changed.
    """
    row = clip.columns
    return {
        "text": clip.text,
        "speaker": speakers.name_of(clip.speaker, overview),
        "duration": float(clip.seconds),
        "start": float(row.get("start") or 0),
        "end": float(row.get("end") or 0),
        "sample_rate": clip.sample_rate,
        "flags": ",".join(row.get("flags") or ()),
        "text_raw": row.get("text_raw") or clip.text,
        "sha256": row.get("sha256") or "",
        **source_of(clip, overview),
    }


def speakers_table(overview: Overview, labels: speakers.Labels) -> Sequence[Table]:
    """`speakers.json`, an object from each name to its number from 0; nothing where there is only one speaker."""
    if not speakers.are_several(overview):
        return ()
    numbered = {labels[name]: number for name, number in speakers.numbers(overview).items()}
    return (fixed("speakers.json", msgspec.json.format(msgspec.json.encode(numbered), indent=2) + b"\n"),)
