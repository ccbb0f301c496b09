"""NeMo's manifest: a JSON object a line. Speakers have names in it, and numbers in `speakers.json`."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats import speakers
from gateway.archives.formats.interface import File, Table, of_part
from gateway.archives.formats.pipe import path_of
from gateway.archives.formats.rows import speakers_table
from gateway.archives.formats.texts import json_line
from gateway.archives.layout.members import Container


class Rules(Struct, frozen=True, kw_only=True):
    only: str
    train: str
    validation: str
    columns: tuple[str, ...]  # besides the path
    speaker: str  # where there are several; a name, as the keys of `speakers.json`


RULES: Final = Rules(
    only="manifest.jsonl",
    train="train_manifest.jsonl",
    validation="validation_manifest.jsonl",
    columns=("text", "duration"),  # seconds; without it in every row NeMo refuses min_duration and max_duration
    speaker="speaker",
)


class Nemo(Struct, frozen=True):
    name: str = "nemo"
    container: Container = Container.ZIP

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return ((path_of(clip), None),)

    def tables(self, overview: Overview) -> Sequence[Table]:
        several = speakers.are_several(overview)
        labels = speakers.labels(overview)

        def line(clip: Clip) -> bytes:
            row = {"audio_filepath": path_of(clip), "text": clip.text, "duration": clip.seconds}
            return json_line(row | {RULES.speaker: labels[clip.speaker]} if several else row)

        if overview.is_split:
            parts = ((RULES.train, False), (RULES.validation, True))
            manifests = [Table(name, b"", of_part(overview, part, line)) for name, part in parts]
        else:
            manifests = [Table(RULES.only, b"", line)]
        return (*manifests, *speakers_table(overview, labels))


NEMO: Final = Nemo()
