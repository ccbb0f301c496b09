"""What formats that are JSON share: a clip's row, and the file that numbers the speakers."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from gateway.archives import speakers
from gateway.archives.clip import Clip, Overview
from gateway.archives.formats.interface import Table, fixed
from gateway.archives.split import TRAIN, VALIDATION


def part_of(clip: Clip, overview: Overview) -> str:
    """The part that the clip belongs to; where the archive has none, all of it is for training."""
    return VALIDATION if overview.is_split and clip.validation else TRAIN


def source_of(clip: Clip, overview: Overview) -> dict[str, Any]:
    """Which segment of which dataset the clip is."""
    dataset = overview.datasets[clip.dataset]
    return {"dataset": dataset.id, "run": dataset.run, "n": clip.n}


def picked(clip: Clip, columns: Iterable[str]) -> dict[str, Any]:
    """These columns of the clip's row; null for one that it lacks, so that all rows have the same."""
    return {column: clip.columns.get(column) for column in columns}


def whole_row(clip: Clip, overview: Overview, left_out: Collection[str]) -> dict[str, Any]:
    """All columns of the clip's row but `left_out`, with the segment that it is, and its part as `split`."""
    columns = {column: value for column, value in clip.columns.items() if column not in left_out}
    return columns | source_of(clip, overview) | {"split": part_of(clip, overview)}


def speakers_table(overview: Overview, labels: speakers.Labels) -> Sequence[Table]:
    """`speakers.json`, an object from each name to its number from 0; nothing where there is only one speaker."""
    if not speakers.are_several(overview):
        return ()
    numbered = {labels[name]: number for name, number in speakers.numbers(overview).items()}
    return (fixed("speakers.json", msgspec.json.format(msgspec.json.encode(numbered), indent=2) + b"\n"),)
