"""Our own rows, whole, with paths inside the archive. NeMo and audiofolder of Hugging Face read them as they are.

The table is not called training_data.jsonl: that loader takes such a name for a part of the set, and loses the audio.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats.interface import File, Table
from gateway.archives.formats.pipe import path_of
from gateway.archives.formats.rows import whole_row
from gateway.archives.members import Container
from gateway.archives.texts import json_line


class Rules(Struct, frozen=True, kw_only=True):
    table: str
    paths: tuple[str, ...]  # columns that hold the path
    left_out: frozenset[str]  # columns of storage: the archive's own directory has them


RULES: Final = Rules(
    table="metadata.jsonl",
    paths=("audio_filepath", "file_name"),
    left_out=frozenset({"size", "crc32"}),
)


class Jsonl(Struct, frozen=True):
    name: str = "jsonl"
    container: Container = Container.ZIP

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return ((path_of(clip), None),)

    def tables(self, overview: Overview) -> Sequence[Table]:
        def line(clip: Clip) -> bytes:
            return json_line(whole_row(clip, overview, RULES.left_out) | dict.fromkeys(RULES.paths, path_of(clip)))

        return (Table(RULES.table, b"", line),)


JSONL: Final = Jsonl()
