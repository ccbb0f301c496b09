"""Our own rows, whole, with paths inside the archive. NeMo and audiofolder of Hugging Face read them as they are.

The table is not called training_data.jsonl: that loader takes such a name for a part of the set, and loses the audio.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats.interface import File, Table
from gateway.archives.formats.pipe import path_of
from gateway.archives.formats.rows import part_of, source_of
from gateway.archives.formats.texts import json_line
from gateway.archives.layout.members import Container


class Rules(Struct, frozen=True, kw_only=True):
    table: str
    paths: tuple[str, ...]  # columns that hold the path
    left_out: frozenset[str]  # columns of storage: the archive's own directory has them
    part: str  # the column that names the part


RULES: Final = Rules(
    table="metadata.jsonl",
    paths=("audio_filepath", "file_name"),
    left_out=frozenset({"size", "crc32"}),
    part="split",
)


class Jsonl(Struct, frozen=True):
    name: str = "jsonl"
    container: Container = Container.ZIP

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return ((path_of(clip), None),)

    def tables(self, overview: Overview) -> Sequence[Table]:
        def line(clip: Clip) -> bytes:
            columns = {column: value for column, value in clip.columns.items() if column not in RULES.left_out}
            paths = dict.fromkeys(RULES.paths, path_of(clip))
            return json_line(columns | paths | source_of(clip, overview) | {RULES.part: part_of(clip, overview)})

        return (Table(RULES.table, b"", line),)


JSONL: Final = Jsonl()
