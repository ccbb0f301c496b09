"""Tables with a clip a line and pipes between the columns. Each format is a table of rules; this reads them.

Every line ends in one newline, the last one too, and none is blank: a blank one ends several trainers.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats import languages, speakers
from gateway.archives.formats.interface import File, Table, of_part
from gateway.archives.formats.texts import for_pipes
from gateway.archives.layout.members import Container

WAVS: Final = "wavs"


class Column(StrEnum):
    PATH = "path"  # wavs/<stem>.wav
    FILE = "file"  # <stem>.wav
    STEM = "stem"
    TEXT = "text"
    SPEAKER = "speaker"
    SPEAKER_IF_SEVERAL = "speaker, where there are several"
    SPEAKER_NUMBER = "speaker's number"
    LANGUAGE = "language"


class Rules(Struct, frozen=True, kw_only=True):
    """`train` alone holds all clips where there is no validation part; `only` is its name then, where it differs."""

    train: str
    validation: str
    columns: tuple[Column, ...]
    header: str | None
    only: str | None = None


Cell = Callable[[Clip], str]


class PipeFormat(Struct, frozen=True):
    name: str
    rules: Rules
    language: str | None = None  # of all clips; None: by each text's script
    container: Container = Container.ZIP

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return ((path_of(clip), None),)

    def tables(self, overview: Overview) -> Sequence[Table]:
        line = self.line(overview)
        head = f"{self.rules.header}\n".encode() if self.rules.header else b""
        if not overview.is_split:
            return (Table(self.rules.only or self.rules.train, head, line),)
        parts = ((self.rules.train, False), (self.rules.validation, True))
        return tuple(Table(name, head, of_part(overview, part, line)) for name, part in parts)

    def line(self, overview: Overview) -> Callable[[Clip], bytes]:
        """What makes a clip's line."""
        cells = [self._cell(column, overview) for column in self._columns(overview)]
        return lambda clip: ("|".join([cell(clip) for cell in cells]) + "\n").encode()

    def _columns(self, overview: Overview) -> Sequence[Column]:
        several = speakers.are_several(overview)
        return [column for column in self.rules.columns if several or column is not Column.SPEAKER_IF_SEVERAL]

    def _cell(self, column: Column, overview: Overview) -> Cell:
        match column:
            case Column.PATH:
                return path_of
            case Column.FILE:
                return lambda clip: f"{clip.stem}.wav"
            case Column.STEM:
                return lambda clip: clip.stem
            case Column.TEXT:
                return lambda clip: for_pipes(clip.text)
            case Column.SPEAKER | Column.SPEAKER_IF_SEVERAL:
                labels = speakers.labels(overview, for_pipes)
                return lambda clip: labels[clip.speaker]
            case Column.SPEAKER_NUMBER:
                numbers = speakers.numbers(overview)
                return lambda clip: str(numbers[clip.speaker])
            case Column.LANGUAGE:
                return lambda clip: self.language or languages.language_of(clip.text)


def path_of(clip: Clip) -> str:
    return f"{WAVS}/{clip.stem}.wav"
