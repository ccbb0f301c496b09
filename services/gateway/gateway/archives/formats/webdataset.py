"""One tar, in which the files of a clip follow one another. Their common name up to the first dot is the clip's key."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats.interface import File, Table
from gateway.archives.formats.rows import part_of, typed_row
from gateway.archives.formats.texts import json_line
from gateway.archives.layout.members import Container


class Rules(Struct, frozen=True, kw_only=True):
    """The same files for every clip: Hugging Face's reader compares those of the first five."""

    audio: str
    text: str  # exact, without a newline
    row: str
    part: str  # the column of the row that names the clip's part


RULES: Final = Rules(
    audio="wav",
    text="txt",
    row="json",
    part="split",
)


class WebDataset(Struct, frozen=True):
    name: str = "webdataset"
    container: Container = Container.TAR

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        row = json_line(typed_row(clip, overview) | {RULES.part: part_of(clip, overview)})
        contents = ((RULES.audio, None), (RULES.text, clip.text.encode()), (RULES.row, row))
        return tuple((f"{clip.stem}.{extension}", content) for extension, content in contents)

    def tables(self, overview: Overview) -> Sequence[Table]:
        return ()


WEBDATASET: Final = WebDataset()
