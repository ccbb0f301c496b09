"""A folder that `load_dataset` of Hugging Face reads: audiofolder, with a card that names the parts.

Each part is a folder of its own with its audio beside metadata.jsonl, so that no file's name is taken for a part.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats.card import card
from gateway.archives.formats.interface import File, Table, fixed, of_part
from gateway.archives.formats.rows import part_of, typed_row
from gateway.archives.formats.texts import json_line
from gateway.archives.layout.members import Container
from gateway.archives.split import TRAIN, VALIDATION


class Rules(Struct, frozen=True, kw_only=True):
    card: str
    table: str  # in each part's folder; jsonl, because in CSV the text "NA" is read as null
    path: str  # the column that the loader makes `audio` of; none of `typed_row` may have that name


RULES: Final = Rules(
    card="README.md",
    table="metadata.jsonl",
    path="file_name",
)


class HuggingFace(Struct, frozen=True):
    name: str = "hf"
    container: Container = Container.ZIP

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return ((f"{part_of(clip, overview)}/{clip.stem}.wav", None),)

    def tables(self, overview: Overview) -> Sequence[Table]:
        def line(clip: Clip) -> bytes:
            return json_line({RULES.path: f"{clip.stem}.wav"} | typed_row(clip, overview))

        parts = ((TRAIN, False), (VALIDATION, True)) if overview.is_split else ((TRAIN, False),)
        return (
            fixed(RULES.card, card(overview)),
            *(Table(f"{part}/{RULES.table}", b"", of_part(overview, wanted, line)) for part, wanted in parts),
        )


HF: Final = HuggingFace()
